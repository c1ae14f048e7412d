/** PostgreSQL's text form of a one-dimensional array: `{a,"b c",NULL}`. */
export function parseArrayText(text: string): (string | null)[] {
  const found: (string | null)[] = [];
  const inside = text.slice(text.indexOf('{') + 1, text.lastIndexOf('}'));
  if (inside === '') return found;
  let value = '';
  let isQuoted = false;
  let wasQuoted = false;
  const end = (): void => {
    found.push(!wasQuoted && /^null$/i.test(value) ? null : value);
    value = '';
    wasQuoted = false;
  };
  for (let i = 0; i < inside.length; i++) {
    const character = inside[i]!;
    if (character === '\\') value += inside[++i] ?? '';
    else if (character === '"') {
      isQuoted = !isQuoted;
      wasQuoted = true;
    } else if (character === ',' && !isQuoted) end();
    else value += character;
  }
  end();
  return found;
}

export function formatArrayText(values: readonly (string | null)[]): string {
  return `{${values.map(value => (value === null ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
}

import type { Placeholder, ParsedStatement } from '../../sql/statement';

/** `{{ ref('orders') }}` where the text names the row of x that stood in its place for the grammar. */
export function withHolesAsWritten(text: string, statement: ParsedStatement): string {
  const { placeholders } = statement;
  if (placeholders.length === 0 || !text.includes('xx')) return text;
  let spelled = text;
  for (const placeholder of placeholders) {
    const { fills, range } = placeholder;
    const width = range.end - range.start;
    if (fills !== 'name' || width < 2) continue;
    const stand = new RegExp(width < 4 ? `\\bx{${width}}\\b` : `(?<!x)x{${width}}(?!x)`);
    spelled = spelled.replace(stand, () => spellingOf(placeholder, statement.slice(range)));
  }
  return spelled;
}

/** The variable of `EXECUTE 'DELETE FROM ' || target` by its name, without the quote before it. */
function spellingOf({ name }: Placeholder, written: string): string {
  return written.startsWith("'") ? name : written;
}

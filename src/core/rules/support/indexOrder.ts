import type { Index } from '../../catalog/catalog';

/** The order an index keeps its rows in, by one of its keys. */
export interface KeyOrder {
  readonly key: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** The order of a btree index, key by key; undefined for other methods and for definitions not understood. */
export function indexOrder(index: Index): readonly KeyOrder[] | undefined {
  if (index.method !== 'btree') return undefined;
  const list = keyList(index.definition);
  const options = list === undefined ? index.keys.map(() => '') : splitAtCommas(list);
  if (options.length !== index.keys.length) return undefined;
  return index.keys.map((key, i) => {
    const text = options[i]!;
    const descending = /\bdesc\b/i.test(text);
    const nulls = /\bnulls\s+(first|last)\b/i.exec(text)?.[1]?.toLowerCase();
    return { key: key.replace(/"/g, ''), descending, nullsFirst: nulls === undefined ? descending : nulls === 'first' };
  });
}

/** What stands in the parentheses after the table's name; undefined for an index of a constraint in a schema file. */
function keyList(definition: string): string | undefined {
  const start = /\bon\s+(?:only\s+)?(?:"[^"]*"|[\w$.])+\s*(?:using\s+\w+\s*)?\(/i.exec(definition);
  if (!start) return undefined;
  const open = start.index + start[0].length;
  let depth = 1;
  for (let i = open; i < definition.length; i++) {
    if (definition[i] === '(') depth++;
    else if (definition[i] === ')' && --depth === 0) return definition.slice(open, i);
  }
  return undefined;
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

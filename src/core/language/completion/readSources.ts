import type { CursorTokens } from './cursorTokens';
import { beginsQuery, namesIn } from './cursorTokens';
import type { Clause, SourceText } from './queryBlocks';

/** Words that cannot be an alias without AS, and so end an item of FROM. */
const NO_ALIAS = new Set(
  `where join on left right inner cross full natural group order limit offset set using returning window union intersect
  except tablesample fetch for having values when select default do as with into outer lateral from and or not then
  set update delete insert overriding`.split(/\s+/),
);

/** The items of FROM and USING, and the target of INSERT, UPDATE, DELETE and MERGE. */
export function readSources(
  tokens: CursorTokens,
  clauses: readonly Clause[],
): { readonly sources: readonly SourceText[]; readonly target?: SourceText } {
  const sources: SourceText[] = [];
  let target: SourceText | undefined;
  let command = '';
  for (const { keyword, from, to } of clauses) {
    if (keyword === 'insert' || keyword === 'update' || keyword === 'delete' || keyword === 'merge') command = keyword;
    if (keyword === 'update' || (keyword === 'into' && (command === 'insert' || command === 'merge')))
      target ??= readItem(tokens, from + 1, to);
    else if (keyword === 'from' && command === 'delete' && !target) target = readItem(tokens, from + 1, to);
    else if (keyword === 'from' || keyword === 'using') readList(tokens, from + 1, to, sources);
  }
  const all = target ? [target, ...sources] : sources;
  return { sources: all, ...(target && { target }) };
}

function readList(tokens: CursorTokens, from: number, to: number, sources: SourceText[]): void {
  let expected = true;
  for (let i = from; i < to;) {
    if (expected) {
      expected = false;
      let at = i;
      while (tokens.is(at, 'lateral', 'only')) at++;
      // (a join b on ...)
      if (tokens.is(at, '(') && !beginsQuery(tokens, at + 1) && !opensQuery(tokens, at)) {
        readList(tokens, at + 1, tokens.close(at), sources);
        i = tokens.after(at);
        continue;
      }
      const item = readItem(tokens, at, to);
      if (item) {
        sources.push(item);
        i = item.end;
        continue;
      }
    }
    if (tokens.is(i, ',', 'join')) expected = true;
    i = tokens.after(i);
  }
}

/** ((select ...) union ...) */
function opensQuery(tokens: CursorTokens, open: number): boolean {
  let at = open;
  while (tokens.is(at, '(')) at++;
  return beginsQuery(tokens, at);
}

/** The item that begins at a token; undefined if it is the one at the cursor. */
function readItem(tokens: CursorTokens, from: number, to: number): SourceText | undefined {
  let i = from;
  if (tokens.is(i, 'only')) i++;
  if (i >= to) return undefined;
  if (tokens.is(i, '(')) {
    return withAlias(tokens, tokens.after(i), { kind: 'subquery', open: i, at: from });
  }
  if (!tokens.isName(i) || i === tokens.cursor || (!tokens.isQuoted(i) && NO_ALIAS.has(tokens.lower(i))))
    return undefined;
  const parts = [tokens.name(i++)];
  while (tokens.is(i, '.') && tokens.isName(i + 1)) {
    if (i + 1 === tokens.cursor) return undefined;
    parts.push(tokens.name(i + 1));
    i += 2;
  }
  const schema = parts.at(-2);
  const table = { name: parts.at(-1)!, ...(schema !== undefined && { schema }) };
  const isInsert = tokens.is(from - 1, 'into');
  if (tokens.is(i, '(') && !isInsert) {
    const open = i;
    i = tokens.after(i);
    if (tokens.reads(i, 'with', 'ordinality')) i += 2;
    return withAlias(tokens, i, { kind: 'function', table, open, at: from });
  }
  if (tokens.is(i, '*')) i++;
  return withAlias(tokens, i, { kind: 'table', table, at: from });
}

function withAlias(tokens: CursorTokens, from: number, source: Omit<SourceText, 'columnNames' | 'end'>): SourceText {
  let i = from;
  const written = tokens.is(i, 'as');
  if (written) i++;
  const isAlias =
    tokens.isName(i) && i !== tokens.cursor && (tokens.isQuoted(i) || written || !NO_ALIAS.has(tokens.lower(i)));
  if (!isAlias) return { ...source, columnNames: [], end: i };
  const alias = tokens.name(i++);
  if (!tokens.is(i, '(')) return { ...source, alias, columnNames: [], end: i };
  return { ...source, alias, columnNames: namesIn(tokens, i), end: tokens.after(i) };
}

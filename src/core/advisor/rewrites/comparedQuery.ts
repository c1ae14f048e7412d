import type { SourceRange } from '../../base/sourceRange';
import { TokenIndex } from '../../sql/tokenIndex';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap, wrappedNodes, type TypedNode } from '../../sql/walk';

/** What ORDER BY of a query sorts by: an output column by its place (from 0) or name, or what the rows do not show. */
export type SortKey =
  | { readonly kind: 'position'; readonly position: number }
  | { readonly kind: 'name'; readonly name: string; readonly text: string }
  | { readonly kind: 'expression'; readonly text: string };

/** The keys of a query's own ORDER BY; empty without one. Undefined if the text of one cannot be found. */
export function sortKeysOf(statement: ParsedStatement): SortKey[] | undefined {
  const keys: SortKey[] = [];
  for (const { fields } of wrappedNodes(queryOf(statement)?.sortClause)) {
    const key = sortKey(statement, unwrap(fields['node']));
    if (!key) return undefined;
    keys.push(key);
  }
  return keys;
}

function sortKey(statement: ParsedStatement, node: TypedNode | undefined): SortKey | undefined {
  if (!node) return undefined;
  const number = node.type === 'A_Const' ? (node.fields['ival'] as { ival?: number } | undefined) : undefined;
  // The tree leaves out a zero; PostgreSQL refuses it as a position anyway.
  if (number) return { kind: 'position', position: (number.ival ?? 0) - 1 };
  const range = statement.rangeOf(node.type, node.fields);
  if (!range) return undefined;
  const text = statement.text.slice(range.start, range.end);
  const names = node.type === 'ColumnRef' ? wrappedNodes(node.fields['fields']) : [];
  const [name] = names;
  // Only a bare name can mean an output column; in an expression it means one of the tables.
  if (names.length === 1 && name?.type === 'String') {
    return { kind: 'name', name: String(name.fields['sval']), text };
  }
  return { kind: 'expression', text };
}

/**
 * The query with expressions added to its select list, so that its rows show them. Undefined where none can be added:
 * to a set operation or VALUES, or to a list whose end cannot be found.
 */
export function withExpressions(statement: ParsedStatement, expressions: readonly string[]): string | undefined {
  if (expressions.length === 0) return statement.text;
  const query = queryOf(statement);
  const last = wrappedNodes(query?.targetList).at(-1);
  const value = unwrap(last?.fields['val']);
  const range = value && statement.rangeOf(value.type, value.fields);
  if (!query || query.larg || query.valuesLists || !last || !range) return undefined;
  const at = targetEnd(statement.text, range, last.fields['name'] !== undefined);
  const added = expressions.map(expression => `, (${expression}\n)`).join('');
  return statement.text.slice(0, at) + added + statement.text.slice(at);
}

/** Where an expression of a select list ends with the parentheses around it and its `AS name` or bare name. */
function targetEnd(text: string, { start, end }: SourceRange, hasName: boolean): number {
  const tokens = new TokenIndex(text);
  const indexAt = (offset: number): number => {
    let index = 0;
    while (index < tokens.count && tokens.toRange([index, index]).start < offset) index++;
    return index;
  };
  let first = indexAt(start);
  let next = indexAt(end);
  while (tokens.text(next) === ')' && tokens.partner(next) === first - 1) {
    next++;
    first--;
  }
  if (hasName) next += tokens.word(next) === 'as' ? 2 : 1;
  return tokens.toRange([next - 1, next - 1]).end;
}

/** True if the query's own LIMIT, OFFSET or FETCH may leave rows out, of which it says which only by ORDER BY. */
export function isLimited(statement: ParsedStatement): boolean {
  const query = queryOf(statement);
  if (!query) return false;
  const keepsTies = query.limitOption === 'LIMIT_OPTION_WITH_TIES';
  return query.limitOffset !== undefined || (query.limitCount !== undefined && !keepsTies);
}

const LIMIT_WORDS = new Set(['limit', 'offset', 'fetch']);

/** The query without its own LIMIT, OFFSET and FETCH; undefined if it has none, or they cannot be found. */
export function withoutLimit(statement: ParsedStatement): string | undefined {
  if (!isLimited(statement)) return undefined;
  const { text } = statement;
  const tokens = new TokenIndex(text);
  let first: number | undefined;
  for (let index = tokens.count - 1; index >= 0; index--) {
    const partner = tokens.partner(index);
    if (partner >= 0 && partner < index) {
      index = partner;
      continue;
    }
    // These words are reserved: elsewhere they can only be names behind AS or a dot.
    if (!tokens.isOneOf(index, LIMIT_WORDS) || tokens.word(index - 1) === 'as' || tokens.text(index - 1) === '.') {
      if (tokens.isOneOf(index, ENDS_TAIL)) break;
      continue;
    }
    first = index;
  }
  return first === undefined ? undefined : text.slice(0, tokens.toRange([first, first]).start).trimEnd();
}

/** Left of these nothing is LIMIT's any more. */
const ENDS_TAIL = new Set([
  'by',
  'from',
  'where',
  'having',
  'select',
  'values',
  'table',
  'union',
  'intersect',
  'except',
]);

interface QueryFields {
  readonly sortClause?: unknown;
  readonly targetList?: unknown;
  readonly larg?: unknown;
  readonly valuesLists?: unknown;
  readonly limitCount?: unknown;
  readonly limitOffset?: unknown;
  readonly limitOption?: unknown;
}

function queryOf({ tree }: ParsedStatement): QueryFields | undefined {
  const root = unwrap(tree);
  return root?.type === 'SelectStmt' ? (root.fields as QueryFields) : undefined;
}

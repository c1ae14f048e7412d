import { quoteIdentifier } from '../../sql/identifiers';
import { bareKey, distinctValues } from './indexSize';
import { columnOf, type ExpressionUse, type SortKey, type TableAccess } from './tableAccess';

/** A key of an index that is being made up. */
export interface Key {
  readonly column: string;
  /** As it stands in CREATE INDEX. */
  readonly text: string;
  /** The column itself, in its own order: an equality with a constant makes it superfluous. */
  readonly plain: boolean;
}

/** Types without a B-tree order, or whose values are too wide for a key. */
const NO_BTREE =
  /^(json|jsonb|xml|point|line|lseg|box|path|polygon|circle|tsvector|tsquery|(\w+\.)?geometry.*|(\w+\.)?geography.*)$|\[\]$/;

export function isSortable(type: string): boolean {
  return !NO_BTREE.test(type);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Key lists of B-trees that could serve one mention of a table: columns compared with one value first, then those of
 * a join, then one range or the order asked for. Each list is at most `maxWidth` long.
 */
export function btreeKeyLists(access: TableAccess, maxWidth: number): Key[][] {
  const { relation } = access;
  const rows = Math.max(1, relation.rowEstimate ?? 1000);
  const distinct = (name: string): number => {
    const column = columnOf(relation, name);
    return column ? distinctValues(column, rows) : 1;
  };
  const sortable = (name: string): boolean => isSortable(columnOf(relation, name)?.type ?? '');
  // the most selective first: such an index serves more statements, and its first key has useful statistics
  const bySelectivity = (a: string, b: string): number => distinct(b) - distinct(a) || compareText(a, b);
  const equality = [...access.equality.keys()].filter(sortable).sort(bySelectivity);
  const single = equality.filter(name => access.equality.get(name) !== 'in');
  const range = [...access.range].filter(sortable).sort(compareText);
  const join = [...access.join].filter(sortable).sort(bySelectivity);
  const either = [...access.either].filter(sortable).sort(compareText);
  const lists = new Map<string, Key[]>();
  const push = (...parts: readonly (readonly Key[])[]): void => {
    const keys = parts.flat().filter((key, at, all) => all.findIndex(other => other.text === key.text) === at);
    const id = keys.map(key => key.text).join(',');
    if (keys.length > 0 && keys.length <= maxWidth && !lists.has(id)) lists.set(id, keys);
  };
  const plain = (names: readonly string[]): Key[] => names.map(plainKey);

  for (const name of [...equality, ...range, ...join, ...either]) push(plain([name]));
  for (let width = 2; width <= maxWidth; width++) if (equality.length >= width) push(plain(equality.slice(0, width)));
  for (const last of range) {
    for (let width = 1; width < maxWidth; width++) push(plain(equality.slice(0, width)), plain([last]));
    for (const other of range) push(plain([last, other]));
  }
  // the conditions beside an OR hold in each of its arms
  for (const arm of either) {
    push(plain(single.slice(0, 1)), plain([arm]));
    push(plain([arm]), plain(equality.slice(0, 1)));
    for (const last of range) push(plain([arm, last]));
  }
  for (const joined of join) {
    push(plain(equality.slice(0, maxWidth - 1)), plain([joined]));
    push(plain([joined]), plain(equality.slice(0, maxWidth - 1)));
    for (const last of [...range, ...either]) {
      push(plain([joined, last]));
      push(plain(equality.slice(0, 1)), plain([joined, last]));
    }
    for (const other of join) if (other !== joined) push(plain([joined, other]));
  }
  for (const asked of [access.order, ...access.arranged]) {
    const order = sortKeys(asked.filter(key => sortable(key.column)));
    if (order.length === 0) continue;
    // an order that is too long begins well: what is left is sorted in small groups
    push(order.slice(0, maxWidth));
    for (let width = 1; width < maxWidth; width++)
      push(plain(single.slice(0, width)), order.slice(0, maxWidth - width));
    for (const joined of join) push(plain([joined]), order.slice(0, maxWidth - 1));
    for (const last of range) push(plain(single.slice(0, maxWidth - 2)), order, plain([last]));
  }
  if (access.group.length > 0 && access.group.every(sortable)) {
    push(plain(access.group));
    push(plain(single.slice(0, 1)), plain(access.group));
    // any order of the groups will do: the one that a condition shares
    for (const first of access.group.filter(name => join.includes(name) || range.includes(name)))
      push(plain([first]), plain(access.group));
  }
  for (const name of [...access.prefix].sort(compareText)) {
    // with text_pattern_ops a prefix search works in every collation
    if (!/^(text|character varying)/.test(columnOf(relation, name)?.type ?? '')) continue;
    const key: Key = { column: name, text: `${quoteIdentifier(name)} text_pattern_ops`, plain: false };
    push([key]);
    push(plain(single.slice(0, 1)), [key]);
  }
  for (const keys of expressionKeyLists(access.expressions, maxWidth)) {
    push(keys);
    push(keys, plain(single.slice(0, 1)));
    push(plain(single.slice(0, 1)), keys);
    if (!keys.every(({ use }) => use === 'equality')) continue;
    push(keys, sortKeys(access.order));
    for (const last of range) push(keys, plain([last]));
  }
  return [...lists.values()];
}

interface ExpressionKey extends Key {
  readonly use: ExpressionUse['use'];
}

/** Each expression alone, and those compared with one value together, also before each of the others. */
function expressionKeyLists(expressions: readonly ExpressionUse[], maxWidth: number): ExpressionKey[][] {
  const keys = expressions.map(({ text, column, use, descending = false, nulls }): ExpressionKey => {
    return { column, text: `${text}${directionOf({ descending, nulls })}`, plain: false, use };
  });
  const equal = keys.filter(({ use }) => use === 'equality').slice(0, maxWidth);
  const others = keys.filter(({ use }) => use !== 'equality');
  return [...keys.map(key => [key]), equal, ...others.map(other => [...equal.slice(0, maxWidth - 1), other])];
}

/** A B-tree is read in both directions, so `a DESC, b DESC` needs no direction of its own. */
function sortKeys(order: readonly SortKey[]): Key[] {
  const forward = order.every(key => !key.descending && key.nulls !== 'first');
  const backward = order.every(key => key.descending && key.nulls !== 'last');
  return order.map(key => {
    if (forward || backward) return plainKey(key.column);
    const text = `${quoteIdentifier(key.column)}${directionOf(key)}`;
    return { column: key.column, text, plain: text === quoteIdentifier(key.column) };
  });
}

/** NULL counts as greater than all values: only where it is to stand elsewhere does that need saying. */
function directionOf({ descending, nulls }: Pick<SortKey, 'descending' | 'nulls'>): string {
  const place = nulls && (nulls === 'first') !== descending ? ` NULLS ${nulls.toUpperCase()}` : '';
  return `${descending ? ' DESC' : ''}${place}`;
}

function plainKey(column: string): Key {
  return { column, text: quoteIdentifier(column), plain: true };
}

/** Names without those that are keys already: an expression or another operator class does not give the column back. */
export function withoutKeys(names: readonly string[], keys: readonly { readonly text: string }[]): string[] {
  const taken = new Set(keys.map(key => (key.text.endsWith('_ops') ? '' : (bareKey(key.text) ?? ''))));
  return names.filter(name => !taken.has(name));
}

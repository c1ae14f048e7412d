import { unwrap } from '../../sql/walk';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { asColumn, list, stringValue } from './expressions';
import { allConditions } from './fromItems';
import type { FromItem } from './fromItems';

/** Which items of a FROM an expression names. */
export interface Mentions {
  readonly items: ReadonlySet<FromItem>;
  /** It names a column whose item cannot be told: unqualified, or `*`. */
  readonly hasUnknown: boolean;
  readonly columns: number;
}

/**
 * The items named in an expression, subqueries included. An unqualified column counts for an item only if the catalog
 * knows the columns of all of them.
 */
export function mentionsIn(expression: unknown, items: readonly FromItem[]): Mentions {
  const named = new Set<FromItem>();
  let hasUnknown = false;
  let columns = 0;
  const pending: unknown[] = [expression];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) continue;
    const node = unwrap(next);
    if (node?.type === 'A_Const') continue;
    if (node?.type !== 'ColumnRef') {
      if (Array.isArray(next)) pending.push(...(next as unknown[]));
      else {
        const fields = node?.fields ?? (next as NodeFields);
        for (const key in fields) pending.push(fields[key]);
      }
      continue;
    }
    columns++;
    const item = itemOf(node.fields, items);
    if (item) named.add(item);
    else if (item === undefined) hasUnknown = true;
  }
  return { items: named, hasUnknown, columns };
}

/** The item a column belongs to; null for a name qualified by something else, undefined if it cannot be told. */
export function itemOf(columnRef: NodeFields, items: readonly FromItem[]): FromItem | null | undefined {
  const parts = list(columnRef.fields);
  if (parts.length > 1) {
    // `alias.column`, `alias.*`, `schema.table.column`; `(alias.composite).field` has its alias first too.
    const names = parts.map(stringValue);
    const qualifier = names.length > 2 ? names.at(-2) : names[0];
    const named = items.filter(item => item.name === qualifier);
    // `s1.orders, s2.orders`: both have the name, and the schema tells them apart.
    return (named.length > 1 && named.find(item => item.table?.schema === names.at(-3))) || named[0] || null;
  }
  const name = asColumn({ ColumnRef: columnRef })?.name;
  if (name === undefined) return undefined;
  const wholeRow = items.find(item => item.name === name);
  if (wholeRow) return wholeRow;
  if (items.some(item => item.relation === undefined)) return undefined;
  const owners = items.filter(item => item.relation?.columns.some(column => column.name === name));
  return owners.length === 1 ? owners[0] : undefined;
}

/** The items of a query in groups that its conditions connect with one another. Undefined if it cannot be told. */
export function connectedGroups(query: NodeMatch, items: readonly FromItem[]): readonly FromItem[][] | undefined {
  const known = query.from?.items === items ? query.from : undefined;
  if (known?.groups !== undefined) return known.groups ?? undefined;
  const groups = findGroups(items, allConditions(query));
  if (known) known.groups = groups ?? null;
  return groups;
}

function findGroups(items: readonly FromItem[], conditions: readonly unknown[]): FromItem[][] | undefined {
  const groups = new Map<FromItem, Set<FromItem>>(items.map(item => [item, new Set([item])]));
  const connect = (a: FromItem, b: FromItem): void => {
    const target = groups.get(a)!;
    const source = groups.get(b)!;
    if (target === source) return;
    for (const item of source) {
      target.add(item);
      groups.set(item, target);
    }
  };
  for (const condition of conditions) {
    const { items: named, hasUnknown, columns } = mentionsIn(condition, items);
    // One unknown column on its own belongs to one item and connects nothing.
    if (hasUnknown && columns > 1) return undefined;
    const [first, ...rest] = named;
    for (const other of rest) connect(first!, other);
  }
  items.forEach((item, i) => {
    if (!item.isLateral) return;
    const { items: named } = mentionsIn(item.fields, items.slice(0, i));
    for (const other of named) connect(other, item);
  });
  for (const item of items) {
    // NATURAL and USING name columns of both sides without qualifying them.
    const join = item.join;
    if (!join || (join.usingClause === undefined && join.isNatural !== true)) continue;
    const left = leavesOf(join.larg, items);
    const right = leavesOf(join.rarg, items);
    if (left[0] && right[0]) connect(left[0], right[0]);
  }
  return [...new Set(groups.values())].map(group => [...group]);
}

/** The items among the leaves of one side of a join. */
export function leavesOf(side: unknown, items: readonly FromItem[]): FromItem[] {
  const node = unwrap(side);
  if (node?.type === 'JoinExpr' && node.fields.alias === undefined)
    return [...leavesOf(node.fields.larg, items), ...leavesOf(node.fields.rarg, items)];
  if (node?.type === 'RangeTableSample') return leavesOf(node.fields.relation, items);
  return items.filter(item => item.fields === node?.fields);
}

import type { Catalog } from '../../catalog/catalog';
import { indexableExpression } from './indexableExpressions';
import { asNode, child, isNode, list, stringOf, type Node } from './parseTree';
import type { Names, Resolved } from './scopes';
import type { SortKey, TableAccess } from './tableAccess';

/** Notes the orders a SELECT asks for: ORDER BY, GROUP BY, DISTINCT, windows, min and max. */
export function readOrdering(select: Node, names: Names, catalog: Catalog): void {
  const targets = targetsOf(select);
  const meant = (node: unknown): unknown => {
    const position = asNode(child(node, 'A_Const')?.ival)?.ival;
    if (position !== undefined) return targets.get(String(position));
    const fields = list(child(node, 'ColumnRef')?.fields);
    return (fields.length === 1 ? targets.get(stringOf(fields[0]) ?? '') : undefined) ?? node;
  };
  const column = (node: unknown): Resolved | undefined => names.column(meant(node));
  const isLimited = select.limitCount !== undefined;

  const sort = list(select.sortClause);
  const keys = sortKeysOf(sort, column);
  if (keys && (keys.sorted.length === sort.length || isLimited)) {
    keys.access.order = keys.sorted;
    keys.access.limited = isLimited;
  }
  if (!keys) readOrderExpression(sort, meant, names, catalog);

  const groups = list(select.groupClause).map(meant);
  const grouped = groups.map(group => names.column(group));
  const owner = grouped[0]?.access;
  if (owner && grouped.every(group => group?.access === owner)) owner.group = grouped.map(group => group!.column);
  const only = groups.length === 1 ? indexableExpression(groups[0], names, catalog) : undefined;
  if (only) only.access.expressions.push({ text: only.text, column: only.column, use: 'group' });

  readDistinct(select, column);
  readWindows(select, column);
  readMinOrMax(select, names);
}

function targetsOf(select: Node): Map<string, unknown> {
  const targets = new Map<string, unknown>();
  list(select.targetList).forEach((item, position) => {
    const target = child(item, 'ResTarget');
    targets.set(String(position + 1), target?.val);
    if (typeof target?.name === 'string') targets.set(target.name, target.val);
  });
  return targets;
}

/** The leading keys that are columns of one table. */
function sortKeysOf(
  sort: readonly unknown[],
  column: (node: unknown) => Resolved | undefined,
): { access: TableAccess; sorted: SortKey[] } | undefined {
  const sorted: SortKey[] = [];
  let access: TableAccess | undefined;
  for (const item of sort) {
    const by = child(item, 'SortBy');
    const found = column(by?.node);
    if (!found || (access && found.access !== access)) break;
    access = found.access;
    sorted.push({
      column: found.column,
      descending: by?.sortby_dir === 'SORTBY_DESC',
      nulls: nullsOf(by?.sortby_nulls),
    });
  }
  return access && { access, sorted };
}

/** `ORDER BY place <-> value` is a nearest neighbour search; any other expression may be the first key of an index. */
function readOrderExpression(
  sort: readonly unknown[],
  meant: (node: unknown) => unknown,
  names: Names,
  catalog: Catalog,
): void {
  const by = child(sort[0], 'SortBy');
  const node = by && meant(by.node);
  const operation = child(node, 'A_Expr');
  if (operation && ['<->', '<#>', '<=>'].includes(stringOf(list(operation.name).at(-1)) ?? '')) {
    const found = names.column(operation.lexpr) ?? names.column(operation.rexpr);
    found?.access.nearest.add(found.column);
    return;
  }
  // further keys are sorted within what the first has in common
  const found = by && indexableExpression(node, names, catalog);
  if (!found) return;
  const descending = by.sortby_dir === 'SORTBY_DESC';
  const nulls = nullsOf(by.sortby_nulls);
  found.access.expressions.push({ text: found.text, column: found.column, use: 'order', descending, nulls });
}

function readDistinct(select: Node, column: (node: unknown) => Resolved | undefined): void {
  if (!Array.isArray(select.distinctClause) || list(select.sortClause).length > 0) return;
  const expressions = list(select.distinctClause).filter(item => isNode(item) && Object.keys(item).length > 0);
  const nodes =
    expressions.length > 0 ? expressions : list(select.targetList).map(item => child(item, 'ResTarget')?.val);
  arrange(nodes.map(column).map(found => found && { found, descending: false }));
}

function readWindows(select: Node, column: (node: unknown) => Resolved | undefined): void {
  const windows = [
    ...list(select.windowClause).map(item => child(item, 'WindowDef')),
    ...windowsIn([select.targetList, select.sortClause]),
  ];
  for (const window of windows) {
    if (!window) continue;
    const partitions = list(window.partitionClause).map(node => {
      const found = column(node);
      return found && { found, descending: false };
    });
    const orders = list(window.orderClause).map(item => {
      const by = child(item, 'SortBy');
      const found = column(by?.node);
      return found && { found, descending: by?.sortby_dir === 'SORTBY_DESC', nulls: nullsOf(by?.sortby_nulls) };
    });
    arrange([...partitions, ...orders]);
  }
}

/** The windows that calls name in place, however deep in an expression, but not those of subqueries. */
function windowsIn(node: unknown): Node[] {
  if (Array.isArray(node)) return node.flatMap(windowsIn);
  if (!isNode(node) || 'SelectStmt' in node) return [];
  const over = asNode(child(node, 'FuncCall')?.over);
  return [...(over ? [over] : []), ...Object.values(node).flatMap(windowsIn)];
}

type Arranged = { found: Resolved; descending: boolean; nulls?: 'first' | 'last' | undefined } | undefined;

function arrange(keys: readonly Arranged[]): void {
  const access = keys[0]?.found.access;
  if (!access || !keys.every(key => key?.found.access === access)) return;
  access.arranged.push(
    keys.map(key => ({ column: key!.found.column, descending: key!.descending, nulls: key!.nulls })),
  );
}

/** `SELECT max(x)` reads one end of an index on x. */
function readMinOrMax(select: Node, names: Names): void {
  const targets = list(select.targetList).map(item => child(child(item, 'ResTarget')?.val, 'FuncCall'));
  for (const call of targets) {
    const name = stringOf(list(call?.funcname).at(-1));
    if (name !== 'min' && name !== 'max') continue;
    const found = names.column(list(call?.args)[0]);
    if (!found) continue;
    const key = { column: found.column, descending: false };
    if (targets.length === 1 && !select.groupClause) {
      found.access.order = [key];
      found.access.limited = true;
    } else found.access.arranged.push([key]);
  }
}

function nullsOf(value: unknown): 'first' | 'last' | undefined {
  return value === 'SORTBY_NULLS_FIRST' ? 'first' : value === 'SORTBY_NULLS_LAST' ? 'last' : undefined;
}

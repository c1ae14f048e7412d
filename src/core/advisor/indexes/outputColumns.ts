import { child, isNode, list, outputName, outputNames, stringOf, type Node } from './parseTree';
import type { Names, Resolved, Scoped } from './scopes';

/** What a query puts out that is a table's column, by the name of the output. */
export type Outputs = Map<string, Resolved>;

/**
 * The columns of tables among what a query puts out, to which the planner passes conditions on the query: none below a
 * LIMIT, and beside aggregates only what is grouped by.
 */
export function outputsOf(select: Node, names: Names): Outputs {
  const outputs: Outputs = new Map();
  if (select.limitCount !== undefined || select.limitOffset !== undefined) return outputs;
  const groups = list(select.groupClause).map(group => names.column(group));
  for (const item of list(select.targetList)) {
    const star = isStar(item) ? child(child(item, 'ResTarget')?.val, 'ColumnRef') : undefined;
    if (star && groups.length === 0) for (const [name, found] of everyColumn(star, names)) outputs.set(name, found);
    const found = names.column(child(item, 'ResTarget')?.val);
    const name = outputName(item);
    if (!found || name === undefined) continue;
    const isGrouped = groups.some(group => group?.access === found.access && group.column === found.column);
    if (groups.length === 0 || isGrouped) outputs.set(name, found);
  }
  return outputs;
}

/** `*` or `t.*`. */
export function isStar(target: unknown): boolean {
  const last = list(child(child(target, 'ResTarget')?.val, 'ColumnRef')?.fields).at(-1);
  return isNode(last) && 'A_Star' in last;
}

/** What `*` or `t.*` stands for, as far as it is columns of tables. */
export function everyColumn(star: Node, names: Names): Outputs {
  const fields = list(star.fields);
  const owner = fields.length > 1 ? stringOf(fields.at(-2)) : undefined;
  const found: Outputs = new Map();
  for (const [alias, { access, outputs }] of names.scopes[0] ?? []) {
    if (owner !== undefined && owner !== alias) continue;
    if (access) for (const { name } of access.relation.columns) found.set(name, { access, column: name });
    for (const [name, output] of outputs ?? []) found.set(name, output);
  }
  return found;
}

/** A subquery or CTE, with the names that were given to its columns, if any. */
export function derived(query: Node | undefined, named: readonly string[], outputs: Outputs | undefined): Scoped {
  const columns = columnsOf(query, named);
  for (const name of outputs?.keys() ?? []) columns.add(name);
  return { columns, ...(outputs && { outputs }) };
}

/** Its names in the order of the query, as far as the tree tells them. */
export function columnsOf(query: Node | undefined, named: readonly string[]): Set<string> {
  return new Set(named.length > 0 || !query ? named : outputNames(query));
}

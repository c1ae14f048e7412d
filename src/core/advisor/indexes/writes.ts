import type { Catalog } from '../../catalog/catalog';
import { findRelation } from '../../catalog/catalog';
import type { ParsedStatement } from '../../sql/statement';
import { child, list, type Node } from './parseTree';
import type { Writes } from './upkeep';

/** The tables a statement writes, with the rows its plan expects to write and the columns an UPDATE sets. */
export function readWrites(
  statement: ParsedStatement,
  catalog: Catalog,
  plan: Readonly<Record<string, unknown>>,
): Writes[] {
  const rows = rowsWritten(plan);
  const merge = child(statement.tree, 'MergeStmt');
  const columns = merge ? columnsMerged(merge) : columnsSet(child(statement.tree, 'UpdateStmt'));
  return statement.tables.flatMap(({ name, schema, use }) => {
    if (use !== 'insert' && use !== 'update' && use !== 'delete' && use !== 'merge') return [];
    const relation = findRelation(catalog, name, schema);
    return relation ? [{ relation, use: use === 'merge' ? useOfMerge(merge) : use, rows, columns }] : [];
  });
}

/** Rows the plan expects to reach its ModifyTable node. */
function rowsWritten(plan: Readonly<Record<string, unknown>>): number {
  const children = Array.isArray(plan['Plans']) ? (plan['Plans'] as Readonly<Record<string, unknown>>[]) : [];
  if (plan['Node Type'] === 'ModifyTable')
    return Math.max(1, ...children.map(below => Number(below['Plan Rows'] ?? 1)));
  return Math.max(1, ...children.map(rowsWritten));
}

function columnsSet(update: Node | undefined): Set<string> {
  const targets = list(update?.targetList).map(item => child(item, 'ResTarget')?.name);
  return new Set(targets.filter(name => typeof name === 'string'));
}

/** A MERGE that inserts nothing leaves indexes on other columns alone, as an UPDATE or a DELETE does. */
function useOfMerge(merge: Node | undefined): Writes['use'] {
  const commands = new Set(actionsOf(merge).map(({ commandType }) => commandType));
  if (commands.has('CMD_INSERT')) return 'merge';
  return commands.has('CMD_UPDATE') ? 'update' : commands.has('CMD_DELETE') ? 'delete' : 'merge';
}

function columnsMerged(merge: Node): Set<string> {
  const updates = actionsOf(merge).filter(({ commandType }) => commandType === 'CMD_UPDATE');
  return new Set(updates.flatMap(action => [...columnsSet(action)]));
}

function actionsOf(merge: Node | undefined): Node[] {
  return list(merge?.mergeWhenClauses)
    .map(item => child(item, 'MergeWhenClause'))
    .filter(action => action !== undefined);
}

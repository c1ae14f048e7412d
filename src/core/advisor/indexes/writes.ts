import type { Catalog } from '../../catalog/catalog';
import { findRelation } from '../../catalog/catalog';
import type { ParsedStatement } from '../../sql/statement';
import { child, list } from './parseTree';
import type { Writes } from './upkeep';

/** The tables a statement writes, with the rows its plan expects to write and the columns an UPDATE sets. */
export function readWrites(
  statement: ParsedStatement,
  catalog: Catalog,
  plan: Readonly<Record<string, unknown>>,
): Writes[] {
  const rows = rowsWritten(plan);
  const columns = columnsSet(statement.tree);
  return statement.tables.flatMap(({ name, schema, use }) => {
    if (use !== 'insert' && use !== 'update' && use !== 'delete' && use !== 'merge') return [];
    const relation = findRelation(catalog, name, schema);
    return relation ? [{ relation, use, rows, columns }] : [];
  });
}

/** Rows the plan expects to reach its ModifyTable node. */
function rowsWritten(plan: Readonly<Record<string, unknown>>): number {
  const children = Array.isArray(plan['Plans']) ? (plan['Plans'] as Readonly<Record<string, unknown>>[]) : [];
  if (plan['Node Type'] === 'ModifyTable')
    return Math.max(1, ...children.map(below => Number(below['Plan Rows'] ?? 1)));
  return Math.max(1, ...children.map(rowsWritten));
}

function columnsSet(tree: unknown): Set<string> {
  const targets = list(child(tree, 'UpdateStmt')?.targetList).map(item => child(item, 'ResTarget')?.name);
  return new Set(targets.filter(name => typeof name === 'string'));
}

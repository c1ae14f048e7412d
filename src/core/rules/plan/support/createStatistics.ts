import type { PlanNode } from '../../../plan/planTree';
import { cutToUtf8 } from '../../../base/utf8';
import { MAX_NAME_BYTES, quoteIdentifier } from '../../../sql/identifiers';
import { tableName } from './conditions';

/** CREATE STATISTICS takes no more (STATS_MAX_DIMENSIONS). */
export const MOST_STATISTICS_COLUMNS = 8;

/** The name of extended statistics on columns or expressions of a node's table. Up to 15 one is required. */
export function statisticsName(node: PlanNode, parts: readonly string[]): string {
  const name = [node.relation, ...parts, 'stat'].join('_').replace(/\W+/g, '_').replace(/_+/g, '_');
  return cutToUtf8(name, MAX_NAME_BYTES);
}

/** CREATE STATISTICS on columns of a node's table, all kinds, and the ANALYZE that fills them. */
export function createStatistics(node: PlanNode, columns: readonly string[]): string[] {
  const table = tableName(node);
  const list = columns.map(quoteIdentifier).join(', ');
  const name = quoteIdentifier(statisticsName(node, columns));
  return [`CREATE STATISTICS ${name} ON ${list} FROM ${table};`, `ANALYZE ${table};`];
}

import type { Relation } from '../../catalog/catalog';
import { rowsOf, type PlanNode } from './planNode';
import { columnOf } from './tableAccess';

/** Columns that an index condition compares for equality: `(product_id = s.product_id)`. */
const EQUALS = /\("?([\p{L}_][\p{L}\p{N}_$]*)"?(?:\)::\w+)? = /gu;
const RANGES = / (?:[<>]=?|@>|<@|&&|~) /;

/**
 * Rows of the table that one run of an index scan reads, also those its filter removes, which EXPLAIN does not tell;
 * undefined where that cannot be known from the statistics of the columns compared.
 */
export function rowsFetched(scan: PlanNode, relation: Relation): number | undefined {
  if (scan['Filter'] === undefined) return rowsOf(scan);
  const condition = String(scan['Index Cond'] ?? '');
  const all = relation.rowEstimate;
  if (all === undefined || RANGES.test(condition)) return undefined;
  const columns = [...condition.matchAll(EQUALS)].flatMap(([, name]) => columnOf(relation, name!) ?? []);
  if (columns.length === 0) return undefined;
  const rows = columns.reduce((left, { statistics }) => {
    const distinct = statistics?.distinct ?? 0;
    return distinct === 0 ? left : left / (distinct > 0 ? distinct : -distinct * all);
  }, all);
  return Math.max(rowsOf(scan), rows);
}

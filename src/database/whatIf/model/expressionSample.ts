import type { CancelSignal } from '../../../core/base/cancelSignal';
import type { Relation } from '../../../core/catalog/catalog';
import type { Database } from '../../../core/ports';
import { quoteQualified } from '../../../core/sql/identifiers';
import { queryWithin } from './queryWithin';

/** As many as ANALYZE takes at its default target of 100 (std_typanalyze: 300 times the target). */
const SAMPLE_ROWS = 30_000;

/** Reading a sample is the only time users' rows are looked at: it must not be felt. */
const LIMIT_MS = 3_000;

/** Values of an expression in rows that lie in some blocks of a table, in their order. */
export interface ExpressionSample {
  readonly values: readonly (string | null)[];
  /** Of the rows looked at, those that satisfy the predicate. */
  readonly share: number;
}

/**
 * What ANALYZE would look at if there were an index on the expression. Read-only, the same rows each time.
 * @returns undefined if the rows may not be read, or not in three seconds.
 */
export async function readExpressionSample(
  db: Database,
  relation: Relation,
  expression: string,
  predicate: string | undefined,
  signal?: CancelSignal,
): Promise<ExpressionSample | undefined> {
  const rows = Math.max(1, relation.rowEstimate ?? 0);
  const percent = Math.min(100, (100 * SAMPLE_ROWS) / rows);
  const found = await queryWithin<{ value: string | null; counts: boolean }>(
    db,
    `select ${predicate ? `case when ${predicate} then (${expression})::text end` : `(${expression})::text`} as value,
       ${predicate ? `coalesce(${predicate}, false)` : 'true'} as counts
     from ${quoteQualified(relation.schema, relation.name)} tablesample system (${percent}) repeatable (0)
     limit ${2 * SAMPLE_ROWS}`,
    LIMIT_MS,
    signal,
  );
  const counted = found?.filter(({ counts }) => counts);
  return (
    found && counted && { values: counted.map(({ value }) => value), share: counted.length / Math.max(1, found.length) }
  );
}

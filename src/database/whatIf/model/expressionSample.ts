import type { CancelSignal } from '../../../core/base/cancelSignal';
import { sum } from '../../../core/base/sum';
import type { Relation } from '../../../core/catalog/catalog';
import type { Database } from '../../../core/ports';
import { quoteQualified } from '../../../core/sql/identifiers';
import { queryWithin } from './queryWithin';

/** As many as ANALYZE takes at its default target of 100 (std_typanalyze: 300 times the target). */
const SAMPLE_ROWS = 30_000;

/** Reading a sample is the only time users' rows are looked at: it must not be felt. */
const LIMIT_MS = 3_000;

/** Rows of one array: the text of a longer one might take much memory at once. */
const CHUNK = 5_000;

/** Values of an expression in rows that lie in some blocks of a table. */
export interface ExpressionSample {
  /** In the order of the rows, as arrays in PostgreSQL's text form. */
  readonly chunks: readonly string[];
  /** How many values there are. */
  readonly count: number;
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
  const condition = predicate ?? 'true';
  // the values only pass through here on their way to the planner: as arrays they are not parsed
  const found = await queryWithin<{ chunk: string; counted: number; read: number }>(
    db,
    `select coalesce(array_agg(value order by nth) filter (where counts), '{}')::text as chunk,
       (count(*) filter (where counts))::int as counted, count(*)::int as read
     from (select value, counts, row_number() over () as nth from (
       select case when ${condition} then (${expression})::text end as value, coalesce(${condition}, false) as counts
       from ${quoteQualified(relation.schema, relation.name)} tablesample system (${percent}) repeatable (0)
       limit ${2 * SAMPLE_ROWS}) looked_at) numbered
     group by nth / ${CHUNK} order by nth / ${CHUNK}`,
    LIMIT_MS,
    signal,
  );
  if (!found) return undefined;
  const count = sum(found.map(({ counted }) => counted));
  const read = sum(found.map(each => each.read));
  return { chunks: found.map(({ chunk }) => chunk), count, share: count / Math.max(1, read) };
}

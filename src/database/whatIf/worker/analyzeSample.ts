import type { PGlite } from '@electric-sql/pglite';
import type { AnalyzedExpression, SampleToAnalyze } from '../shadowProtocol';
import { literal, rowsOf } from './sqlText';

const SCRATCH = 'pg_temp.query_tuner_sample';

/** PostgreSQL's own ANALYZE over a sample; only the number of distinct values has to be scaled to the whole table. */
export async function analyzeSample(db: PGlite, sample: SampleToAnalyze): Promise<AnalyzedExpression | undefined> {
  const { table, expression, chunks, rows } = sample;
  await db.exec(`create temp table query_tuner_sample as select (${expression}) as v from only ${table} limit 0`);
  try {
    const [column] = await rowsOf<{ type: string }>(
      db,
      `select format_type(atttypid, atttypmod) as type from pg_attribute
       where attrelid = '${SCRATCH}'::regclass and attname = 'v'`,
    );
    const { type } = column!;
    // parsed much faster than a constant for each value
    for (const chunk of chunks)
      await db.exec(`insert into ${SCRATCH} select v::${type} from unnest(${literal(chunk)}::text[]) u(v)`);
    await db.exec(`analyze ${SCRATCH}`);
    const [found] = await rowsOf<AnalyzedExpression & { d: number; f1: number; n: number }>(
      db,
      `select format_type(a.atttypid, a.atttypmod) as type, s.null_frac::text, s.avg_width::text, s.n_distinct::text,
         s.most_common_vals::text, s.most_common_freqs::text, s.histogram_bounds::text, s.correlation::text,
         s.most_common_elems::text, s.most_common_elem_freqs::text, s.elem_count_histogram::text, c.*
       from pg_stats s join pg_attribute a on a.attrelid = '${SCRATCH}'::regclass and a.attname = 'v',
         (select count(*)::float8 as d, (count(*) filter (where times = 1))::float8 as f1,
            coalesce(sum(times), 0)::float8 as n
          from (select count(*) as times from ${SCRATCH} where v is not null group by v) x) c
       where s.tablename = 'query_tuner_sample'`,
    );
    if (!found) return undefined;
    const { d, f1, n, ...statistics } = found;
    return { ...statistics, n_distinct: String(distinctValues(d, f1, n, rows, Number(found.null_frac))) };
  } finally {
    await db.exec('drop table if exists pg_temp.query_tuner_sample');
  }
}

/**
 * As ANALYZE (compute_scalar_stats) estimates it, by Haas and Stokes' Duj1: n d / (n - f1 + f1 n / N), with d values
 * in a sample of n, f1 of them once; as a negative share of the rows where there are many.
 */
function distinctValues(d: number, f1: number, n: number, rows: number, nullFraction: number): number {
  if (n === 0) return 0;
  if (f1 === d) return -(1 - nullFraction);
  const all = Math.max(n, rows * (1 - nullFraction));
  const estimate = Math.floor(Math.min(all, Math.max(d, (n * d) / (n - f1 + (f1 * n) / all))) + 0.5);
  return estimate > 0.1 * rows ? -(estimate / Math.max(rows, 1)) : estimate;
}

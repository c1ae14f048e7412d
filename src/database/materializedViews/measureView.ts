import type { AdvisedView } from '../../core/advisor/materializedViews/index';
import { throwIfCancelled, type CancelSignal } from '../../core/base/cancelSignal';
import { DatabaseError } from '../../core/ports';
import { quoteLiteral, quoteQualified } from '../../core/sql/identifiers';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';

/** What a view really is, built in a transaction that was rolled back. Everything here is measured. */
export interface MeasuredView {
  readonly rows: number;
  readonly bytes: number;
  /** Time to fill it: what a refresh takes at least. */
  readonly buildMs: number;
  readonly statements: readonly MeasuredStatement[];
}

export interface MeasuredStatement {
  readonly id: number;
  /** Execution time over the tables, and over the view; the better of two runs each. Null where it has parameters. */
  readonly tablesMs: number | null;
  readonly viewMs: number | null;
}

const LOCK_TIMEOUT_MS = 2_000;
const BUILD_TIMEOUT_MS = 600_000;
/** The first run warms the cache for both alike. */
const RUNS = 2;

/**
 * Builds the view, runs the queries over the tables and over the view, and rolls everything back. Takes as long and as
 * much space as the view does; WAL is written. Never done without being asked for.
 * @throws DatabaseError; CancelledError
 */
export async function measureView(
  db: PostgresDatabase,
  view: Pick<AdvisedView, 'schema' | 'name' | 'plan' | 'statements'>,
  signal?: CancelSignal,
): Promise<MeasuredView> {
  const name = quoteQualified(view.schema, view.name);
  return db.withSession(async session => {
    const run = (sql: string): Promise<Record<string, unknown>[]> => session.query(sql, [], signal ? { signal } : {});
    await session.execute(
      `begin; set local lock_timeout = ${LOCK_TIMEOUT_MS}; set local statement_timeout = ${BUILD_TIMEOUT_MS}`,
    );
    const startedAt = performance.now();
    const step = (id: string): readonly string[] => view.plan.steps.find(each => each.id === id)?.sql ?? [];
    for (const sql of step('create-view')) await run(sql);
    const buildMs = performance.now() - startedAt;
    for (const sql of [...step('unique-index'), ...step('analyze')]) await run(sql);
    const [size] = await run(
      `SELECT count(*)::float8 AS rows, pg_total_relation_size(${quoteLiteral(name)}::regclass)::float8 AS bytes FROM ${name}`,
    );
    const statements: MeasuredStatement[] = [];
    for (const { id, original, rewritten, measurable } of view.statements) {
      throwIfCancelled(signal);
      statements.push({
        id,
        tablesMs: measurable ? await bestOf(session, original, signal) : null,
        viewMs: measurable ? await bestOf(session, rewritten, signal) : null,
      });
    }
    await session.execute('rollback');
    return { rows: Number(size?.['rows']), bytes: Number(size?.['bytes']), buildMs, statements };
  }, signal);
}

async function bestOf(session: Session, sql: string, signal: CancelSignal | undefined): Promise<number> {
  let best = Infinity;
  for (let run = 0; run < RUNS; run++) {
    const [row] = await session.query(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`,
      [],
      signal ? { signal } : {},
    );
    const plan = row?.['QUERY PLAN'] as readonly { readonly 'Execution Time'?: number }[] | undefined;
    const ms = plan?.[0]?.['Execution Time'];
    if (ms === undefined) throw new DatabaseError('unsupported', 'the server answered EXPLAIN ANALYZE without a time');
    best = Math.min(best, ms);
  }
  return best;
}

import { formatCount } from '../../core/base/units';
import { throwIfCancelled, type CancelSignal } from '../../core/base/cancelSignal';
import { isDecisive, qError, rowsInWords, type Misestimate } from '../../core/advisor/statistics/misestimates';
import type { StatisticsCandidate } from '../../core/advisor/statistics/statisticsCandidates';
import type { Suggestion } from '../../core/advisor/suggestion';
import { DatabaseError } from '../../core/ports';
import { quoteQualified } from '../../core/sql/identifiers';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';

/** How the estimate of one node changed with what was tried, in a transaction that was rolled back. */
export interface StatisticsTrial {
  readonly node: string;
  readonly actual: number;
  readonly estimated: number;
  /** After a plain ANALYZE of the table. */
  readonly afterAnalyze: number;
  readonly tried: readonly { readonly title: string; readonly estimated: number }[];
  /** Only for what brought the estimate decisively nearer than ANALYZE alone. */
  readonly suggestion?: Suggestion;
  readonly candidate?: StatisticsCandidate;
  /** What came out, in a sentence with the figures. */
  readonly verdict: string;
}

export interface TryOptions {
  readonly lockTimeoutMs?: number;
  readonly statementTimeoutMs?: number;
  readonly signal?: CancelSignal;
}

/**
 * Tries each candidate on the server: creates it, analyses its table, and asks for the estimate again. Everything is
 * rolled back, except the table's row count in pg_class, which ANALYZE writes in place.
 * @throws DatabaseError `unsupported` on a replica, `permission` without the rights; CancelledError.
 */
export async function tryStatistics(
  db: PostgresDatabase,
  misestimate: Misestimate,
  { lockTimeoutMs = 2_000, statementTimeoutMs = 120_000, signal }: TryOptions = {},
): Promise<StatisticsTrial> {
  const { schema, relation, probe, actual, node, candidates } = misestimate;
  const table = quoteQualified(schema, relation);
  return db.withSession(async session => {
    await requireRights(session, table, schema);
    await session.execute(
      `begin; set local lock_timeout = ${Math.round(lockTimeoutMs)}; set local statement_timeout = ${Math.round(statementTimeoutMs)}`,
      signal,
    );
    const estimate = async (): Promise<number> => {
      throwIfCancelled(signal);
      const [row] = await session.query(`EXPLAIN (FORMAT JSON) ${probe}`, [], signal ? { signal } : {});
      const plan = row?.['QUERY PLAN'] as readonly { readonly Plan: { readonly 'Plan Rows': number } }[];
      return plan[0]!.Plan['Plan Rows'];
    };
    const run = (sql: string): Promise<unknown> => session.query(sql, [], signal ? { signal } : {});
    const estimated = await estimate();
    await run(`ANALYZE ${table}`);
    const afterAnalyze = await estimate();
    const tried: { title: string; estimated: number }[] = [];
    let best: { candidate: StatisticsCandidate; estimated: number } | undefined;
    // Where the table's own statistics were old, others would only be credited with the ANALYZE.
    const isStale = isDecisive(qError(estimated, actual), qError(afterAnalyze, actual));
    for (const candidate of isStale ? [] : candidates) {
      await run('savepoint tried');
      for (const sql of candidate.sql) await run(sql);
      const after = await estimate();
      await run('rollback to savepoint tried');
      tried.push({ title: candidate.title, estimated: after });
      if (!best || qError(after, actual) < qError(best.estimated, actual)) best = { candidate, estimated: after };
    }
    await session.execute('rollback');
    const common = { node, actual, estimated, afterAnalyze, tried };
    if (isStale) return { ...common, verdict: staleInWords(common, table) };
    if (!best || !isDecisive(qError(afterAnalyze, actual), qError(best.estimated, actual))) {
      return { ...common, verdict: uselessInWords(common) };
    }
    const verdict = `${node}: ${rowsInWords(estimated)} rows estimated, ${rowsInWords(best.estimated)} with it, ${rowsInWords(actual)} measured; error ${errorInWords(qError(estimated, actual))} -> ${errorInWords(qError(best.estimated, actual))}`;
    const suggestion = suggestionOf(best.candidate, verdict, relation);
    return { ...common, suggestion, candidate: best.candidate, verdict };
  }, signal);
}

type Tried = Omit<StatisticsTrial, 'suggestion' | 'candidate' | 'verdict'>;

function staleInWords({ node, estimated, afterAnalyze, actual }: Tried, table: string): string {
  return `${node}: the statistics were stale. ANALYZE ${table} alone brings the estimate from ${rowsInWords(estimated)} to ${rowsInWords(afterAnalyze)} rows, ${rowsInWords(actual)} were measured; no further statistics are needed`;
}

function uselessInWords({ node, estimated, afterAnalyze, tried, actual }: Tried): string {
  const each = tried.map(({ title, estimated: rows }) => `${rowsInWords(rows)} with ${title.toLowerCase()}`);
  return `${node}: no statistics help. ${rowsInWords(actual)} rows were measured, ${rowsInWords(estimated)} estimated; ${[`${rowsInWords(afterAnalyze)} after ANALYZE`, ...each].join(', ')}: the error comes from elsewhere`;
}

function errorInWords(error: number): string {
  return formatCount(error < 10 ? Number(error.toFixed(1)) : Math.round(error));
}

function suggestionOf(candidate: StatisticsCandidate, verdict: string, relation: string): Suggestion {
  return {
    kind: 'statistics',
    title: candidate.title,
    change: {
      sql: candidate.sql,
      runsInTransaction: true,
      locks: 'SHARE UPDATE EXCLUSIVE: reads and writes go on',
      inverse: candidate.inverse,
    },
    evidence: { how: 'trial', text: `${verdict}. ${candidate.why}` },
    cost: `each ANALYZE of ${relation} works a little longer`,
  };
}

async function requireRights(session: Session, table: string, schema: string): Promise<void> {
  const [row] = await session.query<{ replica: boolean; owner: boolean; create: boolean; read_only: boolean }>(
    `select pg_catalog.pg_is_in_recovery() as replica, current_setting('default_transaction_read_only') = 'on' as read_only,
       pg_catalog.pg_has_role(c.relowner, 'USAGE') as owner, pg_catalog.has_schema_privilege($2, 'CREATE') as create
     from pg_catalog.pg_class c where c.oid = $1::regclass`,
    [table, schema],
  );
  if (row?.replica) {
    throw new DatabaseError('unsupported', 'this server is a replica: statistics are made on its primary');
  }
  if (row?.read_only) {
    throw new DatabaseError('unsupported', 'transactions are read-only here (default_transaction_read_only)');
  }
  if (!row?.owner) throw new DatabaseError('permission', `only the owner of ${table} can make statistics on it`);
  if (!row.create)
    throw new DatabaseError('permission', `there is no right to create anything in the schema ${schema}`);
}

import { CancelledError, type CancelSignal } from '../../core/base/cancelSignal';
import { assessCheck, unknownResult, type LimitOverrides } from '../../core/health/assess';
import type { HealthCheck, HealthResult, HealthRow, HealthServer } from '../../core/health/check';
import { HEALTH_CHECKS } from '../../core/health/registry';
import { DatabaseError, type Row } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';
import { readHealthServer } from './readHealthServer';

export interface HealthReport {
  readonly server: HealthServer;
  readonly results: readonly HealthResult[];
  /** ISO 8601, the server's clock. */
  readonly at: string;
  /** How long the server worked on these questions, in milliseconds: as seen from here, so an upper bound. */
  readonly costMs: number;
}

export interface ReadHealthOptions {
  readonly limits?: LimitOverrides;
  /** Ids; all checks without it. */
  readonly only?: ReadonlySet<string>;
  readonly signal?: CancelSignal;
}

/** A check that takes longer is given up rather than felt: milliseconds. */
const CHECK_TIMEOUT_MS = 2_000;
const LOCK_TIMEOUT_MS = 200;

/**
 * Asks every check, one after the other on one connection, each in a read-only transaction with its own timeout. A
 * check that fails is unknown and says why; the others are asked all the same.
 * @throws DatabaseError `connection` when the server is gone; CancelledError once the signal has fired.
 */
export async function readHealth(db: PostgresDatabase, options: ReadHealthOptions = {}): Promise<HealthReport> {
  const { limits, only, signal } = options;
  return db.withSession(async session => {
    const startedAt = performance.now();
    const { server, at } = await readHealthServer(session, signal);
    const answers = new Map<string, Promise<readonly HealthRow[]>>();
    const results: HealthResult[] = [];
    for (const check of HEALTH_CHECKS) {
      if (only && !only.has(check.id)) continue;
      results.push(await ask(session, check, server, { limits, signal, answers }));
    }
    return { server, results, at, costMs: performance.now() - startedAt };
  }, signal);
}

interface Asking {
  readonly limits: LimitOverrides | undefined;
  readonly signal: CancelSignal | undefined;
  /** Rows by query: some checks read the same ones. */
  readonly answers: Map<string, Promise<readonly HealthRow[]>>;
}

async function ask(
  session: Session,
  check: HealthCheck,
  server: HealthServer,
  { limits, signal, answers }: Asking,
): Promise<HealthResult> {
  if (check.hiddenFromOthers !== undefined && !server.seesAllStatistics) {
    const detail = `this role may not see ${check.hiddenFromOthers}: let a superuser GRANT pg_monitor to it`;
    return unknownResult(check, detail, limits);
  }
  const query = check.query(server);
  if (typeof query !== 'string') return unknownResult(check, query.unavailable, limits, query.step);
  try {
    if (!answers.has(query)) answers.set(query, run(session, query, signal));
    return assessCheck(check, await answers.get(query)!, server, limits);
  } catch (error) {
    if (error instanceof CancelledError || session.lost || !(error instanceof DatabaseError)) throw error;
    const detail = error.kind === 'timeout' ? `not answered within ${CHECK_TIMEOUT_MS / 1000} s` : error.message;
    return unknownResult(check, detail, limits);
  }
}

async function run(session: Session, sql: string, signal: CancelSignal | undefined): Promise<readonly HealthRow[]> {
  await session.execute(
    `begin read only; set local statement_timeout = ${CHECK_TIMEOUT_MS}; set local lock_timeout = ${LOCK_TIMEOUT_MS}`,
  );
  try {
    return await session.query<Row>(sql, [], signal ? { signal } : {});
  } finally {
    if (!session.lost) await session.execute('rollback');
  }
}

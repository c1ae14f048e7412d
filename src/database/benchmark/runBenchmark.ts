import { performance } from 'node:perf_hooks';
import type { BenchmarkFailure, StatementBuffers } from '../../core/benchmark/benchmark';
import { CancelledError, throwIfCancelled, type CancelSignal } from '../../core/base/cancelSignal';
import { DatabaseError, type ExplainResult } from '../../core/ports';
import type { Progress } from '../changeProgress';
import type { PostgresDatabase } from '../connect';
import { cancelUntil, closeAll, openClients, type IsolationLevel } from './clientSessions';
import { checkConnectionsLeft } from './connectionsLeft';
import { LoadRun, type LoadFigures } from './loadRun';
import { watchLoad } from './watchLoad';

/** A statement with `$1`, `$2`…, and their values as text. */
export interface BenchmarkStatement {
  readonly title: string;
  readonly sql: string;
  readonly parameters: readonly (string | null)[];
  readonly writes: boolean;
}

export interface BenchmarkRequest {
  /** Run one after the other; all of them are one run. At least one. */
  readonly statements: readonly BenchmarkStatement[];
  readonly clients: number;
  readonly warmUpSeconds: number;
  /** How long runs are begun, or how many are, by all clients together. */
  readonly length: { readonly seconds: number } | { readonly runs: number };
  readonly isolation?: IsolationLevel;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
}

export interface BenchmarkMeasurement extends LoadFigures {
  /** Of each statement. */
  readonly buffers: readonly (StatementBuffers | null)[];
  readonly failures: readonly BenchmarkFailure[];
  /** Share of looks at which a client waited for a lock, 0 to 1. */
  readonly lockWaitShare: number;
  readonly rolledBack: boolean;
  /** Share of the time that this program was busy itself, 0 to 1: near 1 it was what slowed the clients down. */
  readonly ownLoad: number;
}

export interface BenchmarkOptions {
  readonly signal?: CancelSignal;
  readonly onProgress?: (progress: Progress) => void;
}

const STATEMENT_TIMEOUT_MS = 60_000;
const LOCK_TIMEOUT_MS = 10_000;

/**
 * Runs statements again and again on connections of their own and measures each run as a client sees it: sent, planned,
 * executed, every row received. Statements that only read run read-only; if one of them writes, a run is a transaction
 * that is rolled back. Afterwards no session of ours is left.
 * @throws DatabaseError for a statement that PostgreSQL refuses, with the range in its SQL; for a lost connection; when
 * the clients would not leave enough connections for others. CancelledError once the signal has fired and all is over.
 */
export async function runBenchmark(
  db: PostgresDatabase,
  request: BenchmarkRequest,
  options: BenchmarkOptions = {},
): Promise<BenchmarkMeasurement> {
  const { signal, onProgress } = options;
  const { statements, statementTimeoutMs = STATEMENT_TIMEOUT_MS, lockTimeoutMs = LOCK_TIMEOUT_MS } = request;
  const { isolation = 'read committed' } = request;
  const rolledBack = statements.some(({ writes }) => writes);
  throwIfCancelled(signal);
  await checkConnectionsLeft(db, request.clients);
  const limits = { statementTimeoutMs, lockTimeoutMs, isolation, readOnly: !rolledBack };
  const { clients, watcher } = await openClients(db, request.clients, limits);
  try {
    const load = new LoadRun(request, rolledBack);
    const stop = (): void => load.stop();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    const before = performance.eventLoopUtilization();
    const ended = load.run(clients);
    // One that fails stops all: what the others are doing then is of no use to anybody.
    const stopped = load.stopped.then(() => cancelUntil(ended, watcher, clients));
    const lockWaitShare = await watchLoad(watcher, clients, load, ended, onProgress);
    const ownLoad = performance.eventLoopUtilization(before).utilization;
    signal?.removeEventListener('abort', stop);
    if (load.isStopped) await stopped;
    throwIfCancelled(signal);
    if (load.failed) throw load.failed;
    const figures = load.figures();
    onProgress?.({ text: 'counting pages' });
    const buffers = await readBuffers(db, statements, signal);
    return { ...figures, buffers, failures: load.failures(), lockWaitShare, rolledBack, ownLoad };
  } finally {
    await closeAll([...clients, watcher]);
  }
}

/** What a run of each statement reads, now that the caches are warm. One that fails here alone has no figures. */
async function readBuffers(
  db: PostgresDatabase,
  statements: readonly BenchmarkStatement[],
  signal: CancelSignal | undefined,
): Promise<(StatementBuffers | null)[]> {
  const found: (StatementBuffers | null)[] = [];
  for (const { sql, parameters, writes } of statements) {
    try {
      const options = { TIMING: false, VERBOSE: false, SERIALIZE: false, MEMORY: false, SETTINGS: false };
      const { plan } = await db.explain({ sql, parameters, writes, analyze: true, options }, signal);
      found.push(buffersOf(plan));
    } catch (error) {
      if (error instanceof CancelledError || !(error instanceof DatabaseError) || error.kind === 'connection')
        throw error;
      found.push(null);
    }
  }
  return found;
}

/** The root's counters include those of all nodes below it. */
function buffersOf(plan: ExplainResult['plan']): StatementBuffers | null {
  const root = plan[0]?.['Plan'];
  if (typeof root !== 'object' || root === null) return null;
  const figure = (name: string): number => Number((root as Record<string, unknown>)[name] ?? 0);
  return {
    hit: figure('Shared Hit Blocks') + figure('Local Hit Blocks'),
    read: figure('Shared Read Blocks') + figure('Local Read Blocks'),
    dirtied: figure('Shared Dirtied Blocks') + figure('Local Dirtied Blocks'),
    temporary: figure('Temp Read Blocks') + figure('Temp Written Blocks'),
  };
}

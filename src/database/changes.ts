import type { CancelSignal } from '../core/base/cancelSignal';
import type { Change } from '../core/advisor/suggestion';
import { DatabaseError } from '../core/ports';
import { END_WHEN_IDLE, endWithClient } from './clientCheck';
import { firstLine, watchProgress, type Progress } from './changeProgress';
import type { PostgresDatabase } from './connect';
import { cleanUpBuild, invalidIndexes, parseConcurrentBuild, type ConcurrentBuild } from './concurrentBuild';
import type { Session } from './session';

export interface ChangeOptions {
  readonly signal?: CancelSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** How long to wait for a lock; 2 s, or 60 s for CONCURRENTLY, whose waiting stands in nobody's way. */
  readonly lockTimeoutMs?: number;
}

/** A request waiting for a strong lock makes everybody behind it wait too, so it must give up soon. */
const LOCK_TIMEOUT_MS = 2_000;
const CONCURRENT_LOCK_TIMEOUT_MS = 60_000;

/** What is missing or in the way was not so when the change was designed. */
const SINCE_HINTS: Readonly<Record<string, string>> = {
  '42P07': 'somebody took the name meanwhile: look at what is there, or choose another name',
  '42P01': 'the table was dropped or renamed meanwhile; have the change designed again',
  '42703': 'the column was dropped or renamed meanwhile; have the change designed again',
  '42704': 'somebody dropped it meanwhile; nothing is left to do',
  '23505': 'rows with the same key are in the way: remove them, then make the change again',
};

/**
 * Runs a change. In a transaction it is all or nothing; else the statements run one after another, and a failed
 * CREATE INDEX CONCURRENTLY is cleaned up: no INVALID index is left unless the error says so.
 * @throws DatabaseError; CancelledError once the signal has fired and the server has stopped.
 */
export async function applyChange(db: PostgresDatabase, change: Change, options: ChangeOptions = {}): Promise<void> {
  await db.withSession(async session => {
    try {
      if (change.runsInTransaction) await runInTransaction(db, session, change, options);
      else await runOneByOne(db, session, change, options);
    } catch (error) {
      throw withSinceHint(error);
    }
  }, options.signal);
}

function withSinceHint(error: unknown): unknown {
  if (!(error instanceof DatabaseError) || error.hint !== undefined) return error;
  const hint = SINCE_HINTS[error.sqlState ?? ''];
  return hint === undefined ? error : withHint(error, hint);
}

function withHint({ kind, message, range, sqlState }: DatabaseError, hint: string): DatabaseError {
  return new DatabaseError(kind, message, range, sqlState, hint);
}

async function runInTransaction(
  db: PostgresDatabase,
  session: Session,
  change: Change,
  options: ChangeOptions,
): Promise<void> {
  const lockTimeoutMs = Math.round(options.lockTimeoutMs ?? LOCK_TIMEOUT_MS);
  const check = endWithClient(db.serverVersion, 'transaction');
  await session.execute(`begin; set local lock_timeout = ${lockTimeoutMs}; ${END_WHEN_IDLE}; ${check}`);
  for (const sql of change.sql) await runWatched(db, session, sql, options);
  try {
    await session.execute('commit');
  } catch (error) {
    if (!session.lost || !(error instanceof DatabaseError)) throw error;
    throw withHint(error, 'whether the change was committed is not known: look before you run it again');
  }
}

async function runOneByOne(
  db: PostgresDatabase,
  session: Session,
  change: Change,
  options: ChangeOptions,
): Promise<void> {
  for (const sql of change.sql) {
    const isConcurrent = /\bconcurrently\b/i.test(sql);
    const lockTimeoutMs = options.lockTimeoutMs ?? (isConcurrent ? CONCURRENT_LOCK_TIMEOUT_MS : LOCK_TIMEOUT_MS);
    // Through a pooler they would reach some other session, and stay there.
    if (!session.isPooled) await session.execute(sessionSettings(db.serverVersion, lockTimeoutMs));
    const build = parseConcurrentBuild(sql);
    if (build) await buildConcurrently(db, session, sql, build, options);
    else await runWatched(db, session, sql, options);
  }
}

/** No limit cuts a long build short. `transaction_timeout` came with 17. */
function sessionSettings(serverVersion: number, lockTimeoutMs: number): string {
  return [
    'set statement_timeout = 0',
    `set lock_timeout = ${Math.round(lockTimeoutMs)}`,
    ...(serverVersion >= 170000 ? ['set transaction_timeout = 0'] : []),
    endWithClient(serverVersion, 'session'),
  ].join('; ');
}

async function runWatched(db: PostgresDatabase, session: Session, sql: string, options: ChangeOptions): Promise<void> {
  const { signal, onProgress } = options;
  const work = session.query(sql, [], signal ? { signal } : {});
  if (!onProgress) await work;
  else if (session.isPooled) {
    // Which session of the server works on it is not known.
    onProgress({ text: firstLine(sql) });
    await work;
  } else await watchProgress(db, session.processId, sql, work, onProgress);
}

async function buildConcurrently(
  db: PostgresDatabase,
  session: Session,
  sql: string,
  build: ConcurrentBuild,
  options: ChangeOptions,
): Promise<void> {
  const before = await invalidIndexes(session, build);
  const obstacle = before.find(index => index.name === build.index);
  if (obstacle) {
    throw new DatabaseError(
      'sql',
      `${obstacle.qualified} is there already, INVALID: an earlier build failed or is still running`,
      undefined,
      '42P07',
      `if nobody is building it: DROP INDEX CONCURRENTLY ${obstacle.qualified}`,
    );
  }
  try {
    await runWatched(db, session, sql, options);
  } catch (error) {
    const earlier = new Set(before.map(index => index.oid));
    throw await cleanUpBuild(db, { session, sql, build, earlier }, error, options);
  }
}

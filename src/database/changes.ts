import { CancelledError, type CancelSignal } from '../core/base/cancelSignal';
import type { Change } from '../core/advisor/suggestion';
import { DatabaseError } from '../core/ports';
import { watchProgress, type Progress } from './changeProgress';
import type { PostgresDatabase } from './connect';
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

/** Removing what a failed build left behind waits for the same sessions that the build waited for. */
const CLEAN_UP_TIMEOUT_MS = 5_000;

/**
 * Runs a change. In a transaction it is all or nothing; else the statements run one after another, and a failed
 * CREATE INDEX CONCURRENTLY is cleaned up: no INVALID index is left unless the error says so.
 * @throws DatabaseError; CancelledError once the signal has fired and the server has stopped.
 */
export async function applyChange(db: PostgresDatabase, change: Change, options: ChangeOptions = {}): Promise<void> {
  await db.withSession(async session => {
    if (change.runsInTransaction) await runInTransaction(db, session, change, options);
    else await runOneByOne(db, session, change, options);
  }, options.signal);
}

async function runInTransaction(
  db: PostgresDatabase,
  session: Session,
  change: Change,
  options: ChangeOptions,
): Promise<void> {
  await session.execute(`begin; set local lock_timeout = ${Math.round(options.lockTimeoutMs ?? LOCK_TIMEOUT_MS)}`);
  for (const sql of change.sql) await runWatched(db, session, sql, options);
  await session.execute('commit');
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
    await session.execute(`set statement_timeout = 0; set lock_timeout = ${Math.round(lockTimeoutMs)}`);
    const build = parseConcurrentBuild(sql);
    if (build) await buildConcurrently(db, session, sql, build, options);
    else await runWatched(db, session, sql, options);
  }
}

async function runWatched(db: PostgresDatabase, session: Session, sql: string, options: ChangeOptions): Promise<void> {
  const { signal, onProgress } = options;
  const work = session.query(sql, [], signal ? { signal } : {});
  if (!onProgress) await work;
  else await watchProgress(db, session.processId, sql, work, onProgress);
}

/** What a CREATE INDEX CONCURRENTLY builds: names as written, ready for `to_regclass`. */
interface ConcurrentBuild {
  readonly relation: string;
  /** Without quotes; absent when PostgreSQL chooses it. */
  readonly index?: string;
}

const NAME = String.raw`(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)`;
const BUILD = new RegExp(
  String.raw`^\s*create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?(?:(${NAME})\s+)?on\s+(?:only\s+)?(${NAME}(?:\s*\.\s*${NAME})?)`,
  'iu',
);

/** Undefined for any other statement. */
export function parseConcurrentBuild(sql: string): ConcurrentBuild | undefined {
  const match = BUILD.exec(sql);
  const [, name, relation] = match ?? [];
  if (relation === undefined) return undefined;
  if (name === undefined || name.toLowerCase() === 'on') return { relation };
  return { relation, index: name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase() };
}

interface InvalidIndex {
  readonly oid: string;
  readonly name: string;
  /** Qualified and quoted. */
  readonly qualified: string;
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
    const left = await cleanUp(db, session, build, new Set(before.map(index => index.oid)), options);
    throw left === undefined ? error : leftBehind(error, left);
  }
}

/** Drops what the failed build left. Gives the index's name if that was not possible. */
async function cleanUp(
  db: PostgresDatabase,
  session: Session,
  build: ConcurrentBuild,
  earlier: ReadonlySet<string>,
  options: ChangeOptions,
): Promise<string | undefined> {
  // The build's own connection may be the one that was lost.
  if (session.lost) return db.withSession(other => cleanUp(db, other, build, earlier, options));
  const found = (await invalidIndexes(session, build)).filter(
    index => !earlier.has(index.oid) && (build.index === undefined || index.name === build.index),
  );
  // Without a name we cannot tell ours from one that somebody else began meanwhile.
  const ours = build.index === undefined && found.length > 1 ? undefined : found[0];
  if (!ours) return found.length > 1 ? found.map(index => index.qualified).join(' or ') : undefined;
  options.onProgress?.({ text: `removing the unfinished ${ours.qualified}` });
  try {
    await session.execute(`set lock_timeout = ${CLEAN_UP_TIMEOUT_MS}`);
    await session.query(`drop index concurrently if exists ${ours.qualified}`);
    return undefined;
  } catch {
    return ours.qualified;
  }
}

async function invalidIndexes(session: Session, build: ConcurrentBuild): Promise<InvalidIndex[]> {
  return session.query<{ oid: string; name: string; qualified: string }>(
    `select c.oid::text as oid, c.relname as name, format('%I.%I', n.nspname, c.relname) as qualified
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where i.indrelid = to_regclass($1) and not i.indisvalid
       and not exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid
         and p.pid <> pg_backend_pid() and $2::text is null)`,
    [build.relation, build.index ?? null],
  );
}

function leftBehind(error: unknown, index: string): Error {
  const why = error instanceof CancelledError ? 'the build was cancelled' : (error as Error).message;
  const kind = error instanceof DatabaseError ? error.kind : 'cancelled';
  const sqlState = error instanceof DatabaseError ? error.sqlState : undefined;
  return new DatabaseError(
    kind,
    `${why}; the unfinished index ${index} could not be removed, because other sessions use its table`,
    undefined,
    sqlState,
    `it slows writes and helps no query; when they are done: DROP INDEX CONCURRENTLY ${index}`,
  );
}

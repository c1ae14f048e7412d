import type { PreparedAction } from '../../core/health/preparedAction';
import { formatMs } from '../../core/base/units';
import type { CancelSignal } from '../../core/base/cancelSignal';
import { DatabaseError } from '../../core/ports';
import { watchProgress, type Progress } from '../changeProgress';
import type { PostgresDatabase } from '../connect';
import { dropLeftIndexes, leftIndexes } from './leftIndexes';

export interface ActionOptions {
  readonly signal?: CancelSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface ActionOutcome {
  /** What was done, for people: `done in 3.2 s`. */
  readonly text: string;
  /** What takes it back, where anything does. */
  readonly undo?: ExtensionUndo;
}

/** An extension as it was right after it was made. */
export interface ExtensionUndo {
  readonly extension: string;
  /** `pg_extension.oid`. */
  readonly oid: string;
}

/** The session is gone, or is another one by now. */
export class TargetChangedError extends Error {
  override readonly name = 'TargetChangedError';
}

/** Waiting for a strong lock makes everybody behind it wait too; CONCURRENTLY stands in nobody's way. */
const LOCK_TIMEOUT_MS = 2_000;
const CONCURRENT_LOCK_TIMEOUT_MS = 60_000;

/**
 * Does what was prepared and shown. A cancel stops it on the server; what a cancelled REINDEX leaves is dropped.
 * @throws DatabaseError for what the server refuses or only warns of, CancelledError, {@link TargetChangedError}
 */
export async function runAction(
  db: PostgresDatabase,
  { sql, refusal, instead }: PreparedAction,
  options: ActionOptions = {},
): Promise<ActionOutcome> {
  if (refusal !== undefined) throw new DatabaseError('permission', refusal, undefined, undefined, instead);
  const startedAt = performance.now();
  for (const statement of sql) {
    if (/^REINDEX /.test(statement)) await reindex(db, statement, options);
    else if (/_backend\(pid\)/.test(statement)) return signalSession(db, statement, options.signal);
    else await runStatement(db, statement, options);
  }
  const text = `done in ${formatMs(Math.round(performance.now() - startedAt))}`;
  const extension = /^CREATE EXTENSION (\w+)$/.exec(sql[0] ?? '')?.[1];
  return { text, ...(extension !== undefined && { undo: await readExtension(db, extension) }) };
}

/** @throws TargetChangedError if it is not the extension that was made, DatabaseError if something depends on it */
export async function undoExtension(db: PostgresDatabase, { extension, oid }: ExtensionUndo): Promise<void> {
  const now = await readExtension(db, extension);
  if (now?.oid !== oid) throw new TargetChangedError(`${extension} is gone or was made anew; nothing was undone`);
  await runStatement(db, `DROP EXTENSION ${extension}`, {});
}

async function readExtension(db: PostgresDatabase, extension: string): Promise<ExtensionUndo | undefined> {
  const [row] = await db.query<{ oid: string }>(
    'select oid::text as oid from pg_catalog.pg_extension where extname = $1',
    [extension],
  );
  return row && { extension, oid: row.oid };
}

async function signalSession(
  db: PostgresDatabase,
  sql: string,
  signal: CancelSignal | undefined,
): Promise<ActionOutcome> {
  const rows = await db.withSession(
    session => session.query<{ done: boolean }>(sql, [], signal ? { signal } : {}),
    signal,
  );
  if (!rows[0]?.done) throw new TargetChangedError('that session is gone, or does something else by now');
  return { text: sql.includes('pg_cancel') ? 'its statement was asked to stop' : 'the session was ended' };
}

/** VACUUM and ANALYZE only warn of what they may not do: then nothing was done. */
async function runStatement(db: PostgresDatabase, sql: string, { signal, onProgress }: ActionOptions): Promise<void> {
  const lockTimeoutMs = /\bCONCURRENTLY\b/.test(sql) ? CONCURRENT_LOCK_TIMEOUT_MS : LOCK_TIMEOUT_MS;
  const notices = await db.withSession(async session => {
    // through a pooler it would stay for others
    if (!session.isPooled) await session.execute(`set statement_timeout = 0; set lock_timeout = ${lockTimeoutMs}`);
    session.takeNotices();
    const work = session.query(sql, [], signal ? { signal } : {});
    if (onProgress) await watchProgress(db, session.processId, sql, work, onProgress);
    else await work;
    return session.takeNotices();
  }, signal);
  const skipped = notices.filter(notice => /^WARNING: .*skip/i.test(notice));
  if (skipped.length > 0) throw new DatabaseError('permission', skipped.join('; ').replaceAll('WARNING: ', ''));
}

async function reindex(db: PostgresDatabase, sql: string, options: ActionOptions): Promise<void> {
  const index = sql.replace(/^REINDEX INDEX CONCURRENTLY /, '');
  const before = new Set((await leftIndexes(db, index)).map(({ oid }) => oid));
  try {
    await runStatement(db, sql, options);
  } catch (error) {
    const left = (await leftIndexes(db, index)).filter(({ oid }) => !before.has(oid));
    throw await dropLeftIndexes(db, left, error, options.onProgress);
  }
}

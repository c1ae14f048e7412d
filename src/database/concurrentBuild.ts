import { CancelledError, type CancelSignal } from '../core/base/cancelSignal';
import { DatabaseError } from '../core/ports';
import { quoteIdentifier } from '../core/sql/identifiers';
import type { Progress } from './changeProgress';
import type { PostgresDatabase } from './connect';
import type { Session } from './session';

/** Removing what a failed build left behind waits for the same sessions that the build waited for. */
const CLEAN_UP_TIMEOUT_MS = 5_000;

/** A server that crashed is back soon, or it is not: recovery of a small log takes less than a second. */
const COME_BACK_LIMIT_MS = 10_000;
const TRY_AGAIN_AFTER_MS = 500;

/** What a CREATE INDEX CONCURRENTLY builds: names as written, ready for `to_regclass`. */
export interface ConcurrentBuild {
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

export interface InvalidIndex {
  readonly oid: string;
  readonly name: string;
  /** Qualified and quoted. */
  readonly qualified: string;
}

/** A build that failed, and what was INVALID before it began. */
export interface FailedBuild {
  readonly session: Session;
  readonly sql: string;
  readonly build: ConcurrentBuild;
  /** `pg_class.oid` of indexes that are not ours. */
  readonly earlier: ReadonlySet<string>;
}

interface CleanUpOptions {
  readonly signal?: CancelSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** Drops what the failed build left, and gives the error to be thrown: it says so if something is left. */
export async function cleanUpBuild(
  db: PostgresDatabase,
  failed: FailedBuild,
  error: unknown,
  options: CleanUpOptions,
): Promise<unknown> {
  try {
    const left = failed.session.lost
      ? await cleanUpElsewhere(db, failed, options)
      : await dropUnfinished(failed.session, failed, options);
    return left === undefined ? error : leftBehind(error, left);
  } catch {
    return inDoubt(error, failed.build);
  }
}

/** The build's own connection was lost. The server may still be building, or may have to come back first. */
async function cleanUpElsewhere(
  db: PostgresDatabase,
  failed: FailedBuild,
  options: CleanUpOptions,
): Promise<string | undefined> {
  const deadline = performance.now() + COME_BACK_LIMIT_MS;
  for (;;) {
    try {
      return await db.withSession(async other => {
        await endOrphan(other, failed);
        return dropUnfinished(other, failed, options);
      });
    } catch (error) {
      const isAway = error instanceof DatabaseError && error.kind === 'connection';
      if (!isAway || options.signal?.aborted || performance.now() > deadline) throw error;
      options.onProgress?.({ text: 'waiting for the server, to remove the unfinished index' });
      await new Promise(resolve => setTimeout(resolve, TRY_AGAIN_AFTER_MS));
    }
  }
}

/** A server that has not noticed that we are gone goes on building, and nobody would know. */
async function endOrphan(other: Session, { session, sql }: FailedBuild): Promise<void> {
  if (session.isPooled) return;
  await other.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where pid = $1 and usename = current_user and datname = current_database() 
       and state = 'active' and query <> '' and starts_with($2, query)`,
    [session.processId, sql],
  );
}

/** Gives the index's name if it could not be dropped. */
async function dropUnfinished(
  session: Session,
  { build, earlier }: FailedBuild,
  options: CleanUpOptions,
): Promise<string | undefined> {
  const found = (await invalidIndexes(session, build)).filter(
    index => !earlier.has(index.oid) && (build.index === undefined || index.name === build.index),
  );
  // Without a name we cannot tell ours from one that somebody else began meanwhile.
  const ours = build.index === undefined && found.length > 1 ? undefined : found[0];
  if (!ours) return found.length > 1 ? found.map(index => index.qualified).join(' or ') : undefined;
  options.onProgress?.({ text: `removing the unfinished ${ours.qualified}` });
  try {
    if (!session.isPooled)
      await session.execute(`set statement_timeout = 0; set lock_timeout = ${CLEAN_UP_TIMEOUT_MS}`);
    await session.query(`drop index concurrently if exists ${ours.qualified}`);
    return undefined;
  } catch {
    return ours.qualified;
  }
}

/** Those of the table that are not being built by somebody else. */
export async function invalidIndexes(session: Session, build: ConcurrentBuild): Promise<InvalidIndex[]> {
  return session.query<{ oid: string; name: string; qualified: string }>(
    `select c.oid::text as oid, c.relname as name, format('%I.%I', n.nspname, c.relname) as qualified
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where i.indrelid = to_regclass($1) and not i.indisvalid
       and not exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid
         and p.pid <> pg_backend_pid() and $2::text is null)`,
    [build.relation, build.index ?? null],
  );
}

/**
 * Indexes of this user's that an interrupted build left INVALID, qualified and quoted, at most twenty. Empty also if it
 * cannot be told: nobody connects for this. A build holds SHARE UPDATE EXCLUSIVE on its table, as others may see.
 */
export async function findUnfinishedIndexes(db: PostgresDatabase): Promise<string[]> {
  try {
    const rows = await db.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name
       from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
         join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where not i.indisvalid and c.relkind = 'i' and pg_catalog.pg_has_role(c.relowner, 'USAGE')
         and not exists (select from pg_catalog.pg_locks l where l.relation = i.indrelid
           and l.mode = 'ShareUpdateExclusiveLock'
           and l.database = (select oid from pg_catalog.pg_database where datname = current_database()))
       order by 1 limit 20`,
    );
    return rows.map(({ name }) => name);
  } catch {
    return [];
  }
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

function inDoubt(error: unknown, { relation, index }: ConcurrentBuild): Error {
  const why = error instanceof Error ? error.message : String(error);
  const { kind, sqlState } = error instanceof DatabaseError ? error : { kind: 'connection' as const };
  return new DatabaseError(
    kind,
    `${why}; the unfinished index may be left on ${relation}, because the server could not be asked again`,
    undefined,
    sqlState,
    index === undefined
      ? `when the server is back, look for an INVALID index of ${relation} and drop it`
      : `when the server is back and the index is INVALID: DROP INDEX CONCURRENTLY IF EXISTS ${schemaOf(relation)}${quoteIdentifier(index)}`,
  );
}

/** With its dot, as written; empty if there is none. */
function schemaOf(relation: string): string {
  return /^((?:"(?:[^"]|"")+"|[^".\s]+)\s*\.)/.exec(relation)?.[1] ?? '';
}

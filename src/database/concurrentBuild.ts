import { messageOf } from '../core/base/messageOf';
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

/** What became of the index that a build left INVALID. */
type Fate =
  | { readonly kind: 'none' }
  | { readonly kind: 'removed'; readonly index: string }
  | { readonly kind: 'left'; readonly index: string };

/** Drops what the failed build left, and gives the error to be thrown: it says what became of the index. */
export async function cleanUpBuild(
  db: PostgresDatabase,
  failed: FailedBuild,
  error: unknown,
  options: CleanUpOptions,
): Promise<unknown> {
  try {
    const fate = await cleanUp(db, failed, options);
    if (fate.kind === 'none') return error;
    return fate.kind === 'removed'
      ? withOutcome(error, `the unfinished index ${fate.index} was removed`)
      : leftBehind(error, fate.index);
  } catch {
    return inDoubt(error, failed.build);
  }
}

async function cleanUp(db: PostgresDatabase, failed: FailedBuild, options: CleanUpOptions): Promise<Fate> {
  try {
    if (!failed.session.lost) return await dropUnfinished(failed.session, failed, options);
  } catch (error) {
    if (!failed.session.lost) throw error;
  }
  return cleanUpElsewhere(db, failed, options);
}

/** The build's own connection was lost. The server may still be building, or may have to come back first. */
async function cleanUpElsewhere(db: PostgresDatabase, failed: FailedBuild, options: CleanUpOptions): Promise<Fate> {
  const overAnother = (): Promise<Fate> =>
    db.withSession(async other => {
      await endOrphan(other, failed);
      return dropUnfinished(other, failed, options);
    });
  return onceBack(overAnother, options, 'waiting for the server, to remove the unfinished index');
}

/**
 * Does what needs the server again and again while that is away, for ten seconds or until the signal fires.
 * @throws what the work throws, DatabaseError `connection` if the server did not come back
 */
export async function onceBack<T>(work: () => Promise<T>, options: CleanUpOptions, waiting: string): Promise<T> {
  const deadline = performance.now() + COME_BACK_LIMIT_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isAway = error instanceof DatabaseError && error.kind === 'connection';
      if (!isAway || options.signal?.aborted || performance.now() > deadline) throw error;
      options.onProgress?.({ text: waiting });
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

async function dropUnfinished(
  session: Session,
  { build, earlier }: FailedBuild,
  options: CleanUpOptions,
): Promise<Fate> {
  const found = (await invalidIndexes(session, build)).filter(
    index => !earlier.has(index.oid) && (build.index === undefined || index.name === build.index),
  );
  // Without a name we cannot tell ours from one that somebody else began meanwhile.
  const ours = build.index === undefined && found.length > 1 ? undefined : found[0];
  if (!ours) {
    const index = found.map(({ qualified }) => qualified).join(' or ');
    return found.length > 1 ? { kind: 'left', index } : { kind: 'none' };
  }
  const index = ours.qualified;
  options.onProgress?.({ text: `removing the unfinished ${index}` });
  try {
    if (!session.isPooled)
      await session.execute(`set statement_timeout = 0; set lock_timeout = ${CLEAN_UP_TIMEOUT_MS}`);
    await session.query(`drop index concurrently if exists ${index}`);
    return { kind: 'removed', index };
  } catch (error) {
    // Gone with the connection: whether it was dropped can only be asked over another one.
    if (session.lost) throw error;
    return { kind: 'left', index };
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

/** Builds of a client that was killed end by themselves in that time; see `endWithClient`. */
const ORPHANS_END_MS = 4_000;

/**
 * Indexes of this user's that an interrupted build left INVALID, qualified and quoted, at most twenty. Empty also if it
 * cannot be told: nobody connects for this. A build holds SHARE UPDATE EXCLUSIVE on its table, as others may see; one
 * by a program of this name may be that of a process that was killed a moment ago, so it is waited for.
 */
export async function findUnfinishedIndexes(db: PostgresDatabase): Promise<string[]> {
  const deadline = performance.now() + ORPHANS_END_MS;
  try {
    for (;;) {
      const rows = await db.query<{ name: string; building: boolean; ours: boolean }>(UNFINISHED);
      const mayBeLeft = rows.some(({ building, ours }) => building && ours);
      if (!mayBeLeft || performance.now() > deadline) {
        return rows.filter(({ building }) => !building).map(({ name }) => name);
      }
      await new Promise(resolve => setTimeout(resolve, TRY_AGAIN_AFTER_MS));
    }
  } catch {
    return [];
  }
}

const UNFINISHED = `
  select format('%I.%I', n.nspname, c.relname) as name, building.count > 0 as building, building.ours
  from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace,
    lateral (select count(*), coalesce(bool_or(a.usename = current_user
        and a.application_name = current_setting('application_name')), false) as ours
      from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
      where l.mode = 'ShareUpdateExclusiveLock'
        and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
        and (l.relation = i.indrelid
          or l.relation in (select relid from pg_catalog.pg_partition_tree(i.indrelid)))) building
  where not i.indisvalid and c.relkind in ('i', 'I') and pg_catalog.pg_has_role(c.relowner, 'USAGE')
    -- one of a partition below is told of by the one above it
    and not (c.relkind = 'I' and c.relispartition)
  order by 1 limit 20`;

/** The same failure, with what was done about it behind its sentence. */
export function withOutcome(error: unknown, outcome: string): unknown {
  if (error instanceof CancelledError) return new CancelledError(`${error.message}; ${outcome}`);
  return error instanceof DatabaseError ? error.with({ message: `${error.message}; ${outcome}` }) : error;
}

function leftBehind(error: unknown, index: string): Error {
  const why = error instanceof CancelledError ? 'the build was cancelled' : (error as Error).message;
  // Not as a cancel, which nobody is told of: this has to be read.
  const { kind, sqlState } = error instanceof DatabaseError ? error : { kind: 'sql' as const, sqlState: undefined };
  return new DatabaseError(
    kind,
    `${why}; the unfinished index ${index} could not be removed, because other sessions use its table`,
    undefined,
    sqlState,
    `it slows writes and helps no query; when they are done: DROP INDEX CONCURRENTLY ${index}`,
  );
}

function inDoubt(error: unknown, { relation, index }: ConcurrentBuild): Error {
  const why = messageOf(error);
  const { kind, sqlState } =
    error instanceof DatabaseError ? error : { kind: 'connection' as const, sqlState: undefined };
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

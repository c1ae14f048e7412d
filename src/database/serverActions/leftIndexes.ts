import { CancelledError } from '../../core/base/cancelSignal';
import { DatabaseError } from '../../core/ports';
import type { Progress } from '../changeProgress';
import type { PostgresDatabase } from '../connect';

interface LeftIndex {
  readonly [column: string]: unknown;
  readonly oid: string;
  /** Qualified and quoted. */
  readonly name: string;
}

/** Removing them waits for the same sessions that the rebuild waited for. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * INVALID indexes that rebuilds have left on the table of an index: `_ccnew` is the unfinished new one, `_ccold` the old
 * one that could not be dropped any more. Manual, REINDEX, "Rebuilding Indexes Concurrently".
 * @param index qualified and quoted
 */
export async function leftIndexes(db: PostgresDatabase, index: string): Promise<readonly LeftIndex[]> {
  // A partitioned index is rebuilt on each partition.
  return db.query<LeftIndex>(
    `select c.oid::text as oid, format('%I.%I', n.nspname, c.relname) as name
     from pg_catalog.pg_index mine
       join lateral (select mine.indrelid as relid
         union select relid from pg_catalog.pg_partition_tree(mine.indrelid)) t on true
       join pg_catalog.pg_index i on i.indrelid = t.relid
       join pg_catalog.pg_class c on c.oid = i.indexrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where mine.indexrelid = pg_catalog.to_regclass($1) and not i.indisvalid and c.relname ~ '_cc(new|old)[0-9]*$'`,
    [index],
  );
}

/** Drops them. @returns the failure of the rebuild, which names what could not be dropped and the step that drops it */
export async function dropLeftIndexes(
  db: PostgresDatabase,
  left: readonly LeftIndex[],
  failure: unknown,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<unknown> {
  const kept: string[] = [];
  for (const { name } of left) {
    onProgress?.({ text: `removing the unfinished ${name}` });
    const sql = `DROP INDEX CONCURRENTLY IF EXISTS ${name}`;
    try {
      await db.withSession(async session => {
        if (!session.isPooled)
          await session.execute(`set statement_timeout = 0; set lock_timeout = ${LOCK_TIMEOUT_MS}`);
        await session.query(sql);
      });
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      kept.push(sql);
    }
  }
  if (kept.length === 0) return failure;
  const why = failure instanceof CancelledError ? 'the rebuild was cancelled' : (failure as Error).message;
  return new DatabaseError(
    // Not as a cancel, which nobody is told of: this has to be read.
    failure instanceof DatabaseError ? failure.kind : 'sql',
    `${why}; an unfinished index could not be removed, because other sessions use its table`,
    undefined,
    failure instanceof DatabaseError ? failure.sqlState : undefined,
    `it slows writes and helps no query; when they are done: ${kept.join('; ')}`,
  );
}

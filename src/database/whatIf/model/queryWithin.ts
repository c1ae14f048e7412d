import { CancelledError, type CancelSignal } from '../../../core/base/cancelSignal';
import { DatabaseError, type Database, type Row } from '../../../core/ports';
import { OWN_QUERY_MARK } from '../../../core/workload/carriedQueries';

/**
 * A query for something the model can do without: undefined if it takes longer than the limit, or if the server
 * refuses it. A lost connection and the caller's own cancel are thrown.
 */
export async function queryWithin<T extends Row>(
  db: Database,
  sql: string,
  limitMs: number,
  signal?: CancelSignal,
): Promise<T[] | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  const onAbort = (): void => limit.abort();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await db.query<T>(sql.replace(/^select\b/, `select ${OWN_QUERY_MARK}`), [], limit.signal);
  } catch (error) {
    if (signal?.aborted) throw new CancelledError();
    const isRefusal = error instanceof DatabaseError && error.kind !== 'connection';
    if (isRefusal || error instanceof CancelledError) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

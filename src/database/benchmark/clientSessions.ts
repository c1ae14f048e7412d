import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import { openSession, type Session } from '../session';

/** How our sessions are called in `pg_stat_activity`. */
export const BENCHMARK_APPLICATION = 'Query Tuner benchmark';

export interface SessionLimits {
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly isolation: IsolationLevel;
  readonly readOnly: boolean;
}

export const ISOLATION_LEVELS = ['read committed', 'repeatable read', 'serializable'] as const;
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number];

/** How often the server looks whether we are still there, should this program be killed. */
const LOOK_FOR_CLIENT_MS = 1_000;

/** A session of ours that does nothing in a transaction for so long has lost its client. */
const IDLE_LIMIT_MS = 60_000;

/**
 * One connection for each client, and one to watch and cancel them. All or none.
 * @throws DatabaseError when the server has no more connections.
 */
export async function openClients(
  db: PostgresDatabase,
  count: number,
  limits: SessionLimits,
): Promise<{ readonly clients: readonly Session[]; readonly watcher: Session }> {
  const settings = { ...db.settings, applicationName: BENCHMARK_APPLICATION };
  const opened: Session[] = [];
  try {
    const watcher = await openSession(settings);
    opened.push(watcher);
    await watcher.execute('set default_transaction_read_only = on; set statement_timeout = 5000');
    const clients: Session[] = [];
    // One after the other: a server that is busy with others is not stormed.
    while (clients.length < count) {
      const session = await openSession(settings);
      opened.push(session);
      clients.push(session);
      await session.execute(setUp(limits));
      await lookForClient(session, db.serverVersion);
    }
    return { clients, watcher };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

export async function closeAll(sessions: readonly Session[]): Promise<void> {
  await Promise.all(sessions.map(session => session.end()));
}

/**
 * Asks the server to stop what the clients do, again and again until they have ended: a cancel that arrives between two
 * statements has no effect.
 */
export async function cancelUntil(
  ended: Promise<unknown>,
  watcher: Session,
  clients: readonly Session[],
): Promise<void> {
  let isOver = false;
  const end = ended.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  const processIds = clients.map(({ processId }) => processId);
  while (!isOver) {
    try {
      await watcher.query('select pg_cancel_backend(pid) from unnest($1::int[]) as c (pid)', [processIds]);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      // Without the one that watches: closing the connections ends the sessions, as soon as the server notices.
      await closeAll(clients);
      return;
    }
    await Promise.race([end, pause(100)]);
  }
}

function setUp({ statementTimeoutMs, lockTimeoutMs, isolation, readOnly }: SessionLimits): string {
  return [
    `set statement_timeout = ${Math.round(statementTimeoutMs)}`,
    `set lock_timeout = ${Math.round(lockTimeoutMs)}`,
    `set idle_in_transaction_session_timeout = ${IDLE_LIMIT_MS}`,
    `set default_transaction_isolation = '${isolation}'`,
    `set default_transaction_read_only = ${readOnly ? 'on' : 'off'}`,
  ].join('; ');
}

/** 14 and later, and not on every operating system. */
async function lookForClient(session: Session, serverVersion: number): Promise<void> {
  if (serverVersion < 140000) return;
  await session.execute(`set client_connection_check_interval = ${LOOK_FOR_CLIENT_MS}`).catch((error: unknown) => {
    if (session.lost) throw error;
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}

import { formatCount } from '../../core/base/units';
import { DatabaseError } from '../../core/ports';
import type { Progress } from '../changeProgress';
import type { Session } from '../session';
import { pause } from './clientSessions';
import type { LoadRun } from './loadRun';

/** Rarely enough not to be felt: a look takes about a millisecond. */
const LOOK_EVERY_MS = 500;

/**
 * Tells how far the load is, and looks at what the clients wait for, until they have ended.
 * @returns the share of looks at a client, while it was measured, that found it waiting for a lock, 0 to 1.
 */
export async function watchLoad(
  watcher: Session,
  clients: readonly Session[],
  load: LoadRun,
  ended: Promise<unknown>,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<number> {
  let isOver = false;
  const end = ended.then(() => (isOver = true));
  const processIds = clients.map(({ processId }) => processId);
  let looks = 0;
  let waits = 0;
  while (!isOver) {
    await Promise.race([end, pause(LOOK_EVERY_MS)]);
    if (isOver || load.isStopped) break;
    const { isWarmingUp, runs, failures, fraction } = load.state();
    const waiting = await countWaiting(watcher, processIds);
    if (!isWarmingUp && waiting !== undefined) {
      looks += clients.length;
      waits += waiting;
    }
    const failed = failures > 0 ? `, ${formatCount(failures)} failed` : '';
    const locked = waiting ? `, ${waiting} waiting for a lock` : '';
    onProgress?.({
      text: isWarmingUp ? `warming up${locked}` : `${formatCount(runs)} runs${failed}${locked}`,
      fraction,
    });
  }
  await end;
  return looks === 0 ? 0 : waits / looks;
}

/** Undefined when the look itself failed: watching is a courtesy. */
async function countWaiting(watcher: Session, processIds: readonly number[]): Promise<number | undefined> {
  try {
    const [row] = await watcher.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_catalog.pg_stat_activity
       where pid = any ($1::int[]) and wait_event_type = 'Lock'`,
      [processIds],
    );
    return row?.waiting;
  } catch (error) {
    if (error instanceof DatabaseError) return undefined;
    throw error;
  }
}

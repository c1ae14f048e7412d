import { DatabaseError } from '../../core/ports';
import { settingSql, type SettingChange, type SettingScope } from '../../core/profiles/settingSql';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';

/** @throws DatabaseError `permission` when this role may not use ALTER SYSTEM at all. */
export async function checkPermission(db: PostgresDatabase): Promise<void> {
  const [row] = await db.query<{ super: boolean }>(`select current_setting('is_superuser') = 'on' as super`);
  if (row?.super) return;
  throw new DatabaseError(
    'permission',
    `${db.settings.user} is not a superuser, so the server's settings can be neither changed nor compared`,
    undefined,
    '42501',
    'managed services have a page of their own for server settings',
  );
}

/** @returns why the server refused; undefined when it is written. @throws DatabaseError when the connection is lost. */
export async function tryAlter(
  session: Session,
  change: SettingChange,
  scope?: SettingScope,
): Promise<string | undefined> {
  try {
    await session.query(settingSql(change, scope));
    return undefined;
  } catch (error) {
    if (!(error instanceof DatabaseError) || session.lost) throw error;
    return error.hint ? `${error.message} (${error.hint})` : error.message;
  }
}

/**
 * Reloads and waits until it has happened: the signal goes to the postmaster, which passes it on, so a fresh look at
 * once could still see the old values.
 */
export async function reload(session: Session): Promise<void> {
  const [before] = await session.query<{ at: string }>('select pg_conf_load_time()::text as at');
  await session.query('select pg_reload_conf()');
  // This session sees the new load time only once it has read the files itself; it looks between statements.
  for (let look = 0; look < 500; look++) {
    const [now] = await session.query<{ at: string }>('select pg_conf_load_time()::text as at, pg_sleep(0.01)');
    if (now?.at !== before?.at) return;
  }
}

import type { ServerSetting } from '../core/profiles/diffProfile';
import { DatabaseError } from '../core/ports';
import type { PostgresDatabase } from './connect';
import { isListSetting, listEntries, settingSql, type SettingChange } from '../core/profiles/settingSql';
import type { Session } from './session';

/** A row of `pg_settings`. `value`, `bootValue` and `resetValue` are in `unit`s. */
export interface ReadSetting extends ServerSetting {
  /** As `SHOW` prints it: `128MB`. */
  readonly shown: string;
  readonly type: 'bool' | 'integer' | 'real' | 'string' | 'enum';
  readonly resetValue: string | null;
  readonly minimum: string | null;
  readonly maximum: string | null;
  readonly allowed: readonly string[] | null;
  readonly description: string;
}

export interface AppliedSetting {
  readonly name: string;
  readonly outcome: 'effective' | 'pending restart' | 'refused';
  /** As `SHOW` prints it now. */
  readonly shown: string;
  /** Why it was refused, or why it is not yet in effect. */
  readonly reason?: string;
  /** The entry of `postgresql.auto.conf` before and after; null is no entry. Undo needs both. */
  readonly before: string | null;
  readonly after: string | null;
}

export interface UndoneSetting {
  readonly name: string;
  readonly outcome: 'restored' | 'kept' | 'refused' | 'pending restart';
  readonly reason?: string;
}

/** Every setting that this role may see, by name. */
export async function readSettings(db: PostgresDatabase): Promise<Map<string, ReadSetting>> {
  const rows = await db.query<{ [K in keyof ReadSetting]: ReadSetting[K] }>(`
    select name, coalesce(setting, '') as value, unit, context, boot_val as "bootValue", reset_val as "resetValue",
      source, pending_restart as "pendingRestart", current_setting(name, true) as shown, vartype as type,
      min_val as minimum, max_val as maximum, enumvals as allowed, short_desc as description
    from pg_settings order by name`);
  return new Map(rows.map(row => [row.name, row]));
}

/**
 * Writes settings with ALTER SYSTEM, reloads, and reads back what came of each one. A refused setting does not stop the
 * others.
 * @throws DatabaseError `permission` when this role may not use ALTER SYSTEM at all, before anything is written.
 */
export async function applySettings(
  db: PostgresDatabase,
  changes: readonly SettingChange[],
): Promise<AppliedSetting[]> {
  await checkPermission(db);
  const known = await readSettings(db);
  const before = await readEntries(db);
  const refused = new Map<string, string>();
  await db.withSession(async session => {
    for (const change of changes) {
      const reason = refusal(change, known.get(change.name)) ?? (await tryAlter(session, change));
      if (reason !== undefined) refused.set(change.name, reason);
    }
    await reload(session);
  });
  const now = await readSettings(db);
  const after = await readEntries(db);
  const problems = await readProblems(db);
  return changes.map(({ name }) => {
    const entries = { before: before.get(name) ?? null, after: after.get(name) ?? null };
    const shown = now.get(name)?.shown ?? '';
    const reason = refused.get(name) ?? problems.get(name);
    if (now.get(name)?.pendingRestart) return { name, outcome: 'pending restart', shown, ...entries };
    if (reason !== undefined) return { name, outcome: 'refused', shown, reason, ...entries };
    const overridden = whoOverrides(now.get(name));
    return { name, outcome: 'effective', shown, ...(overridden ? { reason: overridden } : {}), ...entries };
  });
}

/**
 * Puts back what was there before. An entry that somebody else has changed since is left alone and reported as kept.
 */
export async function undoSettings(db: PostgresDatabase, applied: readonly AppliedSetting[]): Promise<UndoneSetting[]> {
  await checkPermission(db);
  const entries = await readEntries(db);
  const results: UndoneSetting[] = [];
  await db.withSession(async session => {
    for (const { name, before, after, outcome } of applied) {
      const current = entries.get(name) ?? null;
      if (outcome === 'refused' && before === after) continue;
      if (current !== after) {
        const reason = `it was changed since: ${describeEntry(current)} instead of ${describeEntry(after)}`;
        results.push({ name, outcome: 'kept', reason });
        continue;
      }
      const reason = await tryAlter(session, { name, value: before });
      results.push(reason === undefined ? { name, outcome: 'restored' } : { name, outcome: 'refused', reason });
    }
    await reload(session);
  });
  const now = await readSettings(db);
  return results.map(result =>
    result.outcome === 'restored' && now.get(result.name)?.pendingRestart
      ? { ...result, outcome: 'pending restart' }
      : result,
  );
}

async function checkPermission(db: PostgresDatabase): Promise<void> {
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

/** What we know will fail later rather than now: ALTER SYSTEM accepts a library that does not exist. */
function refusal(change: SettingChange, setting: ReadSetting | undefined): string | undefined {
  if (!setting && !change.name.includes('.')) return 'this server has no such setting';
  if (setting?.context === 'internal') return 'it is fixed when the server is built or its data created';
  if (isListSetting(change.name) && change.value !== null && listEntries(change.value).some(each => each === '')) {
    return 'the list has an empty entry';
  }
  return undefined;
}

async function tryAlter(session: Session, change: SettingChange): Promise<string | undefined> {
  try {
    await session.query(settingSql(change));
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
async function reload(session: Session): Promise<void> {
  const [before] = await session.query<{ at: string }>('select pg_conf_load_time()::text as at');
  await session.query('select pg_reload_conf()');
  // This session sees the new load time only once it has read the files itself; it looks between statements.
  for (let look = 0; look < 500; look++) {
    const [now] = await session.query<{ at: string }>('select pg_conf_load_time()::text as at, pg_sleep(0.01)');
    if (now?.at !== before?.at) return;
  }
}

/** Entries of `postgresql.auto.conf`, the file that ALTER SYSTEM writes. */
async function readEntries(db: PostgresDatabase): Promise<Map<string, string>> {
  const rows = await db.query<{ name: string; value: string }>(
    `select name, setting as value from pg_file_settings where sourcefile like '%postgresql.auto.conf' order by seqno`,
  );
  return new Map(rows.map(({ name, value }) => [name, value]));
}

/** Entries that the server could not put into effect, and why. Needing a restart is not a problem. */
async function readProblems(db: PostgresDatabase): Promise<Map<string, string>> {
  const rows = await db.query<{ name: string; error: string }>(
    `select f.name, f.error from pg_file_settings f left join pg_settings s using (name)
     where f.error is not null and f.name is not null and not coalesce(s.pending_restart, false)`,
  );
  return new Map(rows.map(({ name, error }) => [name, error]));
}

function whoOverrides(setting: ReadSetting | undefined): string | undefined {
  switch (setting?.source) {
    case 'command line':
      return 'the server was started with this setting on its command line, which goes before ALTER SYSTEM';
    case 'environment variable':
      return 'an environment variable of the server goes before ALTER SYSTEM';
    case 'database':
    case 'user':
    case 'database user':
      return `ALTER DATABASE or ALTER ROLE (${setting.source}) goes before ALTER SYSTEM for this session`;
    default:
      return undefined;
  }
}

function describeEntry(value: string | null): string {
  return value === null ? 'no entry' : `'${value}'`;
}

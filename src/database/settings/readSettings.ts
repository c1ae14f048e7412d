import type { ServerSetting } from '../../core/profiles/diffProfile';
import type { SettingEntry } from '../../core/profiles/settingsRecord';
import type { Row } from '../../core/ports';

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
  /** PostgreSQL's own grouping: `Resource Usage / Memory`. */
  readonly category: string;
  /** Where the value is written, for those who may see it. */
  readonly sourceFile: string | null;
  readonly sourceLine: number | null;
}

/** Whoever can ask: a database, or one session of it. */
interface Asks {
  query<T extends Row = Row>(sql: string): Promise<T[]>;
}

/** Every setting that this role may see, by name. */
export async function readSettings(db: Asks): Promise<Map<string, ReadSetting>> {
  const rows = await db.query<{ [K in keyof ReadSetting]: ReadSetting[K] }>(`
    select name, coalesce(setting, '') as value, unit, context, boot_val as "bootValue", reset_val as "resetValue",
      source, pending_restart as "pendingRestart", current_setting(name, true) as shown, vartype as type,
      min_val as minimum, max_val as maximum, enumvals as allowed, short_desc as description,
      category, sourcefile as "sourceFile", sourceline as "sourceLine"
    from pg_settings order by name`);
  return new Map(rows.map(row => [row.name, row]));
}

/** What ALTER SYSTEM has written so far, in the order of the file. For superusers only. */
export async function readEntries(db: Asks): Promise<SettingEntry[]> {
  return db.query<{ name: string; value: string }>(
    `select name, setting as value from pg_file_settings where sourcefile like '%postgresql.auto.conf' order by seqno`,
  );
}

/** Entries that the server could not put into effect, and why. Needing a restart is not a problem. */
export async function readProblems(db: Asks): Promise<Map<string, string>> {
  const rows = await db.query<{ name: string; error: string }>(
    `select f.name, f.error from pg_file_settings f left join pg_settings s using (name)
     where f.error is not null and f.name is not null and not coalesce(s.pending_restart, false)`,
  );
  return new Map(rows.map(({ name, error }) => [name, error]));
}

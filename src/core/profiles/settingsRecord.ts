import type { SettingScope } from './settingSql';

/** One entry of where a scope keeps its settings, as it is written there. */
export interface SettingEntry {
  readonly name: string;
  readonly value: string;
}

/**
 * What a run of changes found and did. It is kept durably before anything is written and after each step, so that undo
 * works whatever happened in between.
 */
export interface SettingsRecord {
  readonly version: 1;
  /** Where the entries stand; absent is the whole server. */
  readonly scope?: SettingScope;
  /**
   * What was set there before, in its order: `postgresql.auto.conf`, the database's or role's entry of
   * `pg_db_role_setting`, the table's `reloptions`.
   */
  readonly entriesBefore: readonly SettingEntry[];
  readonly changes: readonly RecordedChange[];
}

export interface RecordedChange {
  readonly name: string;
  /** Null takes our own entry away. */
  readonly wanted: string | null;
  /**
   * `planned`: not sent yet. `sent`: the connection was lost before the server answered, it may be written or not.
   * `written`: in its place, not read back. The others are what the server said when asked.
   */
  readonly outcome: 'planned' | 'sent' | 'written' | 'effective' | 'new sessions' | 'pending restart' | 'refused';
  /** As `SHOW` printed it afterwards. */
  readonly shown?: string;
  /** Why it was refused, or why it is not in effect. */
  readonly reason?: string;
  /** The entry afterwards; null is none, absent is unknown. */
  readonly after?: string | null;
}

export interface UndoneSetting {
  readonly name: string;
  readonly outcome: 'restored' | 'unchanged' | 'kept' | 'refused' | 'pending restart';
  readonly reason?: string;
}

/** The record with one change replaced. */
export function withChange(record: SettingsRecord, change: RecordedChange): SettingsRecord {
  return { ...record, changes: record.changes.map(each => (each.name === change.name ? change : each)) };
}

/** Reads what was kept: one record, or `{ records }` of several scopes. @returns undefined for anything else. */
export function parseRecords(text: string): readonly SettingsRecord[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const several = (value as { readonly records?: unknown } | null)?.records;
  const all: unknown[] = Array.isArray(several) ? several : [value];
  return all.every(isRecord) ? all : undefined;
}

/** The same of one record alone. */
export function parseRecord(text: string): SettingsRecord | undefined {
  const records = parseRecords(text);
  return records?.length === 1 ? records[0] : undefined;
}

function isRecord(value: unknown): value is SettingsRecord {
  const record = value as Partial<SettingsRecord> | null;
  return (
    record?.version === 1 &&
    Array.isArray(record.entriesBefore) &&
    Array.isArray(record.changes) &&
    areWhole(record) &&
    isScope(record.scope)
  );
}

function areWhole({ entriesBefore, changes }: Partial<SettingsRecord>): boolean {
  return (
    (entriesBefore as unknown[]).every(entry => hasText(entry, 'name') && hasText(entry, 'value')) &&
    (changes as unknown[]).every(change => hasText(change, 'name') && hasText(change, 'outcome'))
  );
}

/** The names that each kind of scope must have. */
const SCOPE_NAMES: Readonly<Record<SettingScope['kind'], readonly string[]>> = {
  system: [],
  database: ['database'],
  role: ['role'],
  table: ['schema', 'table'],
};

function isScope(scope: unknown): boolean {
  if (scope === undefined) return true;
  const kind = hasText(scope, 'kind') ? (scope as SettingScope).kind : undefined;
  return kind !== undefined && Object.hasOwn(SCOPE_NAMES, kind) && SCOPE_NAMES[kind].every(key => hasText(scope, key));
}

function hasText(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[key] === 'string';
}

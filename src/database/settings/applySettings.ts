import type { CancelSignal } from '../../core/base/cancelSignal';
import { goesBeforeAlterSystem } from '../../core/profiles/settingOrigin';
import {
  isListSetting,
  listEntries,
  WHOLE_SERVER,
  type SettingChange,
  type SettingScope,
} from '../../core/profiles/settingSql';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';
import { tryAlter } from './alterSystem';
import { readProblems, readSettings, type ReadSetting } from './readSettings';
import { accessTo } from './scopes';
import { withChange, type RecordedChange, type SettingsRecord } from '../../core/profiles/settingsRecord';

interface ApplyOptions {
  /** The whole server where it does not say. */
  readonly scope?: SettingScope;
  /** What must not be sent, by setting, and why. */
  readonly objections?: ReadonlyMap<string, string>;
  /** Once fired, what was not sent yet is left as planned; what was sent is put into effect and read back. */
  readonly signal?: CancelSignal;
  /** Told before each change. */
  onProgress?(change: SettingChange, position: number): void;
}

/**
 * Writes settings in their scope, puts them into effect, and reads back what came of each one. A refused setting does
 * not stop the others.
 * @param keep stores the record durably; called before the first change and after each, so that a run which is cut off
 * can be told exactly and undone.
 * @throws DatabaseError `permission` before anything is written; `connection` in the middle: what was kept last says
 * how far it came.
 */
export async function applySettings(
  db: PostgresDatabase,
  changes: readonly SettingChange[],
  keep: (record: SettingsRecord) => void | Promise<void>,
  { scope = WHOLE_SERVER, objections = new Map(), signal, onProgress }: ApplyOptions = {},
): Promise<SettingsRecord> {
  const access = accessTo(scope);
  await access.check(db);
  const known = scope.kind === 'table' ? undefined : await readSettings(db);
  let record: SettingsRecord = {
    version: 1,
    ...(scope.kind !== 'system' && { scope }),
    entriesBefore: await access.entries(db),
    changes: changes.map(({ name, value }) => ({ name, wanted: value, outcome: 'planned' })),
  };
  const note = async (change: RecordedChange): Promise<void> => {
    record = withChange(record, change);
    await keep(record);
  };
  await keep(record);
  await db.withSession(async session => {
    await access.begin(session);
    for (const [position, change] of changes.entries()) {
      onProgress?.(change, position);
      if (signal?.aborted) break;
      const objection = objections.get(change.name) ?? (known && refusal(change, known.get(change.name)));
      await write(session, change, scope, objection, note);
    }
    await access.settle(session);
  });
  record = await readBack(db, record, scope);
  await keep(record);
  return record;
}

async function write(
  session: Session,
  change: SettingChange,
  scope: SettingScope,
  objection: string | undefined,
  note: (change: RecordedChange) => Promise<void>,
): Promise<void> {
  const { name, value: wanted } = change;
  if (objection === undefined) await note({ name, wanted, outcome: 'sent' });
  const reason = objection ?? (await tryAlter(session, change, scope));
  await note({ name, wanted, outcome: reason === undefined ? 'written' : 'refused', ...(reason && { reason }) });
}

async function readBack(db: PostgresDatabase, record: SettingsRecord, scope: SettingScope): Promise<SettingsRecord> {
  const entries = new Map((await accessTo(scope).entries(db)).map(({ name, value }) => [name, value]));
  if (scope.kind !== 'system') {
    const changes = record.changes.map(change => inScope(change, entries.get(change.name) ?? null, scope));
    return { ...record, changes };
  }
  const now = await readSettings(db);
  const problems = await readProblems(db);
  const changes = record.changes.map((change): RecordedChange => {
    if (change.outcome === 'planned') return change;
    const { name, wanted } = change;
    const setting = now.get(name);
    const reason = change.reason ?? problems.get(name);
    const outcome = setting?.pendingRestart ? 'pending restart' : reason === undefined ? 'effective' : 'refused';
    const why = outcome === 'pending restart' ? undefined : (reason ?? (setting && goesBeforeAlterSystem(setting)));
    const after = entries.get(name) ?? null;
    return { name, wanted, outcome, shown: setting?.shown ?? '', after, ...(why !== undefined && { reason: why }) };
  });
  return { ...record, changes };
}

/** A database's or role's value is for sessions to come; a table's counts from the next vacuum, or written page, on. */
function inScope(change: RecordedChange, after: string | null, scope: SettingScope): RecordedChange {
  const { name, wanted, outcome, reason } = change;
  if (outcome === 'planned') return change;
  const told = { name, wanted, shown: after ?? '', after };
  if (outcome === 'refused') return { ...told, outcome, ...(reason !== undefined && { reason }) };
  if (scope.kind !== 'table') return { ...told, outcome: 'new sessions' };
  const isForNewPages = name === 'fillfactor';
  return {
    ...told,
    outcome: 'effective',
    ...(isForNewPages && { reason: 'for pages written from now on; a rewrite of the table would reach the others' }),
  };
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

import { isListSetting, listEntries, type SettingChange } from '../../core/profiles/settingSql';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';
import { checkPermission, reload, tryAlter } from './alterSystem';
import { readEntries, readProblems, readSettings, type ReadSetting } from './readSettings';
import { withChange, type RecordedChange, type SettingsRecord } from './settingsRecord';

/**
 * Writes settings with ALTER SYSTEM, reloads, and reads back what came of each one. A refused setting does not stop the
 * others.
 * @param keep stores the record durably; called before the first change and after each, so that a run which is cut off
 * can be told exactly and undone.
 * @throws DatabaseError `permission` before anything is written; `connection` in the middle: what was kept last says
 * how far it came.
 */
export async function applySettings(
  db: PostgresDatabase,
  changes: readonly SettingChange[],
  keep: (record: SettingsRecord) => void | Promise<void>,
): Promise<SettingsRecord> {
  await checkPermission(db);
  const known = await readSettings(db);
  let record: SettingsRecord = {
    version: 1,
    entriesBefore: await readEntries(db),
    changes: changes.map(({ name, value }) => ({ name, wanted: value, outcome: 'planned' })),
  };
  const note = async (change: RecordedChange): Promise<void> => {
    record = withChange(record, change);
    await keep(record);
  };
  await keep(record);
  await db.withSession(async session => {
    for (const change of changes) await write(session, change, known.get(change.name), note);
    await reload(session);
  });
  record = await readBack(db, record);
  await keep(record);
  return record;
}

async function write(
  session: Session,
  change: SettingChange,
  setting: ReadSetting | undefined,
  note: (change: RecordedChange) => Promise<void>,
): Promise<void> {
  const { name, value: wanted } = change;
  const objection = refusal(change, setting);
  if (objection === undefined) await note({ name, wanted, outcome: 'sent' });
  const reason = objection ?? (await tryAlter(session, change));
  await note({ name, wanted, outcome: reason === undefined ? 'written' : 'refused', ...(reason && { reason }) });
}

async function readBack(db: PostgresDatabase, record: SettingsRecord): Promise<SettingsRecord> {
  const now = await readSettings(db);
  const entries = new Map((await readEntries(db)).map(({ name, value }) => [name, value]));
  const problems = await readProblems(db);
  const changes = record.changes.map((change): RecordedChange => {
    const { name, wanted } = change;
    const setting = now.get(name);
    const reason = change.reason ?? problems.get(name);
    const outcome = setting?.pendingRestart ? 'pending restart' : reason === undefined ? 'effective' : 'refused';
    const why = outcome === 'pending restart' ? undefined : (reason ?? whoOverrides(setting));
    const after = entries.get(name) ?? null;
    return { name, wanted, outcome, shown: setting?.shown ?? '', after, ...(why !== undefined && { reason: why }) };
  });
  return { ...record, changes };
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

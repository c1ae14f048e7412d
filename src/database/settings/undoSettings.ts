import { sameSettingValue } from '../../core/profiles/comparableValue';
import type { PostgresDatabase } from '../connect';
import type { Session } from '../session';
import { tryAlter } from './alterSystem';
import { readSettings } from './readSettings';
import { accessTo, type ScopeAccess } from './scopes';
import type { RecordedChange, SettingEntry, SettingsRecord, UndoneSetting } from '../../core/profiles/settingsRecord';

/**
 * Puts the scope of a record back to what it was: the same entries in the same order. An entry that somebody else has
 * changed since is left alone and reported as kept. Works on the record of a run that was cut off, too.
 */
export async function undoSettings(db: PostgresDatabase, record: SettingsRecord): Promise<UndoneSetting[]> {
  const { scope } = record;
  const access = accessTo(scope);
  await access.check(db);
  const before = toMap(record.entriesBefore);
  const current = toMap(await access.entries(db));
  const units = await readSettings(db);
  const results: UndoneSetting[] = [];
  await db.withSession(async session => {
    await access.begin(session);
    for (const change of record.changes) {
      const { name } = change;
      const now = current.get(name) ?? null;
      const was = before.get(name) ?? null;
      if (now === was) {
        if (change.outcome !== 'refused' && change.outcome !== 'planned') results.push({ name, outcome: 'unchanged' });
        continue;
      }
      if (!isOurs(change, now, units.get(name)?.unit)) {
        const ours = change.after === undefined ? change.wanted : change.after;
        const reason = `it was changed since: ${describeEntry(now)} instead of ${describeEntry(ours)}`;
        results.push({ name, outcome: 'kept', reason });
        continue;
      }
      const reason = await tryAlter(session, { name, value: was }, scope);
      results.push(reason === undefined ? { name, outcome: 'restored' } : { name, outcome: 'refused', reason });
    }
    await restoreOrder(session, access, record.entriesBefore);
    await access.settle(session);
  });
  if (scope && scope.kind !== 'system') return results;
  const now = await readSettings(db);
  return results.map(result =>
    result.outcome === 'restored' && now.get(result.name)?.pendingRestart
      ? { ...result, outcome: 'pending restart' }
      : result,
  );
}

/** Of a change whose answer never came, all that is known is what was asked for. */
function isOurs({ after, wanted }: RecordedChange, now: string | null, unit: string | null | undefined): boolean {
  if (after !== undefined) return now === after;
  if (now === null || wanted === null) return now === wanted;
  return now === wanted || sameSettingValue(now, wanted, unit);
}

/** With all entries back, moving each one to the end once more gives them their old order. */
async function restoreOrder(session: Session, access: ScopeAccess, wanted: readonly SettingEntry[]): Promise<void> {
  const entries = await access.entries(session);
  const same = toMap(entries);
  if (entries.length !== wanted.length || wanted.some(({ name, value }) => same.get(name) !== value)) return;
  const firstMoved = wanted.findIndex(({ name }, index) => entries[index]?.name !== name);
  if (firstMoved === -1) return;
  for (const entry of wanted.slice(firstMoved)) {
    if ((await access.moveToEnd(session, entry)) !== undefined) return;
  }
}

function toMap(entries: readonly SettingEntry[]): Map<string, string> {
  return new Map(entries.map(({ name, value }) => [name, value]));
}

function describeEntry(value: string | null): string {
  return value === null ? 'no entry' : `'${value}'`;
}

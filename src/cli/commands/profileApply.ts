import { serviceInstructions } from '../../core/profiles/managedService';
import type { Profile } from '../../core/profiles/profile';
import { reviewProfile } from '../../core/profiles/reviewProfile';
import { describeScope, WHOLE_SERVER, type SettingScope } from '../../core/profiles/settingSql';
import { parseRecords, type RecordedChange, type SettingsRecord } from '../../core/profiles/settingsRecord';
import { applySettings } from '../../database/settings/applySettings';
import { evaluateOnServer, preflight } from '../../database/settings/preflight';
import { readServerFacts } from '../../database/settings/readServerFacts';
import { readService } from '../../database/settings/readService';
import { readSettings } from '../../database/settings/readSettings';
import { accessTo } from '../../database/settings/scopes';
import { undoSettings } from '../../database/settings/undoSettings';
import type { Options } from '../arguments';
import { print, printJson, progress, readInput } from '../io';
import { withServer } from '../target';
import { UsageError } from '../usage';
import { askedFacts } from './profileFacts';
import { UndoFile } from './profileUndoFile';

/**
 * Sets what differs and needs no restart, or what `--only` names, reads it back, and writes what was there before to a
 * file for `profile undo`.
 */
export async function applyProfile(profile: Profile, options: Options, format: 'text' | 'json'): Promise<number> {
  const path = options['undo-file'] ?? `${profile.id}.undo.json`;
  const scope = scopeOf(options);
  return withServer(options, async database => {
    const { facts, ram } = await readServerFacts(database, profile, askedFacts(options));
    if (ram === 'assumed' && scope.kind === 'system') {
      throw new UsageError('the server does not say how much memory its machine has: say --ram, e.g. --ram 16GB.');
    }
    const server = await readSettings(database);
    const entries = scope.kind === 'system' ? [] : await accessTo(scope).entries(database);
    const reviewed = reviewProfile(
      await evaluateOnServer(database, profile, facts, server),
      server,
      scope,
      new Map(entries.map(({ name, value }) => [name, value])),
      facts.serverVersion,
    );
    const only = options.only && new Set(options.only);
    for (const name of only ?? []) {
      if (!reviewed.some(setting => setting.name === name)) {
        throw new UsageError(`--only ${name}: the profile ${profile.id} has no such setting.`);
      }
    }
    const wanted = reviewed
      .filter(({ state, takesEffect, name }) => state === 'differs' && (only?.has(name) ?? takesEffect !== 'restart'))
      .map(({ name, value }) => ({ name, value }));
    const service = await readService(database);
    if (service && scope.kind === 'system') {
      print(serviceInstructions(service.service, wanted));
      throw new UsageError(
        `${service.name} does not take ALTER SYSTEM: nothing was changed; see above how it is done there.`,
      );
    }
    const objections = scope.kind === 'system' ? await preflight(database, wanted, facts, server) : undefined;
    const file = new UndoFile(path, profile.id);
    const record = await applySettings(database, wanted, next => file.keep(next), {
      scope,
      ...(objections && { objections }),
    }).catch((error: unknown) => tellHowFar(file, error));
    if (format === 'json') printJson({ version: 1, id: profile.id, applied: record.changes });
    else {
      for (const change of record.changes) print(changeLine(change));
      print(`undo with: query-tuner profile undo ${path}`);
    }
    return record.changes.some(({ outcome }) => outcome === 'refused') ? 1 : 0;
  });
}

/** Puts back what was applied; a value that somebody changed since is kept. */
export async function undoProfile(
  file: string | undefined,
  options: Options,
  format: 'text' | 'json',
): Promise<number> {
  if (file === undefined) throw new UsageError('profile undo needs the file that profile apply wrote.');
  const records = parseRecords(readInput(file));
  if (!records) throw new UsageError(`${file} is not a file that profile apply wrote.`);
  return withServer(options, async database => {
    const all = [];
    for (const record of records) all.push({ record, undone: await undoSettings(database, record) });
    const undone = all.flatMap(each => each.undone);
    if (format === 'json') printJson({ version: 1, undone });
    else {
      for (const { record, undone: results } of all) {
        if (record.scope) print(`${describeScope(record.scope)}:`);
        for (const { name, outcome, reason } of results) {
          print(`${outcome.padEnd(15)} ${name}${reason ? `  (${reason})` : ''}`);
        }
      }
    }
    return undone.every(({ outcome }) => outcome !== 'kept' && outcome !== 'refused') ? 0 : 1;
  });
}

/** One line of what came of a change. */
export function changeLine({ name, outcome, shown = '', reason }: RecordedChange): string {
  return `${outcome.padEnd(15)} ${name} = ${shown}${reason ? `  (${reason})` : ''}`;
}

/** Tells a run that was cut off; where nothing was begun no file is left. */
export function tellHowFar(file: UndoFile, error: unknown): never {
  if (file.records.length === 0) file.remove();
  else progress(howFar(file.records, file.path));
  throw error;
}

/** What is done, what may be done, what is not. */
function howFar(records: readonly SettingsRecord[], file: string): string {
  const changes = records.flatMap(record => record.changes);
  const named = (...outcomes: readonly string[]): string =>
    changes
      .filter(({ outcome }) => outcomes.includes(outcome))
      .map(({ name }) => name)
      .join(', ') || 'none';
  return `cut off: written: ${named('written', 'effective')}; may be written: ${named('sent')}; not written: ${named('planned', 'refused')}. Undo with: query-tuner profile undo ${file}`;
}

function scopeOf({ database, role }: Options): SettingScope {
  if (role !== undefined) return { kind: 'role', role, ...(database !== undefined && { database }) };
  return database === undefined ? WHOLE_SERVER : { kind: 'database', database };
}

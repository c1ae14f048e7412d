import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { formatBytes } from '../../core/base/units';
import { diffProfile } from '../../core/profiles/diffProfile';
import { evaluateProfile, findProfile, PROFILES } from '../../core/profiles/evaluateProfile';
import { clientPool, POOL_CLIENTS } from '../../core/profiles/exports/clientPools';
import { pgBouncerIni } from '../../core/profiles/exports/pgbouncer';
import { planPools } from '../../core/profiles/exports/poolSizes';
import { settingsText, SETTINGS_FORMATS } from '../../core/profiles/exports/settingsText';
import { serviceInstructions } from '../../core/profiles/managedService';
import { assumedFacts, parseSize, type Profile, type ServerFacts } from '../../core/profiles/profile';
import type { PostgresDatabase } from '../../database/connect';
import { applySettings } from '../../database/settings/applySettings';
import { readMachine } from '../../database/settings/readMachine';
import { readService } from '../../database/settings/readService';
import { readSettings } from '../../database/settings/readSettings';
import { parseRecord, type SettingsRecord } from '../../core/profiles/settingsRecord';
import { undoSettings } from '../../database/settings/undoSettings';
import { ConfigurationFiles } from '../../workspace/configurationFiles';
import { choose, positiveInteger, type CommandLine, type Options } from '../arguments';
import { print, printJson, progress, readInput } from '../io';
import { withServer } from '../target';
import { UsageError } from '../usage';

/** `query-tuner profile list | show ID | diff ID | export ID | apply ID | undo FILE`. */
export async function profile({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json'], 'text');
  const [verb, id, ...rest] = operands;
  if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0]}".`);
  if (verb === 'list') return list(format);
  if (verb === 'undo') return undo(id, options, format);
  if (verb !== 'show' && verb !== 'diff' && verb !== 'export' && verb !== 'apply') {
    throw new UsageError('profile needs list, show ID, diff ID, export ID, apply ID or undo FILE.');
  }
  const own = new ConfigurationFiles().forFolder(process.cwd()).profiles;
  const found = id === undefined ? undefined : findProfile(id, own);
  if (!found) {
    throw new UsageError(
      `${id === undefined ? `profile ${verb} needs a profile` : `no profile "${id}"`}; there are ${[...own, ...PROFILES].map(p => p.id).join(', ')}.`,
    );
  }
  if (verb === 'export') return exportAs(found, options);
  if (verb === 'apply') return apply(found, options, format);
  return verb === 'show' ? show(found, options, format) : compare(found, options, format);
}

function list(format: 'text' | 'json'): number {
  const own = new ConfigurationFiles().forFolder(process.cwd()).profiles;
  const profiles = [...own, ...PROFILES].map(({ id, guide, title, assumes }) => ({
    id,
    guide,
    title,
    assumes: { ramBytes: assumes.ramBytes },
  }));
  if (format === 'json') printJson({ version: 1, profiles });
  else for (const { id, title } of profiles) print(`${id.padEnd(20)} ${title}`);
  return 0;
}

function show(found: Profile, options: Options, format: 'text' | 'json'): number {
  const settings = evaluateProfile(found, readFacts(found, options));
  if (format === 'json') printJson({ version: 1, id: found.id, settings });
  else {
    for (const setting of settings) {
      const note = setting.refused
        ? `not applied: ${setting.refused}`
        : `${setting.reason}${setting.isDefault ? '; PostgreSQL’s default, so setting it changes nothing' : ''}`;
      print(`${setting.name} = ${setting.value}${setting.restart ? '  (restart)' : ''}\n    ${note}`);
    }
  }
  return 0;
}

const EXPORTS = [...SETTINGS_FORMATS, 'pgbouncer', ...POOL_CLIENTS] as const;

/** The profile as text for somewhere else: nothing is changed, no server is asked. */
function exportAs(found: Profile, options: Options): number {
  const facts = readFacts(found, options);
  const kind = choose('as', options.as, EXPORTS, 'conf');
  if (isOneOf(SETTINGS_FORMATS, kind)) print(settingsText(evaluateProfile(found, facts), kind, found.title).trimEnd());
  else {
    const pools = planPools(facts);
    const target = { host: '127.0.0.1', port: 5432, database: 'postgres' };
    print((kind === 'pgbouncer' ? pgBouncerIni(target, pools) : clientPool(kind, pools)).trimEnd());
  }
  return 0;
}

function isOneOf<T extends string>(values: readonly T[], value: string): value is T {
  return (values as readonly string[]).includes(value);
}

async function compare(found: Profile, options: Options, format: 'text' | 'json'): Promise<number> {
  await withServer(options, async database => {
    const server = await readSettings(database);
    const { facts, isMachineKnown } = await serverFacts(database, found, options);
    const service = await readService(database);
    const settings = diffProfile(evaluateProfile(found, facts), server);
    if (format === 'json') {
      printJson({
        version: 1,
        id: found.id,
        server: database.serverText,
        service: service?.name ?? null,
        facts,
        settings,
      });
    } else {
      const machine = `${formatBytes(facts.ramBytes)} of RAM, ${facts.cores} cores`;
      print(
        isMachineKnown ? `for ${machine}` : `for ${machine}, as assumed: say --ram and --cores if it is another one`,
      );
      for (const { setting, state, takesEffect } of settings) {
        const shown = server.get(setting.name)?.shown ?? 'unknown here';
        const how = state === 'differs' ? `${takesEffect === 'restart' ? 'needs a restart' : takesEffect}; ` : '';
        const detail = state === 'refused' ? `not applied: ${setting.refused}` : `${how}${setting.reason}`;
        print(
          `${state.padEnd(8)} ${setting.name}: ${shown}${state === 'same' ? '' : ` -> ${setting.value}`}\n    ${detail}`,
        );
      }
    }
  });
  return 0;
}

/**
 * Sets what differs and needs no restart, reads it back, and writes what was there before to a file for `profile undo`.
 * The file is made before anything is changed: without a way back nothing is applied.
 */
async function apply(found: Profile, options: Options, format: 'text' | 'json'): Promise<number> {
  const file = options['undo-file'] ?? `${found.id}.undo.json`;
  return withServer(options, async database => {
    const { facts, isMachineKnown } = await serverFacts(database, found, options);
    if (!isMachineKnown) {
      throw new UsageError('the server does not say how much memory its machine has: say --ram, e.g. --ram 16GB.');
    }
    const wanted = diffProfile(evaluateProfile(found, facts), await readSettings(database))
      .filter(({ state, takesEffect }) => state === 'differs' && takesEffect !== 'restart')
      .map(({ setting }) => ({ name: setting.name, value: setting.value }));
    const service = await readService(database);
    if (service) {
      print(serviceInstructions(service.service, wanted));
      throw new UsageError(
        `${service.name} does not take ALTER SYSTEM: nothing was changed; see above how it is done there.`,
      );
    }
    createFile(file);
    let kept: SettingsRecord | undefined;
    const record = await applySettings(database, wanted, next => {
      kept = next;
      writeDurably(file, `${JSON.stringify({ ...next, profile: found.id }, null, 2)}\n`);
    }).catch((error: unknown) => {
      if (kept) progress(howFar(kept, file));
      else rmSync(file);
      throw error;
    });
    const applied = record.changes;
    if (format === 'json') printJson({ version: 1, id: found.id, applied });
    else {
      for (const { name, outcome, shown = '', reason } of applied) {
        print(`${outcome.padEnd(15)} ${name} = ${shown}${reason ? `  (${reason})` : ''}`);
      }
      print(`undo with: query-tuner profile undo ${file}`);
    }
    return applied.some(({ outcome }) => outcome === 'refused') ? 1 : 0;
  });
}

/** Puts back what `profile apply` found; a value that somebody changed since is kept. */
async function undo(file: string | undefined, options: Options, format: 'text' | 'json'): Promise<number> {
  if (file === undefined) throw new UsageError('profile undo needs the file that profile apply wrote.');
  const record = parseRecord(readInput(file));
  if (!record) throw new UsageError(`${file} is not a file that profile apply wrote.`);
  return withServer(options, async database => {
    const undone = await undoSettings(database, record);
    if (format === 'json') printJson({ version: 1, undone });
    else
      for (const { name, outcome, reason } of undone)
        print(`${outcome.padEnd(15)} ${name}${reason ? `  (${reason})` : ''}`);
    return undone.every(({ outcome }) => outcome !== 'kept' && outcome !== 'refused') ? 0 : 1;
  });
}

function createFile(file: string): void {
  try {
    writeFileSync(file, '', { flag: 'wx' });
  } catch (error) {
    throw new UsageError(
      `cannot write ${file} for the undo: ${(error as Error).message}. Name another with --undo-file.`,
    );
  }
}

/** A file that is whole at any moment, also when the machine stops in the middle of writing. */
function writeDurably(file: string, text: string): void {
  const written = `${file}.new`;
  const handle = openSync(written, 'w');
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(written, file);
}

/** For a run that was cut off: what is done, what may be done, what is not. */
function howFar({ changes }: SettingsRecord, file: string): string {
  const named = (...outcomes: readonly string[]): string =>
    changes
      .filter(({ outcome }) => outcomes.includes(outcome))
      .map(({ name }) => name)
      .join(', ') || 'none';
  return `cut off: written: ${named('written')}; may be written: ${named('sent')}; not written: ${named('planned', 'refused')}. Undo with: query-tuner profile undo ${file}`;
}

/** What is known of the server: from the options first, from the server itself, and else as the profile assumes. */
async function serverFacts(
  database: PostgresDatabase,
  found: Profile,
  options: Options,
): Promise<{ facts: ServerFacts; isMachineKnown: boolean }> {
  const machine = await readMachine(database);
  const major = Math.floor(database.serverVersion / 10_000);
  const [row] = await database.query<{ connections: number }>(
    `select current_setting('max_connections')::int as connections`,
  );
  const facts = readFacts(found, { ...options, 'server-version': options['server-version'] ?? String(major) });
  return {
    facts: {
      ...facts,
      ...(options.ram === undefined && machine.ramBytes !== undefined && { ramBytes: machine.ramBytes }),
      ...(options.cores === undefined && machine.cores !== undefined && { cores: machine.cores }),
      // A profile that says nothing of connections leaves those there are.
      ...(options.connections === undefined &&
        !found.settings.some(({ name }) => name === 'max_connections') &&
        row && { connections: row.connections }),
    },
    isMachineKnown: options.ram !== undefined || machine.ramBytes !== undefined,
  };
}

function readFacts(found: Profile, options: Options): ServerFacts {
  const assumed = assumedFacts(found);
  const ramBytes = options.ram === undefined ? assumed.ramBytes : parseSize(options.ram);
  if (ramBytes === undefined) throw new UsageError(`--ram must be a size such as 16GB; got "${options.ram}".`);
  return {
    ramBytes,
    cores: positiveInteger('cores', options.cores, assumed.cores),
    storage: choose('storage', options.storage, ['ssd', 'hdd', 'san'], 'ssd'),
    connections: positiveInteger('connections', options.connections, assumed.connections),
    serverVersion: positiveInteger('server-version', options['server-version'], assumed.serverVersion),
  };
}

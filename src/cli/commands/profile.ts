import { diffProfile } from '../../core/profiles/diffProfile';
import { evaluateProfile, findProfile, PROFILES } from '../../core/profiles/evaluateProfile';
import { assumedFacts, parseSize, type Profile, type ServerFacts } from '../../core/profiles/profile';
import { readSettings } from '../../database/settings';
import { choose, positiveInteger, type CommandLine, type Options } from '../arguments';
import { print, printJson } from '../io';
import { withServer } from '../target';
import { UsageError } from '../usage';

/** `query-tuner profile list | show ID | diff ID`. */
export async function profile({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json'], 'text');
  const [verb, id, ...rest] = operands;
  if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0]}".`);
  if (verb === 'list') return list(format);
  if (verb !== 'show' && verb !== 'diff') throw new UsageError('profile needs list, show ID or diff ID.');
  const found = id === undefined ? undefined : findProfile(id);
  if (!found) {
    throw new UsageError(
      `${id === undefined ? `profile ${verb} needs a profile` : `no profile "${id}"`}; there are ${PROFILES.map(p => p.id).join(', ')}.`,
    );
  }
  return verb === 'show' ? show(found, options, format) : compare(found, options, format);
}

function list(format: 'text' | 'json'): number {
  const profiles = PROFILES.map(({ id, guide, title, assumes }) => ({
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
      const note = setting.refused ? `not applied: ${setting.refused}` : setting.reason;
      print(`${setting.name} = ${setting.value}${setting.restart ? '  (restart)' : ''}\n    ${note}`);
    }
  }
  return 0;
}

async function compare(found: Profile, options: Options, format: 'text' | 'json'): Promise<number> {
  await withServer(options, async database => {
    const server = await readSettings(database);
    const major = Math.floor(database.serverVersion / 10_000);
    const facts = readFacts(found, { ...options, 'server-version': options['server-version'] ?? String(major) });
    const settings = diffProfile(evaluateProfile(found, facts), server);
    if (format === 'json') printJson({ version: 1, id: found.id, server: database.serverText, settings });
    else {
      for (const { setting, now, state, takesEffect } of settings) {
        const unit = now?.unit ? ` (${now.unit})` : '';
        const detail = state === 'refused' ? `not applied: ${setting.refused}` : `${takesEffect}; ${setting.reason}`;
        print(
          `${state.padEnd(8)} ${setting.name}: ${now?.value ?? 'unknown here'}${unit} -> ${setting.value}\n    ${detail}`,
        );
      }
    }
  });
  return 0;
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

import { formatBytes } from '../../core/base/units';
import { evaluateProfile, PROFILES } from '../../core/profiles/evaluateProfile';
import { diffProfile } from '../../core/profiles/diffProfile';
import { clientPool, POOL_CLIENTS } from '../../core/profiles/exports/clientPools';
import { pgBouncerIni } from '../../core/profiles/exports/pgbouncer';
import { planPools } from '../../core/profiles/exports/poolSizes';
import { settingsText, SETTINGS_FORMATS } from '../../core/profiles/exports/settingsText';
import type { Profile } from '../../core/profiles/profile';
import { describeOrigin } from '../../core/profiles/settingOrigin';
import { evaluateOnServer } from '../../database/settings/preflight';
import { readServerFacts } from '../../database/settings/readServerFacts';
import { readService } from '../../database/settings/readService';
import { readSettings } from '../../database/settings/readSettings';
import { choose, type CommandLine, type Options } from '../arguments';
import { print, printJson } from '../io';
import { withServer } from '../target';
import { UsageError } from '../usage';
import { applyProfile, undoProfile } from './profileApply';
import { askedFacts, factsWithoutServer, ownProfiles, requireProfile } from './profileFacts';
import { profileTables } from './profileTables';
import { tryOnWorkload } from './profileTry';

type Format = 'text' | 'json';

const VERBS: Readonly<
  Record<string, (profile: Profile, options: Options, format: Format) => number | Promise<number>>
> = {
  show,
  diff: compare,
  export: exportAs,
  try: tryOnWorkload,
  apply: applyProfile,
};

/** `query-tuner profile list | show ID | diff ID | export ID | try ID | apply ID | tables [ID] | undo FILE`. */
export async function profile({ options, operands }: CommandLine): Promise<number> {
  const format = choose('format', options.format, ['text', 'json'], 'text');
  const [verb = '', id, ...rest] = operands;
  if (rest.length > 0) throw new UsageError(`unexpected argument "${rest[0]}".`);
  if (verb === 'list') return list(format);
  if (verb === 'undo') return undoProfile(id, options, format);
  if (verb === 'tables') return profileTables(id === undefined ? undefined : requireProfile(verb, id), options, format);
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!run) {
    throw new UsageError(
      'profile needs list, show ID, diff ID, export ID, try ID, apply ID, tables [ID] or undo FILE.',
    );
  }
  return run(requireProfile(verb, id), options, format);
}

function list(format: Format): number {
  const profiles = [...ownProfiles(), ...PROFILES].map(({ id, guide, title, assumes }) => ({
    id,
    guide,
    title,
    assumes: { ramBytes: assumes.ramBytes },
  }));
  if (format === 'json') printJson({ version: 1, profiles });
  else for (const { id, title } of profiles) print(`${id.padEnd(20)} ${title}`);
  return 0;
}

function show(found: Profile, options: Options, format: Format): number {
  const settings = evaluateProfile(found, factsWithoutServer(found, options));
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
  const facts = factsWithoutServer(found, options);
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

async function compare(found: Profile, options: Options, format: Format): Promise<number> {
  await withServer(options, async database => {
    const server = await readSettings(database);
    const { facts, ram } = await readServerFacts(database, found, askedFacts(options));
    const service = await readService(database);
    const settings = diffProfile(await evaluateOnServer(database, found, facts, server), server);
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
        ram !== 'assumed' ? `for ${machine}` : `for ${machine}, as assumed: say --ram and --cores if it is another one`,
      );
      for (const { setting, state, takesEffect } of settings) {
        const present = server.get(setting.name);
        const shown = present?.shown ?? 'unknown here';
        const origin = present && present.source !== 'default' ? ` (${describeOrigin(present)})` : '';
        const how = state === 'differs' ? `${takesEffect === 'restart' ? 'needs a restart' : takesEffect}; ` : '';
        const detail = state === 'refused' ? `not applied: ${setting.refused}` : `${how}${setting.reason}`;
        print(
          `${state.padEnd(8)} ${setting.name}: ${shown}${origin}${state === 'same' ? '' : ` -> ${setting.value}`}\n    ${detail}`,
        );
      }
    }
  });
  return 0;
}

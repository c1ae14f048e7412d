import { evaluateProfile, refusalOf } from '../../core/profiles/evaluateProfile';
import { choosePreload, preloadLibraries } from '../../core/profiles/preload';
import type { EvaluatedSetting, Profile, ServerFacts } from '../../core/profiles/profile';
import type { SettingChange } from '../../core/profiles/settingSql';
import { standbyObjections, startObjections } from '../../core/profiles/startObjections';
import type { PostgresDatabase } from '../connect';
import { readLibraries } from './readLibraries';
import type { ReadSetting } from './readSettings';

const PRELOAD = 'shared_preload_libraries';

/** A profile on a server: its libraries are added to those there are, once they are known to be on the server. */
export async function evaluateOnServer(
  database: PostgresDatabase,
  profile: Profile,
  facts: ServerFacts,
  server: ReadonlyMap<string, ReadSetting>,
): Promise<EvaluatedSetting[]> {
  const evaluated = evaluateProfile(profile, facts);
  const preload = evaluated.find(({ name }) => name === PRELOAD);
  const present = server.get(PRELOAD);
  if (!preload) return evaluated;
  const replace = (part: Partial<EvaluatedSetting>): EvaluatedSetting[] =>
    evaluated.map(setting => (setting === preload ? { ...setting, ...part } : setting));
  if (!present)
    return replace({ refused: 'this role may not see which libraries are loaded now, and the list replaces them' });
  const wanted = preloadLibraries(preload.value);
  const states = await readLibraries(database, wanted);
  return replace(choosePreload(wanted, preloadLibraries(present.value), states));
}

/**
 * Why changes of the whole server must not be sent, by setting: what the knowledge of settings refuses, and what would keep
 * the server from starting. What is shown to people is checked once more when it is about to run.
 */
export async function preflight(
  database: PostgresDatabase,
  changes: readonly SettingChange[],
  facts: ServerFacts,
  server: ReadonlyMap<string, ReadSetting>,
): Promise<ReadonlyMap<string, string>> {
  const objections = new Map<string, string>();
  for (const { name, value } of changes) {
    if (value === null) continue;
    const refused = name === PRELOAD ? await preloadRefusal(database, value) : refusalOf(name, value, facts);
    if (refused !== undefined) objections.set(name, refused);
  }
  const left = changes.filter(({ name }) => !objections.has(name));
  for (const [name, why] of startObjections(left, server, facts.serverVersion)) objections.set(name, why);
  const [row] = await database.query<{ standby: boolean }>('select pg_catalog.pg_is_in_recovery() as standby');
  if (row?.standby) for (const [name, why] of standbyObjections(left, server)) objections.set(name, why);
  return objections;
}

async function preloadRefusal(database: PostgresDatabase, value: string): Promise<string | undefined> {
  const wanted = preloadLibraries(value);
  return choosePreload(wanted, [], await readLibraries(database, wanted)).refused ?? undefined;
}

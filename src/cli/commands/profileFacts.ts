import { findProfile, PROFILES } from '../../core/profiles/evaluateProfile';
import { assumedFacts, parseSize, type Profile, type ServerFacts } from '../../core/profiles/profile';
import type { AskedFacts } from '../../database/settings/readServerFacts';
import { ConfigurationFiles } from '../../workspace/configurationFiles';
import { choose, positiveInteger, type Options } from '../arguments';
import { UsageError } from '../usage';

/** The profiles of this folder's configuration. */
export function ownProfiles(): readonly Profile[] {
  return new ConfigurationFiles().forFolder(process.cwd()).profiles;
}

/** @throws UsageError that lists what there is */
export function requireProfile(verb: string, id: string | undefined): Profile {
  const own = ownProfiles();
  const found = id === undefined ? undefined : findProfile(id, own);
  if (found) return found;
  const problem = id === undefined ? `profile ${verb} needs a profile` : `no profile "${id}"`;
  throw new UsageError(`${problem}; there are ${[...own, ...PROFILES].map(each => each.id).join(', ')}.`);
}

/** What the options say of the machine. @throws UsageError for what is no figure */
export function askedFacts(options: Options): AskedFacts {
  const { ram, cores, connections, storage } = options;
  const ramBytes = ram === undefined ? undefined : parseSize(ram);
  if (ram !== undefined && ramBytes === undefined) {
    throw new UsageError(`--ram must be a size such as 16GB; got "${ram}".`);
  }
  const version = options['server-version'];
  return {
    ...(ramBytes !== undefined && { ramBytes }),
    ...(cores !== undefined && { cores: positiveInteger('cores', cores, 1) }),
    ...(connections !== undefined && { connections: positiveInteger('connections', connections, 1) }),
    ...(storage !== undefined && {
      storage: choose<ServerFacts['storage']>('storage', storage, ['ssd', 'hdd', 'san'], 'ssd'),
    }),
    ...(version !== undefined && { serverVersion: positiveInteger('server-version', version, 18) }),
  };
}

/** For what asks no server: the options, and else what the profile assumes. */
export function factsWithoutServer(profile: Profile, options: Options): ServerFacts {
  return { ...assumedFacts(profile), ...askedFacts(options) };
}

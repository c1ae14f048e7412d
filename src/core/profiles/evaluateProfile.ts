import { formatBytes } from '../base/units';
import { isAlive } from '../catalog/systemCatalog/lifespan';
import { findSetting } from '../catalog/systemCatalog/serverSettings';
import { isSameValue, objectionTo } from '../catalog/systemCatalog/settingValue';
import { COMPUTED_PROFILES } from './computedProfiles';
import { GUIDE_PROFILES } from './guideProfiles';
import type { EvaluatedSetting, Profile, ProfileSetting, ServerFacts } from './profile';
import { parseSettingValue, sameSettingValue } from './comparableValue';
import { SETTINGS } from './settingsKnowledge';

/** The profiles that come with the product, the guides' first. */
export const PROFILES: readonly Profile[] = [...GUIDE_PROFILES, ...COMPUTED_PROFILES];

/** @param own profiles of a team, which go before ours. */
export function findProfile(id: string, own: readonly Profile[] = []): Profile | undefined {
  return [...own, ...PROFILES].find(profile => profile.id === id);
}

/**
 * A profile on a machine. On the machine its guide assumes the guide's own value stands unless memory cannot hold it;
 * on another one, values that depend on the machine are computed. Values that would do harm are listed and refused.
 */
export function evaluateProfile(profile: Profile, facts: ServerFacts): EvaluatedSetting[] {
  return profile.settings.map(setting => evaluateSetting(profile, setting, facts));
}

function evaluateSetting(profile: Profile, setting: ProfileSetting, facts: ServerFacts): EvaluatedSetting {
  const { name, guideValue, section } = setting;
  const known = findSetting(name, facts.serverVersion);
  const { value, reason } = chooseValue(profile, setting, facts);
  return {
    name,
    guideValue,
    value,
    unit: known?.unit ? known.unit : null,
    restart: known?.context === 'postmaster',
    isDefault: known !== undefined && isSameValue(known, value, known.defaultValue),
    reason,
    guideline: profile.guide && section ? { guide: profile.guide, section } : null,
    refused: refusalOf(name, value, facts) ?? null,
  };
}

function chooseValue(
  profile: Profile,
  { name, guideValue, compute, isOwn }: ProfileSetting,
  facts: ServerFacts,
): { value: string; reason: string } {
  const computed = (compute ?? SETTINGS[name]?.compute)?.(facts);
  if (guideValue === null) return computed ?? { value: '', reason: 'no value' };
  if (isOwn) return { value: guideValue, reason: 'as your profile gives it' };
  if (!computed) return { value: guideValue, reason: 'as the guide gives it' };
  const excess = memoryExcess(name, guideValue, facts);
  if (excess) return { value: computed.value, reason: `${excess}; ${computed.reason}` };
  const machineDiffers =
    facts.ramBytes !== profile.assumes.ramBytes ||
    facts.cores !== profile.assumes.cores ||
    facts.connections !== profile.assumes.connections ||
    facts.storage !== 'ssd';
  const unit = findSetting(name, facts.serverVersion)?.unit;
  if (!machineDiffers || sameSettingValue(guideValue, computed.value, unit)) {
    return { value: guideValue, reason: `as the guide gives it: ${computed.reason}` };
  }
  return { value: computed.value, reason: `computed for this machine: ${computed.reason}` };
}

/** Why a value is not applied: it does harm, the server would refuse it, or memory cannot hold it. */
export function refusalOf(name: string, value: string, facts: ServerFacts): string | undefined {
  const setting = findSetting(name, facts.serverVersion);
  if (setting && !isAlive(setting, facts.serverVersion)) {
    return setting.since !== undefined && setting.since > facts.serverVersion
      ? `PostgreSQL has it since ${setting.since}`
      : `PostgreSQL has it no more since ${setting.until}`;
  }
  if (setting && objectionTo(setting, value)) return `${value} is no value that PostgreSQL takes for ${name}`;
  return SETTINGS[name]?.refuse?.(value, facts) ?? memoryExcess(name, value, facts);
}

/** Says why a memory value cannot stand on this machine; undefined if it can. */
function memoryExcess(name: string, value: string, facts: ServerFacts): string | undefined {
  const parsed = parseSettingValue(value, findSetting(name, facts.serverVersion)?.unit);
  if (parsed.kind !== 'bytes') return undefined;
  const { ramBytes, connections } = facts;
  if (name === 'work_mem') {
    const all = parsed.amount * connections + ramBytes / 4;
    return all > ramBytes
      ? `${value} for each of ${connections} connections beside shared buffers is ${formatBytes(all)}, more than the ${formatBytes(ramBytes)} of RAM`
      : undefined;
  }
  if (name === 'shared_buffers' && parsed.amount > ramBytes * 0.4) {
    return `${value} is more than 40 % of ${formatBytes(ramBytes)}`;
  }
  if (name === 'effective_cache_size' && parsed.amount >= ramBytes) return `${value} is all of the RAM`;
  if (name === 'maintenance_work_mem' && parsed.amount > ramBytes / 4) {
    return `${value} is more than a quarter of ${formatBytes(ramBytes)}, and each autovacuum worker may take as much`;
  }
  return undefined;
}

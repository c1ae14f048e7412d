import { formatBytes } from '../base/units';
import { COMPUTED_PROFILES } from './computedProfiles';
import { GUIDE_PROFILES } from './guideProfiles';
import type { EvaluatedSetting, Profile, ProfileSetting, ServerFacts } from './profile';
import { parseSettingValue, sameSettingValue } from './settingValue';
import { SETTINGS, type SettingKnowledge } from './settingsKnowledge';

/** All profiles, the guides' first. */
export const PROFILES: readonly Profile[] = [...GUIDE_PROFILES, ...COMPUTED_PROFILES];

export function findProfile(id: string): Profile | undefined {
  return PROFILES.find(profile => profile.id === id);
}

/**
 * A profile on a machine. On the machine its guide assumes the guide's own value stands unless memory cannot hold it;
 * on another one, values that depend on the machine are computed. Values that would do harm are listed and refused.
 */
export function evaluateProfile(profile: Profile, facts: ServerFacts): EvaluatedSetting[] {
  return profile.settings.map(setting => evaluateSetting(profile, setting, facts));
}

function evaluateSetting(profile: Profile, setting: ProfileSetting, facts: ServerFacts): EvaluatedSetting {
  const knowledge: SettingKnowledge = SETTINGS[setting.name] ?? { unit: null, restart: false };
  const { value, reason } = chooseValue(profile, setting, knowledge, facts);
  return {
    name: setting.name,
    guideValue: setting.guideValue,
    value,
    unit: knowledge.unit,
    restart: typeof knowledge.restart === 'function' ? knowledge.restart(facts) : knowledge.restart,
    reason,
    guideline: profile.guide && setting.section ? { guide: profile.guide, section: setting.section } : null,
    refused: knowledge.refuse?.(value, facts) ?? null,
  };
}

function chooseValue(
  profile: Profile,
  setting: ProfileSetting,
  knowledge: SettingKnowledge,
  facts: ServerFacts,
): { value: string; reason: string } {
  const guideValue = setting.guideValue;
  const computed = knowledge.compute?.(facts);
  if (guideValue === null) return computed ?? { value: '', reason: 'no value' };
  if (!computed) return { value: guideValue, reason: 'as the guide gives it' };
  const excess = memoryExcess(setting.name, guideValue, facts);
  if (excess) return { value: computed.value, reason: `${excess}; ${computed.reason}` };
  const machineDiffers =
    facts.ramBytes !== profile.assumes.ramBytes ||
    facts.cores !== profile.assumes.cores ||
    facts.connections !== profile.assumes.connections ||
    facts.storage !== 'ssd';
  if (!machineDiffers || sameSettingValue(guideValue, computed.value, knowledge.unit)) {
    return { value: guideValue, reason: `as the guide gives it: ${computed.reason}` };
  }
  return { value: computed.value, reason: `computed for this machine: ${computed.reason}` };
}

/** Says why a guide's memory value cannot stand on this machine; undefined if it can. */
function memoryExcess(name: string, value: string, facts: ServerFacts): string | undefined {
  const parsed = parseSettingValue(value, SETTINGS[name]?.unit);
  if (parsed.kind !== 'bytes') return undefined;
  if (name === 'work_mem') {
    const all = parsed.amount * facts.connections + facts.ramBytes / 4;
    return all > facts.ramBytes
      ? `the guide's ${value} for each of ${facts.connections} connections beside shared buffers is ${formatBytes(all)}, more than the ${formatBytes(facts.ramBytes)} of RAM`
      : undefined;
  }
  if (name === 'shared_buffers' && parsed.amount > facts.ramBytes * 0.4) {
    return `the guide's ${value} is more than 40 % of ${formatBytes(facts.ramBytes)}`;
  }
  if (name === 'effective_cache_size' && parsed.amount >= facts.ramBytes) {
    return `the guide's ${value} is all of the RAM`;
  }
  return undefined;
}

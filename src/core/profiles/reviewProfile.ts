import { isAlive } from '../catalog/systemCatalog/lifespan';
import { findSetting } from '../catalog/systemCatalog/serverSettings';
import { citeGuideline } from '../guidelines/guides';
import { formatSettingBytes, parseSettingValue, sameValueOf } from './comparableValue';
import { diffProfile, type ServerSetting, type SettingDifference } from './diffProfile';
import type { EvaluatedSetting } from './profile';
import { describeOrigin, goesBeforeAlterSystem, type SettingOrigin } from './settingOrigin';
import { settingRisk, type SettingRisk } from './settingRisks';
import type { SettingScope } from './settingSql';

/** A setting of a server as the review needs it: a row of `pg_settings`. */
export interface ServerSettingFacts extends ServerSetting, SettingOrigin {
  readonly shown: string;
  readonly category: string;
  readonly description: string;
}

/** One line of a review: what a profile would make of a setting in a scope. */
export interface ReviewedSetting {
  readonly name: string;
  /** PostgreSQL's own grouping, `Resource Usage / Memory`. */
  readonly group: string;
  readonly description: string;
  /** As the server shows it; null where the server does not know the setting. */
  readonly now: string | null;
  /** Where the present value comes from. */
  readonly origin: string;
  readonly value: string;
  readonly boot: string | null;
  readonly unit: string | null;
  readonly takesEffect: SettingDifference['takesEffect'];
  readonly state: SettingDifference['state'];
  readonly reason: string;
  readonly citation: string | null;
  readonly risk: SettingRisk | null;
  /** Why it is not applied; null when it may be. */
  readonly refused: string | null;
  /** A value other than the present one is written and counts from the next restart on. */
  readonly pendingRestart: boolean;
  /** What is to be known when it is applied all the same. */
  readonly caution: string | null;
}

const UNKNOWN_GROUP = 'Not on This Server';

/**
 * The settings of a profile beside those of a server, in the server's own groups.
 * @param entries what is set in the scope itself, for others than the whole server
 */
export function reviewProfile(
  settings: readonly EvaluatedSetting[],
  server: ReadonlyMap<string, ServerSettingFacts>,
  scope: SettingScope,
  entries: ReadonlyMap<string, string> = new Map(),
  serverVersion?: number,
): ReviewedSetting[] {
  return diffProfile(settings, server).map(difference => {
    const { setting } = difference;
    const now = server.get(setting.name);
    const entry = scope.kind === 'system' ? undefined : entries.get(setting.name);
    const state = stateIn(difference, now, entry);
    const outside = scope.kind === 'system' ? undefined : whyNotIn(scope, now);
    const unknown = now ? undefined : whyUnknown(setting.name, serverVersion);
    const refused = state === 'same' ? null : (setting.refused ?? unknown ?? outside ?? null);
    return {
      name: setting.name,
      group: now?.category ?? UNKNOWN_GROUP,
      description: now?.description ?? '',
      now: entry ?? now?.shown ?? null,
      origin: entry !== undefined ? 'set here' : now ? describeOrigin(now) : '',
      value: setting.value,
      boot: typeof now?.bootValue === 'string' ? showInUnit(now.bootValue, now.unit) : null,
      unit: now?.unit ?? setting.unit,
      takesEffect: scope.kind === 'system' ? difference.takesEffect : 'new sessions',
      state: refused !== null && state !== 'unknown' ? 'refused' : state,
      reason: setting.reason,
      citation: setting.guideline ? citeGuideline(setting.guideline) : null,
      risk: settingRisk(setting.name),
      refused,
      pendingRestart: now?.pendingRestart ?? false,
      caution: (scope.kind === 'system' && now && goesBeforeAlterSystem(now)) || null,
    };
  });
}

/** An amount in the setting's unit as people write it: 16384 of `8kB` is `128MB`. */
export function showInUnit(value: string, unit: string | null): string {
  const parsed = parseSettingValue(value, unit);
  if (parsed.kind === 'bytes' && parsed.amount >= 1024 && unit) return formatSettingBytes(parsed.amount);
  return parsed.kind === 'ms' && unit && /^[a-z]+$/i.test(unit) ? `${value}${unit}` : value;
}

function stateIn(
  { state, setting }: SettingDifference,
  now: ServerSettingFacts | undefined,
  entry: string | undefined,
): SettingDifference['state'] {
  if (entry === undefined || !now) return state;
  return sameValueOf(setting.name, setting.value, entry, now.unit) ? 'same' : 'differs';
}

/** ALTER DATABASE and ALTER ROLE take what a session may change itself (manual, pg_settings.context). */
function whyNotIn(scope: SettingScope, now: ServerSettingFacts | undefined): string | undefined {
  if (!now || now.context === 'user' || now.context === 'superuser') return undefined;
  const what = scope.kind === 'database' ? 'a single database' : 'a single role';
  return `it holds for the whole server and cannot be set for ${what}`;
}

function whyUnknown(name: string, serverVersion: number | undefined): string {
  const known = findSetting(name, serverVersion);
  if (known && serverVersion !== undefined && !isAlive(known, serverVersion)) {
    return known.since !== undefined && known.since > serverVersion
      ? `PostgreSQL has it since ${known.since}`
      : `PostgreSQL has it no more since ${known.until}`;
  }
  return 'this server has no such setting; the library that brings it may not be loaded';
}

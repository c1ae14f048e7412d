import type { LimitOverrides } from '../health/assess';
import type { ConfiguredProfile } from '../profiles/ownProfiles';
import type { Severity } from '../rules/finding';
import type { Thresholds } from '../rules/thresholds';

/** Name of the file a team keeps its configuration in; one may lie in any folder. */
export const CONFIGURATION_FILE = '.query-tuner.json';

/** What one configuration file says; what it does not say is absent. */
export interface Configuration {
  /** Configuration files of the folders above do not count. */
  readonly root?: boolean;
  /** Major version of the servers the SQL is for, when no server is asked. */
  readonly postgresVersion?: number;
  /** Severity by rule id (`query/select-star`) or group (`query/*`). */
  readonly rules?: Readonly<Record<string, Severity | 'off'>>;
  readonly thresholds?: Partial<Thresholds>;
  /** Limits of health checks, by check. */
  readonly health?: LimitOverrides;
  readonly profiles?: readonly ConfiguredProfile[];
  /** Globs of files that are not checked, relative to the file's folder. */
  readonly exclude?: readonly string[];
  /** Globs of the files with the schema's DDL, in the order they run, relative to the file's folder. */
  readonly schemaFiles?: readonly string[];
}

/** Oldest and newest major version that rules know the differences of. */
export const POSTGRES_VERSIONS = { oldest: 14, newest: 18 } as const;

/** `server_version_num` of the first release of a major version: 17 is 170000. */
export function versionNumber(major: number): number {
  return major * 10_000;
}

/**
 * Severities by rule id: groups are spelled out, and an id counts more than its group. Ids of `outer` count unless
 * `inner` says otherwise.
 */
export function mergeRules(
  outer: NonNullable<Configuration['rules']>,
  inner: NonNullable<Configuration['rules']>,
  ruleIds: readonly string[],
): Record<string, Severity | 'off'> {
  const severities: Record<string, Severity | 'off'> = { ...outer };
  const groups = Object.entries(inner).filter(([name]) => name.endsWith('/*'));
  for (const [group, severity] of groups) {
    for (const id of ruleIds) if (id.startsWith(group.slice(0, -1))) severities[id] = severity;
  }
  for (const [id, severity] of Object.entries(inner)) if (!id.endsWith('/*')) severities[id] = severity;
  return severities;
}

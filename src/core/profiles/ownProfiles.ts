import { GIB } from '../base/units';
import { findProfile } from './evaluateProfile';
import type { Profile } from './profile';

/** A profile as a team writes it into its configuration. */
export interface ConfiguredProfile {
  readonly id?: string;
  readonly title?: string;
  /** Id of a profile whose settings count where this one has none of its own. */
  readonly extends?: string;
  /** Values by setting, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What is assumed of the machine where neither the team nor the extended profile says it. */
const ASSUMED = { ramBytes: 8 * GIB, cores: 4, connections: 100 };

/**
 * The profiles of a team. One without an id is passed over; one that extends what does not exist has its own settings
 * alone.
 */
export function ownProfiles(configured: readonly ConfiguredProfile[]): Profile[] {
  const made: Profile[] = [];
  for (const { id, title, extends: base, settings = {} } of configured) {
    if (!id) continue;
    const extended = base === undefined || base === id ? undefined : findProfile(base, made);
    const own = Object.entries(settings).map(([name, guideValue]) => ({ name, guideValue }));
    made.push({
      id,
      guide: extended?.guide ?? null,
      title: title ?? id,
      assumes: extended?.assumes ?? ASSUMED,
      settings: [
        ...(extended?.settings ?? []).filter(({ name }) => !Object.hasOwn(settings, name)),
        ...own.map(setting => ({ ...setting, isOwn: true })),
      ],
    });
  }
  return made;
}

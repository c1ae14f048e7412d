import { type Profile } from './profile';
/** A profile as a team writes it into its configuration. */
export interface ConfiguredProfile {
  readonly id?: string;
  readonly title?: string;
  /** Id of a profile whose settings count where this one has none of its own. */
  readonly extends?: string;
  /** Values by setting, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}
/**
 * The profiles of a team. One without an id is passed over; one that extends what does not exist has its own settings
 * alone.
 */
export declare function ownProfiles(configured: readonly ConfiguredProfile[]): Profile[];

import type { ProfileTrial } from '../core/profiles/profileTrial';
import type { SettingScope, SettingChange } from '../core/profiles/settingSql';
import type { UndoneSetting } from '../core/profiles/settingsRecord';
import type { ProgressView } from './planPanel';
import type { AskedMachine, ProfileReview, ProfileRun, ScopedChanges } from './profile';
import type { ConnectionRole } from './server';

/** What a profile is tried on. */
export type TrySource = 'statement' | 'file' | 'statements';

/** Answered by the extension. A failure is a sentence for people. */
export interface ProfileHost {
  /** First call of a freshly loaded page. */
  ready(): Promise<ProfileView | undefined>;
  /** Another profile, scope or machine; what is absent stays as it is. */
  choose(choice: ProfileSelection): Promise<void>;
  /** Reads the server again. */
  refresh(): Promise<void>;
  script(groups: readonly ScopedChanges[]): Promise<string>;
  /** Asks first. */
  apply(groups: readonly ScopedChanges[]): Promise<void>;
  undo(runId: string): Promise<void>;
  /** Takes a run off the list; what it set stays. */
  forget(runId: string): Promise<void>;
  tryOn(source: TrySource, measure: boolean): Promise<void>;
  /** Chooses a connection, or another one. */
  connect(): Promise<void>;
  manageTrust(): Promise<void>;
  copyText(text: string): Promise<void>;
  cancel(): Promise<void>;
}

/** Answered by the page. */
export interface ProfilePage {
  show(view: ProfileView): void;
  progress(progress: ProgressView | null): void;
}

export interface ProfileSelection {
  readonly profileId?: string;
  readonly scope?: SettingScope;
  readonly machine?: AskedMachine;
}

export type ProfileView =
  | { readonly state: 'untrusted' }
  /** `reason`: why the connection could not be opened; null before one was chosen. */
  | { readonly state: 'unconnected'; readonly reason: string | null }
  | ReviewView;

export interface ReviewView {
  readonly state: 'review';
  readonly connection: string;
  readonly role: ConnectionRole;
  readonly review: ProfileReview;
  /** As it was typed. */
  readonly machine: AskedMachine;
  /** What was applied to this server by this program, newest first. */
  readonly runs: readonly KeptRun[];
  readonly trial: ProfileTrial | null;
  /** The file that a profile may be tried on; null while none with SQL is open. */
  readonly file: string | null;
}

export interface KeptRun extends ProfileRun {
  /** What undo did; absent for one that stands. */
  readonly undone?: readonly UndoneSetting[];
}

export type { ScopedChanges, SettingChange };

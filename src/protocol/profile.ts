import type { ReviewedSetting } from '../core/profiles/reviewProfile';
import type { ProfileTrial } from '../core/profiles/profileTrial';
import type { ServerFacts } from '../core/profiles/profile';
import type { SettingChange, SettingScope } from '../core/profiles/settingSql';
import type { SettingsRecord, UndoneSetting } from '../core/profiles/settingsRecord';
import type { AdviceSource } from './advice';

/** The requests of the page of tuning profiles. */
export interface ProfileRequests {
  /** A profile beside the server's own settings. Reads only. */
  'queryTuner/profile/review': { params: ProfileParams; result: ProfileReview };
  /** What would run, or what is done instead on a managed service. */
  'queryTuner/profile/script': { params: ScriptParams; result: { readonly text: string } };
  /** Each scope becomes a run of its own, kept by {@link SAVE_PROFILE_RUN} before anything is written. */
  'queryTuner/profile/apply': { params: ApplyProfileParams; result: readonly ProfileRun[] };
  'queryTuner/profile/undo': { params: UndoProfileParams; result: readonly UndoneSetting[] };
  /** Plans statements under a profile, in transactions that read only and are rolled back. */
  'queryTuner/profile/try': { params: TryProfileParams; result: ProfileTrial };
}

/** Server to client, answered once it is kept: a run is about to begin, or came a step further. */
export const SAVE_PROFILE_RUN = 'queryTuner/profile/save';

/** What somebody said of the machine, as it was typed; it goes before what the server says. */
export interface AskedMachine {
  /** `16GB`. */
  readonly ram?: string;
  readonly cores?: string;
  readonly connections?: string;
  readonly storage?: ServerFacts['storage'];
}

export interface ProfileParams {
  readonly connectionId: string;
  /** Path of the folder whose configuration has profiles of its own. */
  readonly folder?: string;
  /** The first one where it does not say, or no longer exists. */
  readonly profileId?: string;
  /** The whole server where it does not say. */
  readonly scope?: SettingScope;
  readonly machine?: AskedMachine;
}

export interface ProfileReview {
  readonly profiles: readonly ProfileChoice[];
  readonly profileId: string;
  readonly scope: SettingScope;
  readonly databases: readonly string[];
  readonly roles: readonly string[];
  readonly server: ReviewedServer;
  readonly machine: ReviewedMachine;
  readonly settings: readonly ReviewedSetting[];
  readonly tables: readonly TableLine[];
  /** About the tables: since when was counted, what the guide names and is not there. */
  readonly tableNotes: readonly string[];
}

export interface ProfileChoice {
  readonly id: string;
  readonly title: string;
  readonly origin: 'own' | 'guide' | 'computed';
}

export interface ReviewedServer {
  /** `18.4`. */
  readonly text: string;
  /** The same for a server wherever it is reached, if it may be asked for; else its address. */
  readonly identifier: string;
  readonly user: string;
  readonly database: string;
  /** The service that runs it, where ALTER SYSTEM is not taken; null for a server of one's own. */
  readonly service: string | null;
  /** Why nothing can be applied in this scope with this role; null if it can. */
  readonly permission: string | null;
}

export interface ReviewedMachine extends Pick<ServerFacts, 'ramBytes' | 'cores' | 'storage' | 'connections'> {
  readonly known: Readonly<Record<'ram' | 'cores' | 'connections', 'said' | 'server' | 'assumed'>>;
}

/** A table with the storage parameters it might have. */
export interface TableLine {
  readonly schema: string;
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  /** What was counted, in words. */
  readonly activity: string;
  readonly parameters: readonly TableParameterLine[];
}

export interface TableParameterLine {
  readonly name: string;
  readonly now: string;
  readonly value: string;
  readonly by: 'measured' | 'guide';
  readonly reason: string;
  readonly source: string;
  /** Where the guide is wrong about this table; null where it is not, or where it was measured. */
  readonly wrong: string | null;
  /** It cannot be set on this table at all. */
  readonly impossible: boolean;
}

/** Changes of one scope. */
export interface ScopedChanges {
  readonly scope: SettingScope;
  readonly changes: readonly SettingChange[];
}

export interface ScriptParams {
  readonly connectionId: string;
  readonly groups: readonly ScopedChanges[];
}

export interface ApplyProfileParams extends ProfileParams {
  readonly groups: readonly ScopedChanges[];
  readonly progressToken: string;
}

/** What was applied at one time in one scope, as it is kept. */
export interface ProfileRun {
  readonly id: string;
  readonly connectionId: string;
  /** {@link ReviewedServer.identifier}. */
  readonly server: string;
  /** The one it was applied from; a table is one of its own. */
  readonly database: string;
  readonly profileId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly record: SettingsRecord;
}

export interface UndoProfileParams {
  readonly connectionId: string;
  readonly run: ProfileRun;
}

export interface TryProfileParams extends ProfileParams {
  readonly source: AdviceSource;
  /** Run the statements that only read, and time them. */
  readonly measure: boolean;
  readonly progressToken: string;
}

import type { GuidelineRef } from '../rules/finding';

/** What is known of the machine and the server a profile is evaluated for. */
export interface ServerFacts {
  readonly ramBytes: number;
  readonly cores: number;
  readonly storage: 'ssd' | 'hdd' | 'san';
  readonly connections: number;
  /** Major version, e.g. 17. */
  readonly serverVersion: number;
}

/** A named set of settings with the machine its author had in mind. */
export interface Profile {
  readonly id: string;
  readonly guide: GuidelineRef['guide'] | null;
  readonly title: string;
  readonly assumes: { readonly ramBytes: number; readonly cores: number; readonly connections: number };
  readonly settings: readonly ProfileSetting[];
  /** Storage parameters of single tables. */
  readonly tables?: readonly TableParameters[];
}

export interface ProfileSetting {
  readonly name: string;
  /** As the guide or the team writes it; null where the profile computes it. */
  readonly guideValue: string | null;
  readonly section?: string;
  /** A team wrote it for its own machine: it is never computed anew. */
  readonly isOwn?: boolean;
  /** How a computed profile finds the value; absent: as every profile does. */
  readonly compute?: Computation;
}

/** A value and why it is that one. */
export type Computation = (facts: ServerFacts) => { readonly value: string; readonly reason: string };

/** What a guide sets for one table. */
export interface TableParameters {
  /** `schema.name` as the guide has it. */
  readonly table: string;
  readonly reason: string;
  readonly section: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** One setting of a profile on a given machine. */
export interface EvaluatedSetting {
  readonly name: string;
  readonly guideValue: string | null;
  /** What we would set on this machine. */
  readonly value: string;
  /** `pg_settings.unit`, null for unitless settings. */
  readonly unit: string | null;
  readonly restart: boolean;
  /** The value is PostgreSQL's own default in this version: setting it changes nothing. */
  readonly isDefault: boolean;
  readonly reason: string;
  readonly guideline: GuidelineRef | null;
  /** Why it is not applied; null when it is. */
  readonly refused: string | null;
}

/** `16GB` -> bytes; undefined for anything that is not a positive size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(k|m|g|t)?i?b?$/i.exec(text.trim());
  if (!match) return undefined;
  const power = ['', 'k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase());
  const bytes = Number(match[1]) * 1024 ** power;
  return bytes > 0 ? bytes : undefined;
}

/** The machine a profile's author assumed, as facts. */
export function assumedFacts(profile: Profile, serverVersion = 18): ServerFacts {
  return { ...profile.assumes, storage: 'ssd', serverVersion };
}

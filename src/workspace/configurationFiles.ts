import { readFileSync } from 'node:fs';
import path from 'node:path';
import picomatch from 'picomatch';
import { LineMap } from '../core/base/lineMap';
import { CONFIGURATION_FILE, mergeRules, versionNumber } from '../core/configuration/configuration';
import type { Configuration } from '../core/configuration/configuration';
import { configurationSchema } from '../core/configuration/configurationSchema';
import { readConfiguration } from '../core/configuration/readConfiguration';
import type { ConfigurationProblem } from '../core/configuration/readConfiguration';
import type { LimitOverrides } from '../core/health/assess';
import { ownProfiles } from '../core/profiles/ownProfiles';
import type { Profile } from '../core/profiles/profile';
import type { Severity } from '../core/rules/finding';
import { RULES } from '../core/rules/registry';
import { DEFAULT_THRESHOLDS } from '../core/rules/thresholds';
import type { Thresholds } from '../core/rules/thresholds';

/** What all configuration files that reach a folder say together. The same object until a file changes. */
export interface FolderConfiguration {
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  readonly thresholds: Thresholds;
  /** Limits of health checks, by check. */
  readonly health: LimitOverrides;
  /** Tuning profiles of the team, the nearest folder's first. */
  readonly profiles: readonly Profile[];
  /** `server_version_num`. */
  readonly serverVersion?: number;
  /** Where the schema is: globs and the folder they start from. */
  readonly schemaFiles?: { readonly folder: string; readonly globs: readonly string[] };
  /** Absolute path of a file that is not to be checked. */
  isExcluded(file: string): boolean;
}

/** Mistakes in one configuration file, with lines and columns from 1. */
export interface ConfigurationFileProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

interface OwnFile {
  readonly configuration: Configuration;
  readonly problems: readonly ConfigurationFileProblem[];
}

const SCHEMA = configurationSchema(RULES);
const RULE_IDS = RULES.map(({ id }) => id);

const NOTHING: FolderConfiguration = {
  severities: {},
  thresholds: DEFAULT_THRESHOLDS,
  health: {},
  profiles: [],
  isExcluded: () => false,
};

/** The configuration files of a machine, read when first asked for and kept until {@link forget}. */
export class ConfigurationFiles {
  readonly #folders = new Map<string, FolderConfiguration>();
  readonly #own = new Map<string, OwnFile | undefined>();

  /** The configuration for a file, by its absolute path: that of its folder over those of the folders above. */
  forFile(file: string): FolderConfiguration {
    return this.forFolder(path.dirname(file));
  }

  forFolder(folder: string): FolderConfiguration {
    const known = this.#folders.get(folder);
    if (known) return known;
    const own = this.#read(folder)?.configuration;
    const above = path.dirname(folder);
    const outer = own?.root || above === folder ? NOTHING : this.forFolder(above);
    const merged = own ? merge(outer, own, folder) : outer;
    this.#folders.set(folder, merged);
    return merged;
  }

  /** Mistakes in the files that reach a folder, the nearest file first. */
  problemsFor(folder: string): ConfigurationFileProblem[] {
    const own = this.#read(folder);
    const above = path.dirname(folder);
    return [...(own?.problems ?? []), ...(own?.configuration.root || above === folder ? [] : this.problemsFor(above))];
  }

  /** Some configuration file changed, came or went. */
  forget(): void {
    this.#folders.clear();
    this.#own.clear();
  }

  #read(folder: string): OwnFile | undefined {
    if (!this.#own.has(folder)) this.#own.set(folder, readOwn(path.join(folder, CONFIGURATION_FILE)));
    return this.#own.get(folder);
  }
}

/** Mistakes in the text of a configuration file, for an editor that shows them. */
export function configurationProblems(text: string): readonly ConfigurationProblem[] {
  return readConfiguration(text, SCHEMA).problems;
}

function readOwn(file: string): OwnFile | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { configuration: {}, problems: [{ file, line: 1, column: 1, message: `It cannot be read: ${message}` }] };
  }
  const { configuration, problems } = readConfiguration(text, SCHEMA);
  const lines = new LineMap(text);
  return {
    configuration,
    problems: problems.map(({ message, range }) => {
      const { line, column } = lines.positionAt(range.start);
      return { file, line, column, message };
    }),
  };
}

function merge(outer: FolderConfiguration, own: Configuration, folder: string): FolderConfiguration {
  const { rules, thresholds, health, profiles, exclude, schemaFiles, postgresVersion } = own;
  const excludes = exclude?.length ? picomatch([...exclude], { dot: true }) : undefined;
  return {
    severities: rules ? mergeRules(outer.severities, rules, RULE_IDS) : outer.severities,
    thresholds: thresholds ? { ...outer.thresholds, ...thresholds } : outer.thresholds,
    profiles: profiles ? [...ownProfiles(profiles), ...outer.profiles] : outer.profiles,
    health: health ? mergeLimits(outer.health, health) : outer.health,
    ...(outer.serverVersion !== undefined && { serverVersion: outer.serverVersion }),
    ...(postgresVersion !== undefined && { serverVersion: versionNumber(postgresVersion) }),
    ...(outer.schemaFiles && { schemaFiles: outer.schemaFiles }),
    ...(schemaFiles && { schemaFiles: { folder, globs: schemaFiles } }),
    isExcluded: file =>
      outer.isExcluded(file) || (excludes?.(path.relative(folder, file).split(path.sep).join('/')) ?? false),
  };
}

/** One limit of a check may come from a folder above and the other from here. */
function mergeLimits(outer: LimitOverrides, own: LimitOverrides): LimitOverrides {
  const merged = Object.entries(own).map(([id, limits]) => [id, { ...outer[id], ...limits }] as const);
  return { ...outer, ...Object.fromEntries(merged) };
}

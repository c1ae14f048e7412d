import { HEALTH_LIMITS } from '../health/index';
import { SEVERITIES } from '../rules/finding';
import { DEFAULT_THRESHOLDS } from '../rules/thresholds';
import type { Thresholds } from '../rules/thresholds';
import { POSTGRES_VERSIONS } from './configuration';

/** The part of JSON Schema the configuration needs; the reader checks against it, and editors complete from it. */
export interface JsonSchema {
  readonly type: 'object' | 'array' | 'string' | 'boolean' | 'integer' | 'number';
  readonly description?: string;
  readonly markdownDescription?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** Of an object whose keys are free: what each value is. */
  readonly additionalProperties?: false | JsonSchema;
}

const THRESHOLD_WORDS: Readonly<Record<keyof Thresholds, string>> = {
  smallTableRows: 'Below this many rows a table is too small for an index or a rewrite to matter.',
  bigTableRows: 'From this many rows on a table is big: a lock, a rewrite or a full scan of it is felt.',
  deepOffsetRows: 'OFFSET from this many rows on is deep.',
  inListItems: 'IN lists with more items than this are long.',
  indexKeyColumns: 'Index keys with more columns than this are wide.',
  indexesPerTable: 'More indexes than this on one table are many.',
  joinedRelations: 'More joined relations than this are planned in pieces (join_collapse_limit).',
  singleRowInserts: 'Runs of at least this many single-row INSERTs are reported.',
};

const SEVERITY: JsonSchema = { type: 'string', enum: [...SEVERITIES, 'off'] };

/** Schema of `.query-tuner.json`; `rules` names every rule with its title. */
export function configurationSchema(rules: readonly { readonly id: string; readonly title: string }[]): JsonSchema {
  const groups = [...new Set(rules.map(({ id }) => id.slice(0, id.indexOf('/'))))];
  return {
    type: 'object',
    description: 'Configuration of Query Tuner, for the editor and for the command line alike.',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      root: { type: 'boolean', description: 'Do not read the configuration files of the folders above.' },
      postgresVersion: {
        type: 'integer',
        minimum: POSTGRES_VERSIONS.oldest,
        maximum: POSTGRES_VERSIONS.newest,
        description: 'Major version of the servers the SQL is for. A connected server says it itself.',
      },
      rules: {
        type: 'object',
        description:
          'Severity of rules, or off. A group is written "query/*"; a single rule counts more than its group.',
        additionalProperties: false,
        properties: Object.fromEntries([
          ...groups.map(group => [`${group}/*`, { ...SEVERITY, description: `All rules of ${group}.` }] as const),
          ...rules.map(({ id, title }) => [id, { ...SEVERITY, description: title }] as const),
        ]),
      },
      thresholds: {
        type: 'object',
        description: 'Numbers that rules compare with.',
        additionalProperties: false,
        properties: Object.fromEntries(
          (Object.keys(DEFAULT_THRESHOLDS) as (keyof Thresholds)[]).map(name => [
            name,
            {
              type: 'integer' as const,
              minimum: 0,
              default: DEFAULT_THRESHOLDS[name],
              description: THRESHOLD_WORDS[name],
            },
          ]),
        ),
      },
      exclude: {
        type: 'array',
        items: { type: 'string' },
        description: 'Globs of files that are not checked, relative to this file: "vendor/**".',
      },
      health: {
        type: 'object',
        description: 'From which value on a health check warns, and from which on it is critical.',
        additionalProperties: false,
        properties: Object.fromEntries(HEALTH_LIMITS.map(check => [check.id, limitsSchema(check)] as const)),
      },
      profiles: {
        type: 'array',
        description: 'Tuning profiles of your own, beside those that come with Query Tuner.',
        items: {
          type: 'object',
          additionalProperties: false,
          properties: {
            id: { type: 'string', description: 'Its name on the command line.' },
            title: { type: 'string', description: 'What it is for, in a few words.' },
            extends: { type: 'string', description: 'Id of a profile whose settings count where this one has none.' },
            settings: {
              type: 'object',
              description: 'Values by setting, as in postgresql.conf: "work_mem": "32MB".',
              additionalProperties: { type: 'string' },
            },
          },
        },
      },
      schemaFiles: {
        type: 'array',
        items: { type: 'string' },
        description:
          'Globs of the files that create the schema, in the order they run, relative to this file: "db/schema.sql".',
      },
    },
  };
}

function limitsSchema({ title, unit, limits }: (typeof HEALTH_LIMITS)[number]): JsonSchema {
  const limit = (words: string, value: number): JsonSchema => ({
    type: 'number',
    description: `${words}, in ${unit}.`,
    ...(Number.isFinite(value) && { default: value }),
  });
  const side = limits.worse === 'above' ? 'Above' : 'Below';
  return {
    type: 'object',
    description: title,
    additionalProperties: false,
    properties: {
      warning: limit(`${side} this it warns`, limits.warning),
      critical: limit(`${side} this it is critical`, limits.critical),
    },
  };
}

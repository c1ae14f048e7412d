import { advisePartitioning, type PartitionIt } from '../core/advisor/partitions/index';
import { choosePeriod } from '../core/advisor/partitions/chooseScheme';
import type { PartitionFacts, TableFacts } from '../core/advisor/partitions/partitionFacts';
import { growthAlong } from '../core/advisor/partitions/rowsPerPeriod';
import {
  PERIOD_INTERVALS,
  type KeyKind,
  type PartitionScheme,
  type PeriodUnit,
} from '../core/advisor/partitions/scheme';
import type { TableDefinition } from '../core/advisor/partitions/tableDefinition';
import { DEFAULT_THRESHOLDS } from '../core/advisor/partitions/thresholds';
import { loadGrammar } from '../core/sql/grammar';
import { quoteIdentifier, quoteQualified } from '../core/sql/identifiers';
import { plannedEntries } from '../core/workload/planningTexts';
import type { PostgresDatabase } from '../database/connect';
import { readPartitionFacts } from '../database/partitions/readPartitionFacts';
import { readStatStatements } from '../database/workload/readStatStatements';
import { readWorkloadFiles } from '../database/workload/readWorkloadFiles';
import { findFiles } from '../workspace/findFiles';
import { choose, positiveInteger, type Options } from './arguments';
import { UsageError } from './usage';

export interface ChosenScheme {
  readonly scheme: PartitionScheme;
  /** Why this one: sentences with figures, or that it was asked for. */
  readonly reasons: readonly string[];
  /** What will no longer hold, as far as a workload tells. */
  readonly losses: readonly string[];
}

/** Statements of pg_stat_statements that are weighed. */
const TOP = 50;
const HASH_PARTITIONS = 16;
const MOST_LIST_VALUES = 100;

const KEY_KINDS: Readonly<Record<string, KeyKind>> = {
  date: 'date',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
};

/** The partitioning that the options name; what they leave open, the advisor chooses by the workload and the data. */
export async function chooseScheme(
  database: PostgresDatabase,
  table: TableDefinition,
  options: Options,
): Promise<ChosenScheme> {
  const catalog = await database.readCatalog();
  const facts = await readPartitionFacts(database, catalog, { tables: [{ schema: table.schema, name: table.name }] });
  if (options.key !== undefined) return given(database, table, facts, options.key, options);
  if (options.method !== undefined) throw new UsageError('--method needs --key, the column to partition by.');
  const statements = await readStatements(database, options);
  const [advice] = advisePartitioning(facts, { statements, catalog });
  if (advice?.verdict !== 'partition') {
    const name = quoteQualified(table.schema, table.name);
    throw new UsageError(
      `partitioning ${name} is not advised: ${advice?.reasons.join('; ') ?? 'nothing is known of it'}. To do it all the same, name the column with --key.`,
    );
  }
  return { scheme: withInterval(advice, options), reasons: advice.reasons, losses: advice.losses };
}

function withInterval({ scheme }: PartitionIt, options: Options): PartitionScheme {
  return scheme.method === 'range' && options.interval !== undefined
    ? { ...scheme, period: periodOf(options) }
    : scheme;
}

async function readStatements(database: PostgresDatabase, options: Options) {
  if (options.workload === undefined && !options.statements)
    throw new UsageError(
      'partition needs --key COLUMN, or a workload to choose the column by: --workload FILE or --statements.',
    );
  const grammar = await loadGrammar();
  const top = positiveInteger('top', options.top, TOP);
  if (options.workload === undefined) {
    const { entries } = await readStatStatements(database, grammar, { by: 'total', top });
    return plannedEntries(grammar, entries);
  }
  const files = findFiles([options.workload], process.cwd());
  if (files.length === 0) throw new UsageError(`no files match ${options.workload}.`);
  const { entries } = await readWorkloadFiles(grammar, files, {
    database: database.settings.database,
    by: 'total',
    top,
  });
  return plannedEntries(grammar, entries);
}

async function given(
  database: PostgresDatabase,
  table: TableDefinition,
  facts: PartitionFacts,
  column: string,
  options: Options,
): Promise<ChosenScheme> {
  const method = choose('method', options.method, ['range', 'list', 'hash'], 'range');
  if (!table.columns.some(each => each.name === column))
    throw new UsageError(`${quoteQualified(table.schema, table.name)} has no column "${column}".`);
  const asked = { reasons: ['as asked for'], losses: [] };
  if (method === 'hash') {
    const modulus = positiveInteger('partitions', options.partitions, HASH_PARTITIONS);
    return { scheme: { method, column, modulus }, ...asked };
  }
  if (method === 'list')
    return { scheme: { method, column, values: await listValues(database, table, column) }, ...asked };
  const [own] = facts.tables;
  const keyKind =
    own?.keys.find(key => key.column === column)?.kind ??
    KEY_KINDS[(table.columns.find(each => each.name === column)?.type ?? '').replace(/\(\d\)/, '')];
  if (!keyKind)
    throw new UsageError(
      `the values of ${column} tell no time (date, timestamp, epoch, uuid of version 7), as far as its statistics say: run ANALYZE, or use --method list or hash.`,
    );
  const timeZone = options['time-zone'] ?? facts.timeZone;
  const { period, why } =
    options.interval === undefined ? ownPeriod(facts, own, column) : { period: periodOf(options), why: [] };
  return { scheme: { method, column, keyKind, period, timeZone }, reasons: [...asked.reasons, ...why], losses: [] };
}

function periodOf(options: Options): PeriodUnit {
  return choose('interval', options.interval, Object.keys(PERIOD_INTERVALS) as PeriodUnit[], 'month');
}

function ownPeriod(
  facts: PartitionFacts,
  table: TableFacts | undefined,
  column: string,
): { readonly period: PeriodUnit; readonly why: readonly string[] } {
  const key = table?.keys.find(each => each.column === column);
  const chosen =
    table && key
      ? choosePeriod(
          growthAlong(table, key, facts.now),
          (table.tableBytes + table.indexBytes) / Math.max(1, table.rows),
          undefined,
          DEFAULT_THRESHOLDS,
        )
      : undefined;
  if (!chosen) return { period: 'month', why: ['a month, because its statistics tell nothing better'] };
  const count = Math.round(chosen.rows).toLocaleString('en-US');
  return {
    period: chosen.period,
    why: [`a ${chosen.period} holds about ${count} rows (estimated from its histogram)`],
  };
}

async function listValues(database: PostgresDatabase, table: TableDefinition, column: string): Promise<string[]> {
  const key = quoteIdentifier(column);
  const rows = await database.query<{ value: string }>(
    `select distinct ${key}::text as value from ${quoteQualified(table.schema, table.name)} where ${key} is not null order by 1 limit ${MOST_LIST_VALUES + 1}`,
  );
  if (rows.length > MOST_LIST_VALUES)
    throw new UsageError(`${column} has more than ${MOST_LIST_VALUES} values; --method hash spreads them.`);
  return rows.map(({ value }) => value);
}

import { formatBytes, formatCount } from '../../base/units';
import { quoteIdentifier, quoteLiteral, quoteQualified } from '../../sql/identifiers';
import type { MigrationPlan, MigrationStep } from '../migration/migrationPlan';
import { versionAtLeast } from './extensionVersion';
import type { ContinuousAggregate } from './continuousAggregates';
import { columnarOptions } from './timescaleColumns';
import type { PartitionFacts, TableFacts } from './partitionFacts';
import { daysOf } from './retentionDeletes';
import { growthAlong } from './rowsPerPeriod';
import type { RangeScheme } from './scheme';
import { widenedKeys } from './widenedKeys';
import type { TableUse } from './keyUse';

export interface TimescaleRequest {
  readonly facts: PartitionFacts;
  readonly table: TableFacts;
  readonly scheme: RangeScheme;
  /** What the workload asks of the table: decides about segments and order of compressed chunks. */
  readonly uses: readonly TableUse[];
  readonly keep?: string;
  /** Chunks older than this are compressed; after two chunks unless given. */
  readonly compressAfter?: string;
  readonly aggregates?: readonly ContinuousAggregate[];
}

export type TimescalePlan =
  { readonly plan: MigrationPlan; readonly chunkInterval: string } | { readonly refusal: string };

/**
 * The share of memory that the newest chunk, its indexes included, is to take: TimescaleDB's documentation ("Change
 * hypertable chunk intervals") asks that the indexes of the chunks being written fit in a quarter of main memory.
 */
export const CHUNK_MEMORY_SHARE = 0.25;

/** Lengths that a chunk may have, in hours: what people can reckon with. */
const CHUNK_HOURS = [1, 2, 4, 6, 12, 24, 48, 7 * 24, 14 * 24, 28 * 24];
const DEFAULT_HOURS = 7 * 24;

/** Made with the API of the installed version: 2.13 brought by_range, 2.18 the columnstore. */
export function timescalePlan(request: TimescaleRequest): TimescalePlan {
  const { facts, table, scheme, keep } = request;
  const { relation } = table;
  const version = facts.extensions.find(({ name }) => name === 'timescaledb')?.version;
  if (version === undefined) return { refusal: 'the extension timescaledb is not installed in this database' };
  const refusal = refuse(table, scheme);
  if (refusal) return { refusal };
  const name = quoteQualified(relation.schema, relation.name);
  const text = quoteLiteral(name);
  const hours = chunkHours(request);
  const interval = intervalOf(hours);
  const length = `INTERVAL '${interval}'`;
  const hasRows = table.rows > 0;
  const migrate = hasRows ? ', migrate_data => true' : '';
  const column = quoteLiteral(scheme.column);
  return {
    chunkInterval: interval,
    plan: {
      id: `timescaledb-${relation.schema}.${relation.name}`,
      title: `Make ${name} a hypertable of TimescaleDB ${version}`,
      notes: notesOf(request, hours),
      steps: [
        ...widenedKeys(relation, scheme.column, 'a chunk'),
        {
          id: 'hypertable',
          title: `A hypertable with chunks of ${interval}`,
          explanation: hasRows
            ? `migrate_data moves all ${formatCount(Math.round(table.rows))} rows into chunks while it holds the lock. For a table that cannot be locked so long, make an empty hypertable beside it and copy in batches.`
            : 'The table is empty, nothing has to move.',
          sql: [
            versionAtLeast(version, 2, 13)
              ? `SELECT create_hypertable(${text}, by_range(${column}, ${length})${migrate}, if_not_exists => true)`
              : `SELECT create_hypertable(${text}, ${column}, chunk_time_interval => ${length}${migrate}, if_not_exists => true)`,
          ],
          inverse: [],
          runsInTransaction: true,
          locks: hasRows
            ? 'ACCESS EXCLUSIVE on the table until every row has moved: nobody reads or writes it.'
            : 'ACCESS EXCLUSIVE on the table, for a moment.',
          isDone: `SELECT EXISTS (SELECT FROM timescaledb_information.hypertables WHERE hypertable_schema = ${quoteLiteral(relation.schema)} AND hypertable_name = ${quoteLiteral(relation.name)})`,
          irreversible: 'a hypertable becomes a table again only by copying its rows into a new one',
        },
        ...columnarSteps(request, version, name, interval),
        ...retentionSteps(name, keep),
        ...(request.aggregates ?? []).flatMap(each => aggregateSteps(each, name, scheme)),
      ],
    },
  };
}

/** The longest chunk whose rows and indexes stay within a quarter of memory, at the rate rows come lately. */
function chunkHours(request: TimescaleRequest): number {
  const ingest = bytesPerDay(request);
  if (ingest === undefined) return DEFAULT_HOURS;
  const fitting = CHUNK_HOURS.filter(
    hours => (hours / 24) * ingest.bytes <= CHUNK_MEMORY_SHARE * request.facts.memoryBytes,
  );
  return fitting.at(-1) ?? CHUNK_HOURS[0]!;
}

/** How much comes a day: by the key's histogram, else by what the server counted; undefined if neither tells. */
function bytesPerDay({
  facts,
  table,
  scheme,
}: TimescaleRequest): { rows: number; bytes: number; from: string } | undefined {
  const key = table.keys.find(({ column }) => column === scheme.column);
  const growth = key && table.rows > 0 ? growthAlong(table, key, facts.now) : undefined;
  const rowBytes = (table.tableBytes + table.indexBytes) / Math.max(1, table.rows);
  const rows = growth && Math.max(growth.recentRows, growth.meanRows);
  if (rows) return { rows, bytes: rows * rowBytes, from: `estimated from the histogram of ${scheme.column}` };
  if (table.rows === 0 || !table.countedDays) return undefined;
  const counted = table.inserts / table.countedDays;
  return { rows: counted, bytes: counted * rowBytes, from: 'counted since the last reset of the counters' };
}

function intervalOf(hours: number): string {
  const [count, unit] = hours % 24 === 0 ? [hours / 24, 'day'] : [hours, 'hour'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function notesOf(request: TimescaleRequest, hours: number): string[] {
  const ingest = bytesPerDay(request);
  const memory = formatBytes(request.facts.memoryBytes);
  const length = ingest
    ? `${formatCount(Math.round(ingest.rows))} rows come a day (${ingest.from}): a chunk of ${intervalOf(hours)} takes about ${formatBytes((ingest.bytes * hours) / 24)}, and the chunks being written should fit in a quarter of ${memory} memory.`
    : `How many rows come is not known yet: chunks of ${intervalOf(hours)}, TimescaleDB's own default. Set it anew once rows have come (set_chunk_time_interval): the chunks being written should fit in a quarter of ${memory} memory.`;
  return [
    length,
    'A unique index or primary key of a hypertable must contain the time column.',
    'CREATE INDEX CONCURRENTLY is not possible on a hypertable; WITH (timescaledb.transaction_per_chunk) locks one chunk at a time instead.',
    'Foreign keys of other tables that refer to a hypertable are possible from 2.16 on.',
  ];
}

function refuse(table: TableFacts, { column, keyKind }: RangeScheme): string | undefined {
  if (table.relation.kind !== 'table') return `it is a ${table.relation.kind}: only a plain table becomes a hypertable`;
  if (keyKind.startsWith('epoch') || keyKind === 'uuid v7')
    return `${column} is no date or timestamp: chunks by ${keyKind} need set_integer_now_func or a version that takes uuid v7, and are not planned here`;
  return undefined;
}

function columnarSteps(request: TimescaleRequest, version: string, name: string, chunk: string): MigrationStep[] {
  const { table, uses, scheme } = request;
  const isNew = versionAtLeast(version, 2, 18);
  const { segmentBy, orderBy } = columnarOptions(table, uses, scheme.column);
  const after = request.compressAfter ?? doubled(chunk);
  const prefix = isNew ? 'timescaledb.' : 'timescaledb.compress_';
  const options = [
    isNew ? 'timescaledb.enable_columnstore = true' : 'timescaledb.compress = true',
    ...(segmentBy ? [`${prefix}segmentby = ${quoteLiteral(segmentBy)}`] : []),
    `${prefix}orderby = ${quoteLiteral(orderBy)}`,
  ];
  const add = isNew
    ? `CALL add_columnstore_policy(${quoteLiteral(name)}, after => INTERVAL '${after}', if_not_exists => true)`
    : `SELECT add_compression_policy(${quoteLiteral(name)}, INTERVAL '${after}', if_not_exists => true)`;
  const remove = isNew
    ? `CALL remove_columnstore_policy(${quoteLiteral(name)}, if_exists => true)`
    : `SELECT remove_compression_policy(${quoteLiteral(name)}, if_exists => true)`;
  return [
    {
      id: 'columnstore',
      title: `Chunks older than ${after} in columns`,
      explanation: segmentBy
        ? `Rows of one ${segmentBy} lie together, since the workload asks for one of them most often; within, in the order of ${orderBy}.`
        : `In the order of ${orderBy}; no column of few values is asked for often enough to lie together by.`,
      sql: [`ALTER TABLE ${name} SET (${options.join(', ')})`, add],
      inverse: [remove],
      runsInTransaction: true,
      locks: 'For a moment. Each chunk is locked against writes while it is converted.',
    },
  ];
}

function retentionSteps(name: string, keep: string | undefined): MigrationStep[] {
  if (keep === undefined) return [];
  return [
    {
      id: 'retention',
      title: `Drop chunks older than ${keep}`,
      explanation: 'A chunk is dropped as a whole: a file is deleted, nothing is left to vacuum.',
      sql: [
        `SELECT add_retention_policy(${quoteLiteral(name)}, drop_after => INTERVAL '${keep}', if_not_exists => true)`,
      ],
      inverse: [`SELECT remove_retention_policy(${quoteLiteral(name)}, if_exists => true)`],
      runsInTransaction: true,
      locks: 'None now; ACCESS EXCLUSIVE on a chunk while it is dropped.',
      irreversible: 'dropped chunks are gone',
    },
  ];
}

function aggregateSteps(
  aggregate: ContinuousAggregate,
  table: string,
  { column, keyKind }: RangeScheme,
): MigrationStep[] {
  const view = quoteQualified(aggregate.schema, aggregate.name);
  const zone = keyKind === 'timestamptz' && aggregate.timeZone ? `, ${quoteLiteral(aggregate.timeZone)}` : '';
  const bucket = `time_bucket(INTERVAL '${aggregate.bucket}', ${quoteIdentifier(column)}${zone})`;
  const groups = aggregate.groupBy.map(quoteIdentifier);
  return [
    {
      id: `aggregate-${aggregate.schema}.${aggregate.name}`,
      title: `Continuous aggregate ${view}`,
      explanation: 'Made empty; the policy fills it. It cannot be made in a transaction WITH DATA.',
      sql: [
        `CREATE MATERIALIZED VIEW IF NOT EXISTS ${view} WITH (timescaledb.continuous) AS
SELECT ${[`${bucket} AS bucket`, ...groups, ...aggregate.aggregates].join(', ')}
FROM ${table} GROUP BY ${['bucket', ...groups].join(', ')} WITH NO DATA`,
        `SELECT add_continuous_aggregate_policy(${quoteLiteral(view)}, start_offset => INTERVAL '${aggregate.refreshBack}', end_offset => INTERVAL '${aggregate.bucket}', schedule_interval => INTERVAL '${aggregate.bucket}', if_not_exists => true)`,
      ],
      inverse: [`DROP MATERIALIZED VIEW IF EXISTS ${view}`],
      runsInTransaction: true,
      locks: 'For a moment.',
    },
  ];
}

function doubled(interval: string): string {
  return intervalOf(Math.round(daysOf(interval) * 48) || Number.parseInt(interval, 10) * 2);
}

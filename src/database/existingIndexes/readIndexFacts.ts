import type {
  CounterFacts,
  ExistingIndex,
  ForeignKey,
  IndexedTable,
  IndexFacts,
} from '../../core/advisor/existingIndexes/indexFacts';
import type { CancelSignal } from '../../core/base/cancelSignal';
import type { Row } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import { FOREIGN_KEYS, indexesQuery, SERVER, TABLES } from './queries';

interface ServerRow extends Row {
  now: string;
  counted_since: string | null;
  started_at: string;
  is_standby: boolean;
  replicas: number | null;
  hidden_builds: number;
  pgstattuple: string | null;
}

interface TableRow extends Row {
  oid: number;
  schema: string;
  name: string;
  rows: number | null;
  pages: number;
  modified: number | null;
  index_writes: number | null;
  deletes: number | null;
  updates: number | null;
}

interface IndexRow extends Row {
  oid: number;
  schema: string;
  name: string;
  table_oid: number;
  method: string;
  is_unique: boolean;
  is_immediate: boolean;
  nulls_not_distinct: boolean;
  is_valid: boolean;
  is_ready: boolean;
  options: string[];
  is_replica_identity: boolean;
  is_clustered: boolean;
  is_partitioned: boolean;
  is_attached: boolean;
  constraint_name: string | null;
  referenced_by: number;
  extension: string | null;
  maybe_building: boolean;
  keys: string[];
  columns: (string | null)[];
  not_null: boolean[];
  classes: string[];
  collations: number[];
  sorting: number[];
  include: string[];
  predicate: string | null;
  definition: string;
  comment: string | null;
  bytes: number | null;
  tuples: number | null;
  scans: number | null;
  last_scan: string | null;
  made_at: string | null;
}

interface ForeignKeyRow extends Row {
  name: string;
  table_oid: number;
  referenced_oid: number;
  on_delete: string;
  is_partitioned: boolean;
  columns: string[];
}

/** Bits of `pg_index.indoption`. */
const DESCENDING = 1;
const NULLS_FIRST = 2;

const ON_DELETE: Readonly<Record<string, ForeignKey['onDelete']>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

/** Long enough for thousands of indexes. */
const TIMEOUT_MS = 60_000;
/** A table that somebody rewrites is left out; who begins meanwhile is not waited for long. */
const LOCK_TIMEOUT_MS = 2_000;

/**
 * What the server knows about its indexes, read in one snapshot and a fixed number of queries. Needs no rights beyond
 * connecting; what the role may not see is absent.
 * @throws DatabaseError; CancelledError once the signal has fired.
 */
export async function readIndexFacts(db: PostgresDatabase, signal?: CancelSignal): Promise<IndexFacts> {
  const begin = `begin isolation level repeatable read read only; set local statement_timeout = ${TIMEOUT_MS}; set local lock_timeout = ${LOCK_TIMEOUT_MS}`;
  return db.inTransaction(
    begin,
    async session => {
      const ask = <T extends Row>(sql: string): Promise<T[]> => session.query<T>(sql, [], signal ? { signal } : {});
      const [server] = await ask<ServerRow>(SERVER);
      const [commitTimes] = await ask<{ value: string }>(`select current_setting('track_commit_timestamp') as value`);
      const tables = new Map((await ask<TableRow>(TABLES)).map(row => [row.oid, row]));
      const indexes = await ask<IndexRow>(indexesQuery(db.serverVersion, commitTimes?.value === 'on'));
      const foreignKeys = await ask<ForeignKeyRow>(FOREIGN_KEYS);
      return {
        server: toServer(server!),
        indexes: indexes.flatMap(row => {
          const table = tables.get(row.table_oid);
          return table ? toIndex(row, toTable(table)) : [];
        }),
        foreignKeys: foreignKeys.flatMap(row => {
          const table = tables.get(row.table_oid);
          const referenced = tables.get(row.referenced_oid);
          return table && referenced ? toForeignKey(row, toTable(table), referenced) : [];
        }),
      };
    },
    signal,
  );
}

function toServer(row: ServerRow): CounterFacts {
  return {
    now: row.now,
    ...(row.counted_since !== null && { countedSince: row.counted_since }),
    startedAt: row.started_at,
    isStandby: row.is_standby,
    ...(row.replicas !== null && { replicas: row.replicas }),
    hiddenBuilds: row.hidden_builds,
    ...(row.pgstattuple !== null && { pgstattuple: row.pgstattuple }),
  };
}

function toTable(row: TableRow): IndexedTable {
  return {
    oid: row.oid,
    schema: row.schema,
    name: row.name,
    ...(row.rows !== null && { rows: row.rows }),
    pages: row.pages,
    ...(row.modified !== null && { modifiedSinceAnalyze: row.modified }),
    ...(row.index_writes !== null && { indexWrites: row.index_writes }),
  };
}

function toIndex(row: IndexRow, table: IndexedTable): ExistingIndex {
  return {
    oid: row.oid,
    schema: row.schema,
    name: row.name,
    table,
    method: row.method,
    keys: row.keys.map((text, i) => ({
      text,
      ...(typeof row.columns[i] === 'string' && { column: row.columns[i] }),
      operatorClass: row.classes[i] ?? '',
      ...(row.collations[i] ? { collation: String(row.collations[i]) } : {}),
      descending: ((row.sorting[i] ?? 0) & DESCENDING) !== 0,
      nullsFirst: ((row.sorting[i] ?? 0) & NULLS_FIRST) !== 0,
      notNull: row.not_null[i] ?? false,
    })),
    include: row.include,
    ...(row.predicate !== null && { predicate: row.predicate }),
    unique: row.is_unique,
    immediate: row.is_immediate,
    nullsNotDistinct: row.nulls_not_distinct,
    options: row.options,
    valid: row.is_valid,
    ready: row.is_ready,
    ...(row.constraint_name !== null && { constraint: row.constraint_name }),
    referencedBy: row.referenced_by,
    isReplicaIdentity: row.is_replica_identity,
    isClustered: row.is_clustered,
    isPartitioned: row.is_partitioned,
    isAttached: row.is_attached,
    ...(row.extension !== null && { extension: row.extension }),
    maybeBuilding: row.maybe_building,
    definition: row.definition,
    ...(row.comment !== null && { comment: row.comment }),
    ...(row.bytes !== null && { sizeBytes: row.bytes }),
    ...(row.tuples !== null && { tuples: row.tuples }),
    ...(row.scans !== null && { scans: row.scans }),
    ...(row.last_scan !== null && { lastScan: row.last_scan }),
    ...(row.made_at !== null && { madeAt: row.made_at }),
  };
}

function toForeignKey(row: ForeignKeyRow, table: IndexedTable, referenced: TableRow): ForeignKey {
  return {
    name: row.name,
    table,
    columns: row.columns,
    referenced: { schema: referenced.schema, name: referenced.name },
    onDelete: ON_DELETE[row.on_delete] ?? 'no action',
    ...(referenced.deletes !== null && { referencedDeletes: referenced.deletes }),
    ...(referenced.updates !== null && { referencedUpdates: referenced.updates }),
    isPartitioned: row.is_partitioned,
  };
}

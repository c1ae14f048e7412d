import type { PartitionFacts, TableFacts } from '../../core/advisor/partitions/partitionFacts';
import type { CancelSignal } from '../../core/base/cancelSignal';
import { BLOCK_BYTES } from '../../core/base/units';
import type { Catalog, Relation } from '../../core/catalog/catalog';
import type { Database, Row } from '../../core/ports';
import { isLocked, USER_SCHEMA } from '../catalog/shared';
import { readKeyFacts } from './readKeyFacts';

export interface PartitionFactsOptions {
  /** Memory of the machine; `effective_cache_size` stands for it unless given. */
  readonly memoryBytes?: number;
  /** Only these tables, however small; all with at least {@link LEAST_ROWS} rows unless given. */
  readonly tables?: readonly { readonly schema: string; readonly name: string }[];
  readonly signal?: CancelSignal;
}

/** A table of fewer rows is not asked about: no size of row makes it worth partitioning. */
export const LEAST_ROWS = 100_000;

interface ServerRow extends Row {
  now: number;
  cache_bytes: string;
  time_zone: string;
  counted_days: number | null;
}

interface SizeRow extends Row {
  schema: string;
  name: string;
  table_bytes: string;
  index_bytes: string;
  inserts: string;
  updates: string;
  deletes: string;
  referenced_by: { table: string; constraint: string; columns: string[] }[];
}

/** What decides about partitioning: sizes, growth and the histograms of time columns. Only reads. */
export async function readPartitionFacts(
  db: Database,
  catalog: Catalog,
  options: PartitionFactsOptions = {},
): Promise<PartitionFacts> {
  const { signal, memoryBytes } = options;
  const [server] = await db.query<ServerRow>(SERVER, [], signal);
  const relations = catalog.relations.filter(relation => isAskedFor(relation, options));
  const sizes = await db.query<SizeRow>(
    SIZES,
    [relations.map(({ schema }) => schema), relations.map(({ name }) => name)],
    signal,
  );
  const tables: TableFacts[] = [];
  for (const relation of relations) {
    const size = sizes.find(({ schema, name }) => schema === relation.schema && name === relation.name);
    // dropped since the catalog was read
    if (!size) continue;
    tables.push({
      relation,
      rows: Math.max(0, relation.rowEstimate ?? 0),
      tableBytes: Number(size.table_bytes),
      indexBytes: Number(size.index_bytes),
      inserts: Number(size.inserts),
      updates: Number(size.updates),
      deletes: Number(size.deletes),
      ...(typeof server!.counted_days === 'number' ? { countedDays: server!.counted_days } : {}),
      referencedBy: size.referenced_by,
      keys: relation.kind === 'table' ? await readKeyFacts(db, relation, signal) : [],
    });
  }
  return {
    serverVersion: db.serverVersion,
    memoryBytes: memoryBytes ?? Number(server!.cache_bytes),
    memorySource: memoryBytes === undefined ? 'effective_cache_size' : 'given',
    now: server!.now,
    timeZone: server!.time_zone,
    extensions: catalog.extensions,
    tables,
  };
}

function isAskedFor(
  { schema, name, kind, isPartition, rowEstimate }: Relation,
  options: PartitionFactsOptions,
): boolean {
  if (options.tables) return options.tables.some(table => table.schema === schema && table.name === name);
  return (kind === 'table' || kind === 'partitioned table') && !isPartition && (rowEstimate ?? 0) >= LEAST_ROWS;
}

const SERVER = `
select extract(epoch from now())::float8 as now,
  (select setting::int8 * ${BLOCK_BYTES} from pg_settings where name = 'effective_cache_size')::text as cache_bytes,
  current_setting('TimeZone') as time_zone,
  (select extract(epoch from now() - stats_reset)::float8 / 86400 from pg_stat_database
   where datname = current_database()) as counted_days`;

const SIZES = `
select n.nspname::text as schema, c.relname::text as name,
  case when ${isLocked('c.oid')} then c.relpages::int8 * ${BLOCK_BYTES} else pg_table_size(c.oid) end::text as table_bytes,
  case when ${isLocked('c.oid')} then 0 else pg_indexes_size(c.oid) end::text as index_bytes,
  pg_stat_get_tuples_inserted(c.oid)::text as inserts, pg_stat_get_tuples_updated(c.oid)::text as updates,
  pg_stat_get_tuples_deleted(c.oid)::text as deletes,
  (select coalesce(json_agg(json_build_object('table', k.conrelid::regclass::text, 'constraint', k.conname,
     'columns', (select json_agg(a.attname order by u.place) from unnest(k.confkey) with ordinality u (number, place)
                 join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number)) order by k.oid), '[]')
   from pg_constraint k where k.confrelid = c.oid and k.contype = 'f' and k.conparentid = 0) as referenced_by
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where ${USER_SCHEMA} and (n.nspname::text, c.relname::text) in (select * from unnest($1::text[], $2::text[]))`;

import type { CancelSignal } from '../core/base/cancelSignal';
import type {
  Catalog,
  Column,
  ColumnStatistics,
  Constraint,
  Index,
  Relation,
  RelationKind,
  TableActivity,
} from '../core/catalog/catalog';
import type { Row } from '../core/ports';
import type { Session } from './session';

const KINDS: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
};

const CONSTRAINT_KINDS: Readonly<Record<string, Constraint['kind']>> = {
  p: 'primary key',
  u: 'unique',
  f: 'foreign key',
  c: 'check',
  x: 'exclusion',
};

/**
 * True if somebody is rewriting the table. Its size, and expressions over its columns, would have to wait for them;
 * such a table is read without.
 */
const isLocked = (oid: string): string => `${oid} in (
    select l.relation from pg_locks l
    where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.granted and l.pid <> pg_backend_pid()
      and l.database = (select oid from pg_database where datname = current_database()))`;

/** Users' schemas: neither the system's own nor temporary ones. */
const USER_SCHEMA = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

/**
 * Reads the schema, its statistics and the settings in one round of eight queries, whatever the number of tables.
 * The session must be in a repeatable-read transaction, so that the parts fit together.
 */
export async function readCatalog(session: Session, serverVersion: number, signal?: CancelSignal): Promise<Catalog> {
  const ask = <T extends Row>(sql: string): Promise<T[]> => session.query<T>(sql, [], signal ? { signal } : {});
  const relations = await ask<RelationRow>(RELATIONS);
  const columns = groupByOid(await ask<ColumnRow>(COLUMNS));
  const statistics = groupByOid(await ask<StatisticsRow>(STATISTICS));
  const indexes = groupByOid(await ask<IndexRow>(INDEXES));
  const constraints = groupByOid(await ask<ConstraintRow>(CONSTRAINTS));
  const extensions = await ask<{ name: string; version: string }>(
    'select extname as name, extversion as version from pg_extension order by 1',
  );
  const settings = await ask<{ name: string; value: string }>(
    'select name, current_setting(name, true) as value from pg_settings',
  );
  const [path] = await ask<{ schemas: string[] }>('select current_schemas(false)::text[] as schemas');
  return {
    source: 'server',
    serverVersion,
    searchPath: path?.schemas ?? [],
    relations: relations.map(row => {
      const known = new Map((statistics.get(row.oid) ?? []).map(each => [each.name, toStatistics(each)]));
      return {
        ...toRelation(row, serverVersion),
        columns: (columns.get(row.oid) ?? []).map(each => toColumn(each, known.get(each.name))),
        indexes: (indexes.get(row.oid) ?? []).map(toIndex),
        constraints: (constraints.get(row.oid) ?? []).map(toConstraint),
      };
    }),
    extensions,
    settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
  };
}

interface RelationRow extends Row {
  oid: number;
  schema: string;
  name: string;
  kind: string;
  reltuples: number;
  pages: number;
  visible: number;
  bytes: number | null;
  partition: boolean;
  partition_key: string | null;
  activity: TableActivity | null;
}

const RELATIONS = `
  select c.oid::int8::float8 as oid, n.nspname as schema, c.relname as name, c.relkind::text as kind,
    c.reltuples::float8 as reltuples, c.relpages as pages, c.relallvisible as visible,
    case when c.relkind in ('r', 'm') and not (${isLocked('c.oid')})
      then pg_table_size(c.oid)::float8 end as bytes,
    c.relispartition as partition,
    case when c.relkind = 'p' and not (${isLocked('c.oid')}) then pg_get_partkeydef(c.oid) end as partition_key,
    case when s.relid is not null then json_build_object(
      'inserts', s.n_tup_ins, 'updates', s.n_tup_upd, 'hotUpdates', s.n_tup_hot_upd, 'deletes', s.n_tup_del,
      'sequentialScans', s.seq_scan, 'indexScans', coalesce(s.idx_scan, 0), 'deadRows', s.n_dead_tup,
      'modifiedSinceAnalyze', s.n_mod_since_analyze,
      'lastAnalyze', greatest(s.last_analyze, s.last_autoanalyze)) end as activity
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_stat_user_tables s on s.relid = c.oid and c.relkind in ('r', 'm')
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${USER_SCHEMA}
  order by n.nspname, c.relname`;

function toRelation(row: RelationRow, serverVersion: number): Omit<Relation, 'columns' | 'indexes' | 'constraints'> {
  const kind = KINDS[row.kind] ?? 'table';
  const isStored = kind === 'table' || kind === 'materialized view';
  // Before 14, a table never analysed had 0 rows in 0 pages; since then it has -1 rows.
  const isCounted = row.reltuples >= 0 && (serverVersion >= 140000 || row.pages > 0 || row.reltuples > 0);
  const activity = row.activity;
  return {
    oid: row.oid,
    schema: row.schema,
    name: row.name,
    kind,
    isPartition: row.partition,
    ...(kind !== 'view' && isCounted ? { rowEstimate: row.reltuples } : {}),
    ...(isStored ? { pages: row.pages, allVisiblePages: row.visible } : {}),
    ...(row.bytes === null ? {} : { sizeBytes: row.bytes }),
    ...(row.partition_key === null ? {} : { partitionKey: row.partition_key }),
    ...(activity ? { activity: withoutNulls(activity) } : {}),
  };
}

interface ColumnRow extends Row {
  oid: number;
  name: string;
  type: string;
  not_null: boolean;
  default_expression: string | null;
}

const COLUMNS = `
  select a.attrelid::int8::float8 as oid, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    a.attnotnull as not_null,
    case when d.oid is not null and not (${isLocked('c.oid')})
      then pg_get_expr(d.adbin, d.adrelid) end as default_expression
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f') and ${USER_SCHEMA}
  order by a.attrelid, a.attnum`;

function toColumn(row: ColumnRow, statistics: ColumnStatistics | undefined): Column {
  return {
    name: row.name,
    type: row.type,
    notNull: row.not_null,
    ...(row.default_expression === null ? {} : { defaultExpression: row.default_expression }),
    ...(statistics ? { statistics } : {}),
  };
}

interface StatisticsRow extends Row {
  oid: number;
  name: string;
  null_frac: number;
  avg_width: number;
  n_distinct: number;
  common: string[] | null;
  frequencies: number[] | null;
  bounds: string[] | null;
  correlation: number | null;
}

// A partitioned table has only statistics over its partitions ("inherited"); a parent in old-style inheritance has
// both, and its own rows come first.
const STATISTICS = `
  select distinct on (c.oid, s.attname) c.oid::int8::float8 as oid, s.attname as name,
    s.null_frac::float8 as null_frac, s.avg_width, s.n_distinct::float8 as n_distinct,
    s.most_common_vals::text::text[] as common, s.most_common_freqs::float8[] as frequencies,
    s.histogram_bounds::text::text[] as bounds, s.correlation::float8 as correlation
  from pg_stats s
  join pg_namespace n on n.nspname = s.schemaname
  join pg_class c on c.relnamespace = n.oid and c.relname = s.tablename
  where c.relkind in ('r', 'p', 'm', 'f') and ${USER_SCHEMA}
  order by c.oid, s.attname, s.inherited`;

function toStatistics(row: StatisticsRow): ColumnStatistics {
  return {
    nullFraction: row.null_frac,
    averageWidthBytes: row.avg_width,
    distinct: row.n_distinct,
    ...(row.common === null ? {} : { mostCommonValues: row.common.map(asText) }),
    ...(row.frequencies === null ? {} : { mostCommonFrequencies: row.frequencies }),
    ...(row.bounds === null ? {} : { histogramBounds: row.bounds.map(asText) }),
    ...(row.correlation === null ? {} : { correlation: row.correlation }),
  };
}

/** Values of array columns arrive as nested arrays. */
function asText(value: unknown): string {
  return Array.isArray(value) ? `{${value.map(asText).join(',')}}` : String(value);
}

interface IndexRow extends Row {
  oid: number;
  name: string;
  method: string;
  is_unique: boolean;
  is_primary: boolean;
  is_valid: boolean;
  keys: string[];
  include: string[];
  predicate: string | null;
  definition: string;
  bytes: number | null;
  scans: number | null;
}

// Indexes of a locked table over plain columns are told by the columns' names, without a definition; others are left out.
const INDEXES = `
  select i.indrelid::int8::float8 as oid, x.relname as name, m.amname as method, i.indisunique as is_unique,
    i.indisprimary as is_primary, i.indisvalid as is_valid,
    array(select case when ${isLocked('i.indrelid')} then quote_ident(a.attname)
        else pg_get_indexdef(i.indexrelid, k, true) end
      from generate_series(1, i.indnkeyatts) k
      left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k - 1] order by k) as keys,
    array(select quote_ident(a.attname) from generate_series(i.indnkeyatts + 1, i.indnatts) k
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k - 1] order by k) as include,
    pg_get_expr(i.indpred, i.indrelid, true) as predicate,
    case when ${isLocked('i.indrelid')} then '' else pg_get_indexdef(i.indexrelid) end as definition,
    case when x.relkind = 'i' and not (${isLocked('i.indrelid')}) and not (${isLocked('i.indexrelid')})
      then pg_relation_size(i.indexrelid)::float8 end as bytes,
    s.idx_scan::float8 as scans
  from pg_index i
  join pg_class x on x.oid = i.indexrelid
  join pg_am m on m.oid = x.relam
  join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_stat_user_indexes s on s.indexrelid = i.indexrelid
  where c.relkind in ('r', 'p', 'm') and ${USER_SCHEMA}
    and not ((i.indexprs is not null or i.indpred is not null) and ${isLocked('i.indrelid')})
  order by i.indrelid, x.relname`;

function toIndex(row: IndexRow): Index {
  return {
    name: row.name,
    method: row.method,
    unique: row.is_unique,
    primary: row.is_primary,
    valid: row.is_valid,
    keys: row.keys,
    include: row.include,
    ...(row.predicate === null ? {} : { predicate: row.predicate }),
    definition: row.definition,
    ...(row.bytes === null ? {} : { sizeBytes: row.bytes }),
    ...(row.scans === null ? {} : { scans: row.scans }),
  };
}

interface ConstraintRow extends Row {
  oid: number;
  name: string;
  kind: string;
  columns: string[];
  to_schema: string | null;
  to_relation: string | null;
  to_columns: string[];
  validated: boolean;
}

const CONSTRAINTS = `
  select k.conrelid::int8::float8 as oid, k.conname as name, k.contype::text as kind, k.convalidated as validated,
    array(select a.attname::text from unnest(k.conkey) with ordinality p(number, place)
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.number order by p.place) as columns,
    fn.nspname as to_schema, f.relname as to_relation,
    array(select a.attname::text from unnest(k.confkey) with ordinality p(number, place)
      join pg_attribute a on a.attrelid = k.confrelid and a.attnum = p.number order by p.place) as to_columns
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_class f on f.oid = k.confrelid
  left join pg_namespace fn on fn.oid = f.relnamespace
  where k.contype in ('p', 'u', 'f', 'c', 'x') and ${USER_SCHEMA}
  order by k.conrelid, k.conname`;

function toConstraint(row: ConstraintRow): Constraint {
  const { to_schema: schema, to_relation: relation, to_columns: columns } = row;
  return {
    name: row.name,
    kind: CONSTRAINT_KINDS[row.kind] ?? 'check',
    columns: row.columns,
    ...(schema !== null && relation !== null ? { references: { schema, relation, columns } } : {}),
    validated: row.validated,
  };
}

function groupByOid<T extends { oid: number }>(rows: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(row.oid);
    if (group) group.push(row);
    else groups.set(row.oid, [row]);
  }
  return groups;
}

function withoutNulls<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null)) as T;
}

import type { Column, ColumnStatistics } from '../../core/catalog/catalog';
import { isLocked, RELATION_KINDS, USER_SCHEMA, type OwnedRow } from './shared';

export interface ColumnRow extends OwnedRow {
  name: string;
  type: string;
  not_null: boolean;
  default_expression: string | null;
  generated: Column['generated'] | null;
  comment: string | null;
}

export const COLUMNS = `
  select a.attrelid::int8::float8 as oid, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
    a.attnotnull as not_null,
    case when d.oid is not null and not (${isLocked('c.oid')})
      then pg_get_expr(d.adbin, d.adrelid) end as default_expression,
    case when a.attidentity <> '' then 'identity' when a.attgenerated = 's' then 'stored'
      when a.attgenerated = 'v' then 'virtual' end as generated,
    o.description as comment
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  left join pg_description o
    on o.classoid = 'pg_class'::regclass and o.objoid = a.attrelid and o.objsubid = a.attnum
  where a.attnum > 0 and not a.attisdropped and c.relkind in ${RELATION_KINDS} and ${USER_SCHEMA}
  order by a.attrelid, a.attnum`;

export function toColumn(row: ColumnRow, statistics: ColumnStatistics | undefined): Column {
  return {
    name: row.name,
    type: row.type,
    notNull: row.not_null,
    ...(row.default_expression === null ? {} : { defaultExpression: row.default_expression }),
    ...(row.generated === null ? {} : { generated: row.generated }),
    ...(row.comment === null ? {} : { comment: row.comment }),
    ...(statistics ? { statistics } : {}),
  };
}

export interface StatisticsRow extends OwnedRow {
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
export const STATISTICS = `
  select distinct on (c.oid, s.attname) c.oid::int8::float8 as oid, s.attname as name,
    s.null_frac::float8 as null_frac, s.avg_width, s.n_distinct::float8 as n_distinct,
    s.most_common_vals::text::text[] as common, s.most_common_freqs::float8[] as frequencies,
    s.histogram_bounds::text::text[] as bounds, s.correlation::float8 as correlation
  from pg_stats s
  join pg_namespace n on n.nspname = s.schemaname
  join pg_class c on c.relnamespace = n.oid and c.relname = s.tablename
  where c.relkind in ('r', 'p', 'm', 'f') and ${USER_SCHEMA}
  order by c.oid, s.attname, s.inherited`;

export function toStatistics(row: StatisticsRow): ColumnStatistics {
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

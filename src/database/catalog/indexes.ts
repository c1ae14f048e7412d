import type { Index } from '../../core/catalog/catalog';
import { isLocked, USER_SCHEMA, type OwnedRow } from './shared';

export interface IndexRow extends OwnedRow {
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
export const INDEXES = `
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

export function toIndex(row: IndexRow): Index {
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

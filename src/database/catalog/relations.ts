import type { Relation, RelationKind, TableActivity } from '../../core/catalog/catalog';
import { isLocked, RELATION_KINDS, USER_SCHEMA, type OwnedRow } from './shared';

const KINDS: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
};

export interface RelationRow extends OwnedRow {
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
  query: string | null;
  parents: { schema: string; name: string }[] | null;
  options: string[] | null;
  unlogged: boolean;
  row_security: Relation['rowSecurity'];
  comment: string | null;
}

/** Printing a view takes a lock on each relation that it reads. */
const readsLocked = `exists (
    select from pg_rewrite w join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
    where w.ev_class = c.oid and d.refclassid = 'pg_class'::regclass and ${isLocked('d.refobjid')})`;

export const RELATIONS = `
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
      'lastAnalyze', greatest(s.last_analyze, s.last_autoanalyze)) end as activity,
    case when c.relkind in ('v', 'm') and not (${readsLocked}) then pg_get_viewdef(c.oid, true) end as query,
    (select json_agg(json_build_object('schema', pn.nspname, 'name', p.relname) order by h.inhseqno)
      from pg_inherits h join pg_class p on p.oid = h.inhparent join pg_namespace pn on pn.oid = p.relnamespace
      where h.inhrelid = c.oid) as parents,
    c.reloptions as options, c.relpersistence = 'u' as unlogged,
    case when c.relforcerowsecurity and c.relrowsecurity then 'forced' when c.relrowsecurity then 'on' else 'off' end
      as row_security,
    o.description as comment
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_stat_user_tables s on s.relid = c.oid and c.relkind in ('r', 'm')
  left join pg_description o on o.classoid = 'pg_class'::regclass and o.objoid = c.oid and o.objsubid = 0
  where c.relkind in ${RELATION_KINDS} and ${USER_SCHEMA}
  order by n.nspname, c.relname`;

/** The relation without what other queries tell. */
export function toRelation(
  row: RelationRow,
  serverVersion: number,
): Omit<Relation, 'columns' | 'indexes' | 'constraints'> {
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
    ...(row.query === null ? {} : { query: row.query.trim().replace(/;$/, '') }),
    ...(row.parents === null ? {} : { parents: row.parents }),
    ...(row.options === null ? {} : { options: toOptions(row.options) }),
    ...(row.unlogged ? { unlogged: true } : {}),
    ...(kind === 'table' || kind === 'partitioned table' ? { rowSecurity: row.row_security } : {}),
    ...(row.comment === null ? {} : { comment: row.comment }),
  };
}

/** `fillfactor=80` */
function toOptions(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(entries.map(entry => [entry.replace(/=.*$/s, ''), entry.replace(/^[^=]*=?/, '')]));
}

function withoutNulls<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null)) as T;
}

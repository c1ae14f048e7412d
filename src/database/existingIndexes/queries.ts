import { isLocked, USER_SCHEMA } from '../catalog/shared';

/** A counter of a table or an index, or its sum over the partitions of a partitioned one. */
const counter = (
  oid: string,
  isPartitioned: string,
  value: (oid: string) => string,
): string => `case when ${isPartitioned}
      then (select sum(${value('p.relid')}) from pg_partition_tree(${oid}) p where p.isleaf)
      else ${value(oid)} end::float8`;

const ofTable = (value: (oid: string) => string): string => counter('c.oid', `c.relkind = 'p'`, value);
const ofIndex = (value: (oid: string) => string): string => counter('i.indexrelid', `x.relkind = 'I'`, value);

/**
 * The server's clock and what its counters are worth. The counters of a database last through restarts; a crash or a
 * reset ends them. Where the database has no time of a reset (15 and later), that of the shared counters tells of a
 * crash.
 */
export const SERVER = `
  select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as now,
    to_char(coalesce(d.stats_reset, b.stats_reset) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as counted_since,
    to_char(pg_postmaster_start_time() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as started_at,
    pg_is_in_recovery() as is_standby,
    case when pg_has_role(current_user, 'pg_monitor', 'usage') or pg_has_role(current_user, 'pg_read_all_stats', 'usage')
      then (select count(*)::int from pg_stat_replication) end as replicas,
    (select count(*)::int from pg_stat_progress_create_index p
      where p.index_relid is null and p.datid = d.datid) as hidden_builds,
    (select n.nspname::text from pg_extension e join pg_namespace n on n.oid = e.extnamespace
      where e.extname = 'pgstattuple' and (pg_has_role(current_user, 'pg_stat_scan_tables', 'usage')
        or current_setting('is_superuser') = 'on')) as pgstattuple
  from pg_stat_database d, pg_stat_bgwriter b
  where d.datname = current_database()`;

/** Tables with indexes or foreign keys. */
export const TABLES = `
  select c.oid::int8::float8 as oid, n.nspname::text as schema, c.relname::text as name,
    case when c.relkind = 'p' then (select sum(greatest(l.reltuples, 0)) from pg_partition_tree(c.oid) p
        join pg_class l on l.oid = p.relid where p.isleaf)
      else nullif(greatest(c.reltuples, -1), -1) end::float8 as rows,
    case when c.relkind = 'p' then (select coalesce(sum(l.relpages), 0) from pg_partition_tree(c.oid) p
        join pg_class l on l.oid = p.relid where p.isleaf)
      else c.relpages end::float8 as pages,
    ${ofTable(oid => `pg_stat_get_mod_since_analyze(${oid})`)} as modified,
    ${ofTable(oid => `pg_stat_get_tuples_inserted(${oid}) + pg_stat_get_tuples_updated(${oid}) - pg_stat_get_tuples_hot_updated(${oid})`)} as index_writes,
    ${ofTable(oid => `pg_stat_get_tuples_deleted(${oid})`)} as deletes,
    ${ofTable(oid => `pg_stat_get_tuples_updated(${oid})`)} as updates
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and ${USER_SCHEMA}`;

const LAST_SCAN = `to_char((case when x.relkind = 'I'
      then (select max(pg_stat_get_lastscan(p.relid)) from pg_partition_tree(i.indexrelid) p where p.isleaf)
      else pg_stat_get_lastscan(i.indexrelid) end) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** NULLS NOT DISTINCT came with 15, the time of the last use with 16. */
export const indexesQuery = (version: number, hasCommitTimes: boolean): string => `
  select i.indexrelid::int8::float8 as oid, n.nspname::text as schema, x.relname::text as name,
    i.indrelid::int8::float8 as table_oid, m.amname::text as method,
    i.indisunique as is_unique, i.indimmediate as is_immediate,
    ${version >= 150000 ? 'i.indnullsnotdistinct' : 'false'} as nulls_not_distinct,
    i.indisvalid as is_valid, i.indisready as is_ready, coalesce(x.reloptions, '{}') as options,
    i.indisreplident and c.relreplident = 'i' as is_replica_identity, i.indisclustered as is_clustered,
    x.relkind = 'I' as is_partitioned, x.relispartition as is_attached,
    (select k.conname::text from pg_constraint k
      where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x') limit 1) as constraint_name,
    (select count(*)::int from pg_constraint k where k.conindid = i.indexrelid and k.contype = 'f') as referenced_by,
    (select e.extname::text from pg_depend d join pg_extension e on e.oid = d.refobjid
      where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.deptype = 'e' limit 1) as extension,
    not i.indisvalid and (
      exists (select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid)
      or exists (select from pg_locks l where l.locktype = 'relation' and l.relation = i.indrelid and l.granted
        and l.database = (select oid from pg_database where datname = current_database())
        and l.mode = 'ShareUpdateExclusiveLock' and l.pid <> pg_backend_pid())) as maybe_building,
    array(select case when ${isLocked('i.indrelid')} then quote_ident(a.attname)
        else pg_get_indexdef(i.indexrelid, k, true) end
      from generate_series(1, i.indnkeyatts) k
      left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k - 1] order by k) as keys,
    array(select a.attname::text from generate_series(1, i.indnkeyatts) k
      left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = nullif(i.indkey[k - 1], 0) order by k) as columns,
    array(select coalesce(a.attnotnull, false) from generate_series(1, i.indnkeyatts) k
      left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = nullif(i.indkey[k - 1], 0) order by k) as not_null,
    array(select o.opcname || coalesce(' ' || a.attoptions::text, '') || ' ' || o.oid
      from generate_series(1, i.indnkeyatts) k join pg_opclass o on o.oid = i.indclass[k - 1]
      left join pg_attribute a on a.attrelid = i.indexrelid and a.attnum = k order by k) as classes,
    array(select (i.indcollation[k - 1])::int8::float8 from generate_series(1, i.indnkeyatts) k order by k) as collations,
    array(select (i.indoption[k - 1])::int from generate_series(1, i.indnkeyatts) k order by k) as sorting,
    array(select a.attname::text from generate_series(i.indnkeyatts + 1, i.indnatts) k
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[k - 1] order by k) as include,
    pg_get_expr(i.indpred, i.indrelid, true) as predicate,
    pg_get_indexdef(i.indexrelid) as definition,
    obj_description(i.indexrelid, 'pg_class') as comment,
    ${ofIndex(oid => `pg_relation_size(${oid})`)} as bytes,
    nullif(x.reltuples, -1)::float8 as tuples,
    ${ofIndex(oid => `pg_stat_get_numscans(${oid})`)} as scans,
    ${version >= 160000 ? LAST_SCAN : 'null::text'} as last_scan,
    ${
      hasCommitTimes
        ? `to_char(pg_xact_commit_timestamp(i.xmin) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
        : 'null::text'
    } as made_at
  from pg_index i
  join pg_class x on x.oid = i.indexrelid
  join pg_namespace n on n.oid = x.relnamespace
  join pg_am m on m.oid = x.relam
  join pg_class c on c.oid = i.indrelid
  where c.relkind in ('r', 'p', 'm') and ${USER_SCHEMA} and i.indislive
    and not (${isLocked('i.indrelid')}) and not (${isLocked('i.indexrelid')})
  order by i.indexrelid`;

/** Those that partitions inherit are left out: they are told of once, at the top. */
export const FOREIGN_KEYS = `
  select k.conname::text as name, k.conrelid::int8::float8 as table_oid, k.confrelid::int8::float8 as referenced_oid,
    k.confdeltype::text as on_delete, c.relkind = 'p' as is_partitioned,
    array(select a.attname::text from unnest(k.conkey) with ordinality p(number, place)
      join pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.number order by p.place) as columns
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  where k.contype = 'f' and k.conparentid = 0 and ${USER_SCHEMA}
  order by k.conrelid, k.conname`;

/** Queries behind a maintenance plan. Names come out qualified and quoted, whatever the search path. */

const NAME = "format('%I.%I', n.nspname, c.relname)";
const OF_USERS = `n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
    and n.nspname not like '\\_timescaledb%'
    and not exists (select from pg_catalog.pg_depend x where x.classid = 'pg_catalog.pg_class'::regclass
      and x.objid = c.oid and x.deptype = 'e')`;

export const SERVER = `
  select current_database()::text as database, current_setting('server_version_num')::int as "serverVersion",
    pg_catalog.pg_is_in_recovery() as "isStandby",
    extract(epoch from clock_timestamp() - coalesce((select stats_reset from pg_catalog.pg_stat_database
      where datname = current_database()), pg_catalog.pg_postmaster_start_time()))::float8 / 86400 as "countedDays",
    current_setting('autovacuum_freeze_max_age')::float8 as "freezeMaxAge",
    current_setting('autovacuum') = 'on' and current_setting('track_counts') = 'on' as autovacuum,
    (select extversion from pg_catalog.pg_extension where extname = 'pg_cron') as "cronVersion",
    (select quote_ident(n.nspname) from pg_catalog.pg_extension e
      join pg_catalog.pg_namespace n on n.oid = e.extnamespace where extname = 'pg_partman') as "partmanSchema"`;

const OPTION = (name: string, otherwise: string): string =>
  `coalesce((select option_value from pg_catalog.pg_options_to_table(c.reloptions) where option_name = '${name}'), ${otherwise})`;
const SETTING = (name: string): string => `${OPTION(name, `current_setting('${name}')`)}::float8`;

/** PostgreSQL's own formula of the dead rows autovacuum waits for (manual, 25.1.6), capped from 18 on. */
function vacuumThreshold(serverVersion: number): string {
  const scaled = `${SETTING('autovacuum_vacuum_threshold')} + ${SETTING('autovacuum_vacuum_scale_factor')} * greatest(c.reltuples, 0)`;
  return serverVersion >= 180000
    ? `least(${scaled}, nullif(${SETTING('autovacuum_vacuum_max_threshold')}, -1))`
    : scaled;
}

/** Tables that store rows, the largest first. */
export function tablesQuery(serverVersion: number): string {
  return `
  select ${NAME} as name, (c.relpages::float8 * current_setting('block_size')::int) as bytes,
    coalesce(s.n_live_tup, 0)::float8 as "liveRows", coalesce(s.n_dead_tup, 0)::float8 as "deadRows",
    coalesce(s.n_mod_since_analyze, 0)::float8 as "changedSinceAnalyze",
    exists (select from pg_catalog.pg_statistic st where st.starelid = c.oid) as analyzed,
    coalesce(s.n_tup_ins, 0)::float8 as inserts, coalesce(s.n_tup_upd + s.n_tup_del, 0)::float8 as rewrites,
    (${vacuumThreshold(serverVersion)})::float8 as "vacuumThreshold",
    extract(epoch from clock_timestamp() - greatest(s.last_vacuum, s.last_autovacuum))::float8 / 3600 as "hoursSinceVacuum",
    ${OPTION('autovacuum_enabled', `'on'`)}::bool as autovacuum,
    ${OPTION('autovacuum_vacuum_scale_factor', 'null')} is not null as "ownScaleFactor",
    pg_catalog.age(c.relfrozenxid)::float8 as age
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_stat_user_tables s on s.relid = c.oid
  where c.relkind = 'r' and c.relpersistence <> 't' and ${OF_USERS}
  order by c.relpages desc, 1`;
}

/** Partitioned tables with what their partitions hold in all. */
export const PARTITIONED = `
  select ${NAME} as name, n.nspname || '.' || c.relname as "plainName", not c.relispartition as "isRoot",
    case p.partstrat when 'r' then 'range' when 'l' then 'list' else 'hash' end as strategy,
    n.nspname::text as schema, c.relname::text as relation,
    (select count(*) from pg_catalog.pg_inherits i where i.inhparent = c.oid)::int as partitions,
    p.partdefid <> 0 as "hasDefault",
    coalesce((select n_live_tup from pg_catalog.pg_stat_user_tables where relid = p.partdefid), 0)::float8 as "defaultRows",
    extract(epoch from clock_timestamp() - greatest(s.last_analyze, s.last_autoanalyze))::float8 / 3600 as "hoursSinceAnalyze",
    coalesce(l.rows, 0)::float8 as rows, coalesce(l.changes, 0)::float8 as changes
  from pg_catalog.pg_partitioned_table p
  join pg_catalog.pg_class c on c.oid = p.partrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  left join pg_catalog.pg_stat_user_tables s on s.relid = c.oid
  left join lateral (
    select sum(u.n_live_tup) as rows, sum(u.n_tup_ins + u.n_tup_upd + u.n_tup_del) as changes
    from pg_catalog.pg_partition_tree(c.oid) t join pg_catalog.pg_stat_user_tables u on u.relid = t.relid
    where t.isleaf
  ) l on true
  where ${OF_USERS} order by 1`;

/** Procedures without parameters that must be given. */
export const PROCEDURES = `
  select n.nspname::text as schema, p.proname::text as name
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where p.prokind = 'p' and p.pronargs = p.pronargdefaults and n.nspname not like 'pg\\_%'`;

/** Materialized views; whoever reads others, directly or through views, reads more of them than those do. */
export const MATERIALIZED_VIEWS = `
  with recursive direct (view, source) as (
    select distinct r.ev_class, d.refobjid
    from pg_catalog.pg_rewrite r
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
      and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> r.ev_class
    join pg_catalog.pg_class c on c.oid = d.refobjid and c.relkind in ('v', 'm')
  ), reads (view, source) as (
    select view, source from direct
    union
    select reads.view, direct.source from reads join direct on direct.view = reads.source
  )
  select ${NAME} as name, pg_catalog.pg_relation_size(c.oid)::float8 as bytes, c.relispopulated as populated,
    exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisunique and i.indisvalid
      and i.indimmediate and i.indpred is null and i.indexprs is null) as "hasUniqueIndex"
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'm' and ${OF_USERS}
  order by (select count(*) from reads r join pg_catalog.pg_class s on s.oid = r.source and s.relkind = 'm'
    where r.view = c.oid), 1`;

export const FOREIGN_TABLES = `
  select ${NAME} as name
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'f' and ${OF_USERS} order by 1`;

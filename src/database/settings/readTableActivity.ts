import {
  STORAGE_PARAMETERS,
  type AutovacuumDefaults,
  type TableActivity,
} from '../../core/profiles/tables/tableActivity';
import type { PostgresDatabase } from '../connect';

/** Tables are many in some databases; those with the most changed rows are looked at. */
const MOST_TABLES = 500;

interface ActivityRow extends Omit<TableActivity, 'parameters'> {
  readonly options: readonly string[] | null;
  readonly [column: string]: unknown;
}

/** What was counted of the tables of this database, those with most changes first. Partitioned ones stand for themselves. */
export async function readTableActivity(database: PostgresDatabase): Promise<TableActivity[]> {
  const newPages = database.serverVersion >= 160000 ? 's.n_tup_newpage_upd::float8' : 'null::float8';
  const rows = await database.query<ActivityRow>(
    `select n.nspname::text as schema, c.relname::text as table, c.relkind as kind,
       case when c.reltuples > 0 then c.reltuples else coalesce(s.n_live_tup, 0) end::float8 as rows,
       (c.relpages::float8 * current_setting('block_size')::int) as bytes,
       coalesce(s.n_dead_tup, 0)::float8 as "deadRows", coalesce(s.n_tup_ins, 0)::float8 as inserts,
       coalesce(s.n_tup_upd, 0)::float8 as updates, coalesce(s.n_tup_del, 0)::float8 as deletes,
       coalesce(s.n_tup_hot_upd, 0)::float8 as "hotUpdates", ${newPages} as "newPageUpdates",
       coalesce(s.autovacuum_count, 0)::float8 as autovacuums,
       (extract(epoch from now() - d.stats_reset) / 86400)::float8 as days, c.reloptions as options
     from pg_catalog.pg_class c
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     left join pg_catalog.pg_stat_all_tables s on s.relid = c.oid
     left join pg_catalog.pg_stat_database d on d.datname = current_database()
     where c.relkind in ('r', 'm', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
       and n.nspname not like 'pg\\_toast%' and n.nspname not like 'pg\\_temp%'
     order by coalesce(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, 0) desc, 1, 2 limit ${MOST_TABLES}`,
  );
  return rows.map(({ options, ...row }) => ({
    ...row,
    parameters: Object.fromEntries(
      (options ?? []).map(option => [option.slice(0, option.indexOf('=')), option.slice(option.indexOf('=') + 1)]),
    ),
  }));
}

/** What counts for tables without parameters of their own. */
export async function readAutovacuumDefaults(database: PostgresDatabase): Promise<AutovacuumDefaults> {
  const rows = await database.query<{ name: string; value: string }>(
    'select name, setting as value from pg_catalog.pg_settings where name = any ($1)',
    [STORAGE_PARAMETERS],
  );
  const values = new Map(rows.map(({ name, value }) => [name, Number(value)]));
  // fillfactor is no setting; a table is filled entirely unless it says otherwise (manual, CREATE TABLE)
  return Object.fromEntries(STORAGE_PARAMETERS.map(name => [name, values.get(name) ?? 100])) as AutovacuumDefaults;
}

import {
  CHECKLIST_ITEMS,
  evaluateChecklist,
  type ChecklistFacts,
  type ChecklistResult,
} from '../../core/health/checklist/index';
import type { HealthResult, HealthServer } from '../../core/health/check';
import type { CancelSignal } from '../../core/base/cancelSignal';
import { DatabaseError, type Row } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import { readMachine } from '../settings/readMachine';

/** What the results of health checks do not tell. */
type ServerRow = Row &
  Omit<ChecklistFacts, 'ramBytes' | 'sessions' | 'isPooled' | 'cron' | 'hypertables' | 'checks'> & {
    readonly clients: number;
    readonly idle: number;
    readonly hasCron: boolean;
    readonly hasTimescale: boolean;
  };

/** Names that monitoring systems give to their own sessions. */
const MONITORS =
  'exporter|prometheus|grafana|datadog|zabbix|pgwatch|telegraf|pganalyze|pgmonitor|new ?relic|checkmk|check_postgres';

const OF_USERS = `n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%' and n.nspname not like '\\_timescaledb%'`;

const SERVER = `
  with settings as (
    select pg_catalog.pg_size_bytes(current_setting('shared_buffers'))::float8 as shared,
      pg_catalog.pg_size_bytes(current_setting('effective_cache_size'))::float8 as cache,
      pg_catalog.pg_size_bytes(current_setting('work_mem'))::float8 as work
  ), relations as (
    select c.oid, format('%I.%I', n.nspname, c.relname) as name, c.relkind, c.relispartition,
      c.relpages::float8 * current_setting('block_size')::int as bytes
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'm') and ${OF_USERS}
  )
  select shared as "sharedBuffersBytes", cache as "effectiveCacheBytes", work as "workMemBytes",
    current_setting('hash_mem_multiplier')::float8 as "hashMemMultiplier",
    current_setting('max_connections')::int as "maxConnections",
    (select count(*) from pg_catalog.pg_stat_activity where backend_type = 'client backend')::int as clients,
    (select count(*) from pg_catalog.pg_stat_activity where backend_type = 'client backend' and state = 'idle')::int as idle,
    (select coalesce(array_agg(distinct application_name), '{}') from pg_catalog.pg_stat_activity
      where application_name ~* '${MONITORS}') as monitors,
    (select coalesce(json_agg(json_build_object('name', name, 'bytes', bytes) order by bytes desc), '[]')
      from relations where relkind = 'r' and not relispartition and bytes >= cache) as "largeTables",
    (select count(*) from relations where relkind = 'p' and not relispartition)::int as "partitionedTables",
    (select count(*) from relations where relkind = 'm')::int as "materializedViews",
    (select coalesce(json_agg(name order by name), '[]') from relations r where relkind = 'm' and not exists (
      select from pg_catalog.pg_index i where i.indrelid = r.oid and i.indisunique and i.indisvalid and i.indimmediate
        and i.indpred is null and i.indexprs is null)) as "lockingViews",
    exists (select from pg_catalog.pg_extension where extname = 'pg_cron') as "hasCron",
    exists (select from pg_catalog.pg_extension where extname = 'timescaledb') as "hasTimescale"
  from settings`;

const CRON = `
  select (select count(*) from cron.job where database = current_database())::int as jobs,
    (select count(*) from cron.job_run_details where status = 'failed' and end_time > now() - interval '7 days')::int as failed`;

const HYPERTABLES = `
  select count(*)::int as "all", count(*) filter (where compression_enabled)::int as compressed
  from timescaledb_information.hypertables`;

/**
 * The dairy guide's checklist, evaluated on one server. Reads only.
 * @param health what the health checks said, those on indexes included; items whose checks are missing cannot be seen.
 * @throws DatabaseError; CancelledError once the signal has fired.
 */
export async function readChecklist(
  db: PostgresDatabase,
  health: { readonly server: HealthServer; readonly results: readonly HealthResult[] },
  signal?: CancelSignal,
): Promise<ChecklistResult[]> {
  const [row] = await db.query<ServerRow>(SERVER, [], signal);
  if (!row) throw new Error('the server said nothing of itself');
  const { clients, idle, hasCron, hasTimescale, ...facts } = row;
  const { ramBytes } = await readMachine(db);
  return evaluateChecklist(CHECKLIST_ITEMS, {
    ...facts,
    ...(ramBytes !== undefined && { ramBytes }),
    sessions: health.server.seesAllStatistics ? { clients, idle } : null,
    isPooled: await db.withSession(async session => session.isPooled, signal),
    cron: hasCron ? await ifAllowed(() => first<{ jobs: number; failed: number }>(db, CRON, signal)) : null,
    hypertables: hasTimescale
      ? await ifAllowed(() => first<{ all: number; compressed: number }>(db, HYPERTABLES, signal))
      : null,
    checks: new Map(health.results.map(result => [result.id, result])),
  });
}

async function first<T extends Row>(db: PostgresDatabase, sql: string, signal?: CancelSignal): Promise<T | null> {
  return (await db.query<T>(sql, [], signal))[0] ?? null;
}

/** Null where this role may not look, or where another version of the extension has other views. */
async function ifAllowed<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DatabaseError && (error.kind === 'permission' || error.kind === 'sql')) return null;
    throw error;
  }
}

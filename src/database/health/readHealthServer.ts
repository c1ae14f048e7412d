import type { CancelSignal } from '../../core/base/cancelSignal';
import type { HealthServer } from '../../core/health/check';
import type { Row } from '../../core/ports';
import type { Session } from '../session';

interface ServerRow extends Row {
  version: number;
  is_standby: boolean;
  sees_all: boolean;
  counted_seconds: number;
  schema: string | null;
  extension_version: string | null;
  libraries: string | null;
  at: string;
}

/** The facts that the checks' queries depend on, and the server's clock as ISO 8601. */
export async function readHealthServer(
  session: Session,
  signal?: CancelSignal,
): Promise<{ readonly server: HealthServer; readonly at: string }> {
  const [row] = await session.query<ServerRow>(
    `select current_setting('server_version_num')::int as version, pg_catalog.pg_is_in_recovery() as is_standby,
       pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') as sees_all,
       extract(epoch from clock_timestamp() - coalesce((select stats_reset from pg_catalog.pg_stat_database
         where datname = current_database()), pg_catalog.pg_postmaster_start_time()))::float8 as counted_seconds,
       n.nspname::text as schema, e.extversion as extension_version,
       -- An ordinary role may not see this setting: null instead of an error.
       (select setting from pg_catalog.pg_settings where name = 'shared_preload_libraries') as libraries,
       to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at
     from (select) one
     left join pg_catalog.pg_extension e on e.extname = 'pg_stat_statements'
     left join pg_catalog.pg_namespace n on n.oid = e.extnamespace`,
    [],
    signal ? { signal } : {},
  );
  if (!row) throw new Error('the server said nothing of itself');
  const { schema, extension_version: version, libraries } = row;
  return {
    at: row.at,
    server: {
      version: row.version,
      isStandby: row.is_standby,
      seesAllStatistics: row.sees_all,
      countedSeconds: row.counted_seconds,
      ...(schema !== null && version !== null && { statStatements: { schema, version } }),
      ...(libraries !== null && { statStatementsLoaded: /\bpg_stat_statements\b/.test(libraries) }),
    },
  };
}

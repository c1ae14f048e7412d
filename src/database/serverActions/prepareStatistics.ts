import type { PreparedAction } from '../../core/health/preparedAction';
import type { CancelSignal } from '../../core/base/cancelSignal';
import { quoteIdentifier } from '../../core/sql/identifiers';
import { DatabaseError } from '../../core/ports';
import type { PostgresDatabase } from '../connect';
import type { ActionServer } from './prepareAction';

const NOT_UNDONE = 'This cannot be undone.';

/** Setting counters back to nothing: what else reads them is told. */
export async function prepareReset(
  db: PostgresDatabase,
  target: string,
  { role }: ActionServer,
  signal: CancelSignal | undefined,
): Promise<PreparedAction> {
  if (target === 'statements') return prepareStatementsReset(db, role, signal);
  if (target !== 'database') throw new DatabaseError('unsupported', `there are no statistics called ${target}`);
  const [row] = await db.query<{ may: boolean; name: string }>(
    `select pg_catalog.has_function_privilege('pg_catalog.pg_stat_reset()', 'EXECUTE') as may,
       current_database()::text as name`,
    [],
    signal,
  );
  return {
    title: `Reset the counters of the database ${row?.name ?? ''}`,
    sql: ['SELECT pg_catalog.pg_stat_reset()'],
    notes: [
      'Autovacuum goes by the same counters: until tables are changed anew it knows of no dead and no changed rows. ' +
        'Run VACUUM (ANALYZE) on tables that are changed much.',
      'Who else reads them starts anew: the review of unused indexes, cache hit ratios, and every monitoring that takes ' +
        'differences of counters (exporters, dashboards, alerts).',
      NOT_UNDONE,
    ],
    ...(!row?.may && {
      refusal: `${role} may not: a superuser may, or a role that was granted EXECUTE on pg_stat_reset()`,
    }),
  };
}

async function prepareStatementsReset(
  db: PostgresDatabase,
  role: string,
  signal: CancelSignal | undefined,
): Promise<PreparedAction> {
  const [row] = await db.query<{ may: boolean; schema: string }>(
    `select bool_or(pg_catalog.has_function_privilege(p.oid, 'EXECUTE')) as may, n.nspname::text as schema
     from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
       join pg_catalog.pg_proc p on p.pronamespace = n.oid and p.proname = 'pg_stat_statements_reset'
     where e.extname = 'pg_stat_statements' group by n.nspname`,
    [],
    signal,
  );
  const sql = `SELECT ${quoteIdentifier(row?.schema ?? 'public')}.pg_stat_statements_reset()`;
  return {
    title: 'Reset pg_stat_statements',
    sql: [sql],
    notes: [
      'Forgets what every statement of every database on this server has taken, also those of other roles.',
      'Who else reads it starts anew: slow statements here, advice for the workload, exporters and dashboards.',
      NOT_UNDONE,
    ],
    ...(!row && { refusal: 'the extension pg_stat_statements is not in this database' }),
    ...(row && !row.may && { refusal: `${role} may not: a superuser may, or a role that was granted EXECUTE on it` }),
  };
}

interface EnableRow {
  readonly [column: string]: unknown;
  readonly installed: boolean;
  readonly available: boolean;
  readonly libraries: string | null;
  readonly is_managed_admin: boolean;
}

/** CREATE EXTENSION where its library is loaded; else the setting that loads it, which takes a restart. */
export async function prepareEnable(
  db: PostgresDatabase,
  { role, is_superuser }: ActionServer,
  signal: CancelSignal | undefined,
): Promise<PreparedAction> {
  const [row] = await db.query<EnableRow>(
    `select exists (select from pg_catalog.pg_extension where extname = 'pg_stat_statements') as installed,
       exists (select from pg_catalog.pg_available_extensions where name = 'pg_stat_statements') as available,
       -- Ordinary roles may not see it: null.
       (select setting from pg_catalog.pg_settings where name = 'shared_preload_libraries') as libraries,
       exists (select from pg_catalog.pg_roles where rolname in ('rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin')
         and pg_catalog.pg_has_role(oid, 'USAGE')) as is_managed_admin`,
    [],
    signal,
  );
  const isLoaded = typeof row?.libraries !== 'string' ? undefined : /\bpg_stat_statements\b/.test(row.libraries);
  const create = 'CREATE EXTENSION pg_stat_statements';
  const base = { title: 'Enable pg_stat_statements', sql: [create] };
  if (!row?.available) {
    return {
      ...base,
      notes: [],
      refusal: 'the server has no files of it: install the contrib package of this PostgreSQL',
    };
  }
  if (isLoaded === false) return { ...base, notes: [], ...loadFirst(row.libraries ?? '', row.installed) };
  if (row.installed) return { ...base, notes: [], refusal: 'the extension is in this database already' };
  return {
    ...base,
    notes: [
      'Makes a view and functions in this database; what each statement takes is counted already, because the library is loaded.',
      'Undo drops the extension again. The library stays loaded.',
    ],
    ...(!is_superuser &&
      !row.is_managed_admin && {
        refusal: `${role} may not: a superuser may, or the administrator role of a managed service`,
      }),
  };
}

/** A list of libraries is lost by whoever sets it without those it has. */
function loadFirst(libraries: string, installed: boolean): { refusal: string; instead: string } {
  const all = [...libraries.split(',').map(each => each.trim()), 'pg_stat_statements'].filter(each => each !== '');
  return {
    refusal:
      'its library is not in shared_preload_libraries. Add it there and restart the server' +
      (installed ? '' : ', then do this again'),
    instead: [
      '-- Run as superuser, on its own; takes effect only after a restart of the server.',
      `ALTER SYSTEM SET shared_preload_libraries = ${all.map(each => `'${each.replaceAll(`'`, `''`)}'`).join(', ')};`,
      ...(installed ? [] : ['-- After the restart:', 'CREATE EXTENSION pg_stat_statements;']),
      '-- The way back:',
      libraries === ''
        ? '-- ALTER SYSTEM RESET shared_preload_libraries;'
        : `-- ALTER SYSTEM SET shared_preload_libraries = ${all
            .slice(0, -1)
            .map(each => `'${each}'`)
            .join(', ')};`,
    ].join('\n'),
  };
}

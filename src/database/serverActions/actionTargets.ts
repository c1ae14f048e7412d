import type { CancelSignal } from '../../core/base/cancelSignal';
import { formatBytes } from '../../core/base/units';
import type { PostgresDatabase } from '../connect';

/** What can be done to a server from the health view. */
export const SERVER_ACTIONS = [
  'analyze',
  'vacuum',
  'freeze',
  'reindex',
  'refresh',
  'cancel',
  'terminate',
  'reset statistics',
  'enable statements',
] as const;
export type ServerAction = (typeof SERVER_ACTIONS)[number];

/** What an action is done to. */
export interface ActionTarget {
  /** A qualified name as PostgreSQL quotes it, a session's number and start, or which statistics. */
  readonly id: string;
  readonly label: string;
  readonly detail: string;
}

/** Longer lists help nobody to choose. */
const MOST = 500;

const OWN_SCHEMAS = `n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'`;

function relations(kinds: string, detail: string): string {
  return `
    select format('%I.%I', n.nspname, c.relname) as id, format('%I.%I', n.nspname, c.relname) as label,
      pg_catalog.pg_total_relation_size(c.oid)::float8 as bytes, ${detail} as detail
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      left join pg_catalog.pg_stat_all_tables s on s.relid = c.oid
    where c.relkind in (${kinds}) and ${OWN_SCHEMAS} order by bytes desc limit ${MOST}`;
}

const LAST = `coalesce('last ANALYZE ' || to_char(greatest(s.last_analyze, s.last_autoanalyze), 'YYYY-MM-DD HH24:MI'), 'never analysed')
  || coalesce(', last VACUUM ' || to_char(greatest(s.last_vacuum, s.last_autovacuum), 'YYYY-MM-DD HH24:MI'), ', never vacuumed')`;

const SESSIONS = `
  select a.pid || ' ' || coalesce(a.backend_start::text, '') as id,
    format('%s (%s)', a.pid, concat_ws(', ', a.usename, nullif(a.application_name, ''), a.state)) as label,
    null::float8 as bytes, coalesce(left(regexp_replace(a.query, '\\s+', ' ', 'g'), 200), '') as detail
  from pg_catalog.pg_stat_activity a
  where a.datid is not null and a.pid <> pg_catalog.pg_backend_pid()
    and coalesce(a.backend_type, 'client backend') = 'client backend'
  order by a.xact_start nulls last limit ${MOST}`;

/** A query for the things there are, or the things themselves. */
const TARGETS: Readonly<Record<ServerAction, string | readonly ActionTarget[]>> = {
  analyze: relations(`'r', 'p', 'm'`, LAST),
  vacuum: relations(`'r', 'p', 'm'`, LAST),
  freeze: relations(`'r', 'p', 'm'`, LAST),
  reindex: `
    select format('%I.%I', n.nspname, c.relname) as id, format('%I.%I', n.nspname, c.relname) as label,
      pg_catalog.pg_relation_size(c.oid)::float8 as bytes,
      'on ' || i.indrelid::regclass::text || case when i.indisvalid then '' else ', INVALID' end as detail
    from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where ${OWN_SCHEMAS} order by bytes desc limit ${MOST}`,
  refresh: relations(`'m'`, `case when c.relispopulated then 'populated' else 'never populated' end`),
  cancel: SESSIONS,
  terminate: SESSIONS,
  'reset statistics': [
    {
      id: 'database',
      label: 'Counters of this database',
      detail: 'pg_stat_database, pg_stat_user_tables, pg_stat_user_indexes …',
    },
    { id: 'statements', label: 'pg_stat_statements', detail: 'what each statement has taken so far' },
  ],
  'enable statements': [{ id: 'pg_stat_statements', label: 'pg_stat_statements', detail: '' }],
};

interface TargetRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly label: string;
  readonly bytes: number | null;
  readonly detail: string;
}

/** What an action can be done to, the largest first. */
export async function readTargets(
  db: PostgresDatabase,
  action: ServerAction,
  signal?: CancelSignal,
): Promise<readonly ActionTarget[]> {
  const targets = TARGETS[action];
  if (typeof targets !== 'string') return targets;
  const rows = await db.query<TargetRow>(targets, [], signal);
  return rows.map(({ id, label, bytes, detail }) => ({
    id,
    label,
    detail: [bytes === null ? '' : formatBytes(bytes), detail].filter(text => text !== '').join(', '),
  }));
}

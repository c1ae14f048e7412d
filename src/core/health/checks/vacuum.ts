import { formatBytes, formatCount } from '../../base/units';
import { alarmingItems, statusOf } from '../assess';
import { defineCheck, type HealthCheck, type HealthItem, type HealthLimits } from '../check';

interface DeadRow {
  readonly [column: string]: unknown;
  readonly table: string;
  readonly live: number;
  readonly dead: number;
  readonly bytes: number;
}

interface OverdueRow {
  readonly [column: string]: unknown;
  readonly table: string;
  /** Rows dead, or changed since the last ANALYZE. */
  readonly rows: number;
  /** From so many on autovacuum acts. */
  readonly threshold: number;
  /** Since the last time, or since the counters began; null where never and nothing is known. */
  readonly hours: number;
  readonly never: boolean;
}

interface SwitchedOffRow {
  readonly [column: string]: unknown;
  readonly table: string | null;
}

const TABLE = "format('%I.%I', s.schemaname, s.relname)";
const SHOWN_TABLES = 20;

/** A table's own storage parameter, or else the setting of the server. */
function parameter(name: string): string {
  return `coalesce((select option_value from pg_catalog.pg_options_to_table(c.reloptions) where option_name = '${name}'),
        current_setting('${name}'))::float8`;
}

const COUNTED_SINCE = `coalesce((select stats_reset from pg_catalog.pg_stat_database where datname = current_database()),
        pg_catalog.pg_postmaster_start_time())`;

/** Share of dead rows in the worst table. */
export const deadTuples = defineCheck<DeadRow>({
  id: 'dead-tuples',
  title: 'Dead rows in the worst table',
  group: 'vacuum',
  unit: '%',
  limits: { worse: 'above', warning: 10, critical: 30 },
  source: 'guides 002 and 003: 10 %; only tables with more than 10,000 dead rows (guide 002, 9.1); critical: own',
  guideline: { guide: '002', section: '8.1 Key Metrics' },
  query: () => `
    select ${TABLE} as table, s.n_live_tup::float8 as live, s.n_dead_tup::float8 as dead,
      pg_catalog.pg_table_size(s.relid)::float8 as bytes
    from pg_catalog.pg_stat_user_tables s
    where s.n_dead_tup > 10000 order by s.n_dead_tup::float8 / (s.n_live_tup + s.n_dead_tup) desc limit ${SHOWN_TABLES}`,
  assess(rows, limits) {
    const [worst] = rows;
    if (!worst) return { value: 0, detail: 'no table has more than 10,000 dead rows' };
    return {
      value: deadShare(worst),
      detail: `${worst.table}: ${formatCount(worst.dead)} dead of ${formatCount(worst.live + worst.dead)} rows`,
      items: alarmingItems(rows, limits, deadShare, row => ({
        name: row.table,
        detail: `${formatCount(row.dead)} dead rows (${Math.round(deadShare(row))} %), ${formatBytes(row.bytes)}`,
        step: { title: 'VACUUM', action: 'vacuum', sql: `VACUUM (ANALYZE) ${row.table};` },
      })),
    };
  },
});

/** Tables past the point where autovacuum should have cleaned them, and for how long nobody did. */
export const vacuumLag = defineCheck<OverdueRow>({
  id: 'vacuum-lag',
  title: 'Longest overdue VACUUM',
  group: 'vacuum',
  unit: 'h',
  limits: { worse: 'above', warning: 1, critical: 4 },
  source: 'guide 002, 1.2: below 1 h, critical above 4 h; only tables beyond their own autovacuum threshold',
  guideline: { guide: '002', section: '1.2 Performance Targets' },
  query: ({ version }) =>
    overdueQuery(
      's.n_dead_tup',
      version >= 180000
        ? `least(${scaled('autovacuum_vacuum_threshold', 'autovacuum_vacuum_scale_factor')}, nullif(${parameter('autovacuum_vacuum_max_threshold')}, -1))`
        : scaled('autovacuum_vacuum_threshold', 'autovacuum_vacuum_scale_factor'),
      'greatest(s.last_vacuum, s.last_autovacuum)',
    ),
  assess: (rows, limits) => overdue(rows, limits, 'dead rows', 'VACUUM'),
});

/** Tables whose statistics are older than autovacuum should let them become. */
export const analyzeLag = defineCheck<OverdueRow>({
  id: 'analyze-lag',
  title: 'Longest overdue ANALYZE',
  group: 'vacuum',
  unit: 'h',
  limits: { worse: 'above', warning: 1, critical: 24 },
  source: 'own, after the vacuum lag of guide 002; only tables beyond their own autoanalyze threshold',
  query: () =>
    overdueQuery(
      's.n_mod_since_analyze',
      scaled('autovacuum_analyze_threshold', 'autovacuum_analyze_scale_factor'),
      'greatest(s.last_analyze, s.last_autoanalyze)',
    ),
  assess: (rows, limits) => overdue(rows, limits, 'rows changed', 'ANALYZE'),
});

/** Autovacuum switched off, for the server or for tables. */
export const autovacuumOff = defineCheck<SwitchedOffRow>({
  id: 'autovacuum-off',
  title: 'Autovacuum switched off',
  group: 'vacuum',
  unit: 'tables',
  source: 'guides 002 and 004: autovacuum on',
  guideline: { guide: '002', section: '3.2 Autovacuum Tuning' },
  query: () => `
    select null as table where current_setting('autovacuum') = 'off' or current_setting('track_counts') = 'off'
    union all
    (select format('%I.%I', n.nspname, c.relname)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace,
      pg_catalog.pg_options_to_table(c.reloptions) o
    where c.relkind in ('r', 'm') and o.option_name = 'autovacuum_enabled' and o.option_value::bool is false
    order by c.relpages desc limit ${SHOWN_TABLES})`,
  assess(rows) {
    const tables = rows.flatMap(row => row.table ?? []);
    if (rows.length > tables.length) {
      return {
        value: tables.length,
        status: 'critical',
        detail: 'autovacuum or track_counts is off: dead rows and old transaction ids pile up',
        step: {
          title: 'Switch it on',
          action: 'show sql',
          sql: 'ALTER SYSTEM SET autovacuum = on;\nALTER SYSTEM SET track_counts = on;\nSELECT pg_reload_conf();',
        },
      };
    }
    if (tables.length === 0) return { value: 0, status: 'ok', detail: 'on, for every table' };
    return {
      value: tables.length,
      status: 'warning',
      detail: `on, but switched off for ${tables.slice(0, 3).join(', ')}${tables.length > 3 ? ', …' : ''}`,
      items: tables.map(name => ({
        name,
        detail: 'autovacuum_enabled = off',
        status: 'warning',
        step: { title: 'Switch it on', action: 'show sql', sql: `ALTER TABLE ${name} RESET (autovacuum_enabled);` },
      })),
    };
  },
});

export const VACUUM_CHECKS: readonly HealthCheck[] = [deadTuples, vacuumLag, analyzeLag, autovacuumOff];

function deadShare({ live, dead }: DeadRow): number {
  return (100 * dead) / (live + dead);
}

/** PostgreSQL's own formula: threshold + scale factor x rows (manual, 25.1.6 The Autovacuum Daemon). */
function scaled(threshold: string, factor: string): string {
  return `${parameter(threshold)} + ${parameter(factor)} * greatest(c.reltuples, 0)`;
}

function overdueQuery(rows: string, threshold: string, last: string): string {
  return `
    select * from (
      select ${TABLE} as table, ${rows}::float8 as rows, ${threshold} as threshold, ${last} is null as never,
        (extract(epoch from clock_timestamp() - coalesce(${last}, ${COUNTED_SINCE})) / 3600)::float8 as hours
      from pg_catalog.pg_stat_user_tables s join pg_catalog.pg_class c on c.oid = s.relid
    ) t where t.rows > t.threshold order by t.hours desc limit ${SHOWN_TABLES}`;
}

function overdue(
  rows: readonly OverdueRow[],
  limits: HealthLimits,
  what: string,
  command: 'VACUUM' | 'ANALYZE',
): { value: number; detail: string; items?: HealthItem[] } {
  const [first] = rows;
  if (!first) return { value: 0, detail: `no table is beyond its threshold for ${command}` };
  return {
    value: first.hours,
    detail: `${first.table}: ${formatCount(first.rows)} ${what}, ${formatCount(Math.round(first.threshold))} allowed`,
    items: rows.map(row => ({
      name: row.table,
      detail:
        `${formatCount(row.rows)} ${what}, ${formatCount(Math.round(row.threshold))} allowed; ` +
        (row.never ? `no ${command} since the counters began` : `last ${command} ${row.hours.toFixed(1)} h ago`),
      status: statusOf(row.hours, limits),
      step:
        command === 'VACUUM'
          ? { title: 'VACUUM', action: 'vacuum', sql: `VACUUM (ANALYZE) ${row.table};` }
          : { title: 'ANALYZE', action: 'analyze', sql: `ANALYZE ${row.table};` },
    })),
  };
}

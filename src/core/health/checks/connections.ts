import { formatCount } from '../../base/units';
import { defineCheck, type HealthCheck } from '../check';

interface ConnectionRow {
  readonly [column: string]: unknown;
  readonly used: number;
  readonly usable: number;
}

const COUNTED_SESSIONS = "(select count(*) from pg_catalog.pg_stat_activity where backend_type = 'client backend')";
const COUNTED_BACKENDS = '(select sum(numbackends) from pg_catalog.pg_stat_database)';

/** Client sessions of all databases beside what `max_connections` leaves to ordinary roles. */
export const connectionsUsed = defineCheck<ConnectionRow>({
  id: 'connections-used',
  title: 'Connections used',
  group: 'connections',
  unit: '%',
  limits: { worse: 'above', warning: 80, critical: 90 },
  source: 'guide 002, 1.2: below 80 %, critical above 90 %; reserved connections and background processes not counted',
  guideline: { guide: '002', section: '1.2 Performance Targets' },
  // Other roles' rows of pg_stat_activity do not even say what kind of process they are.
  query: ({ version, seesAllStatistics }) => `
    select ${seesAllStatistics ? COUNTED_SESSIONS : COUNTED_BACKENDS}::float8 as used,
      (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        ${version >= 160000 ? "- current_setting('reserved_connections')::int" : ''})::float8 as usable`,
  assess([row], limits) {
    if (!row || row.usable <= 0) return { value: null, detail: 'no connection is left to ordinary roles' };
    const value = (100 * row.used) / row.usable;
    return {
      value,
      detail: `${formatCount(row.used)} of ${formatCount(row.usable)} connections`,
      ...(value > limits.warning && {
        step: {
          title: 'Show sessions by application',
          action: 'show sql',
          sql: `SELECT application_name, usename, state, count(*), max(now() - state_change) AS longest\nFROM pg_stat_activity WHERE backend_type = 'client backend'\nGROUP BY 1, 2, 3 ORDER BY 4 DESC;\n-- A pooler in transaction mode lets many clients share few connections.`,
        },
      }),
    };
  },
});

export const CONNECTION_CHECKS: readonly HealthCheck[] = [connectionsUsed];

import { sum } from '../../base/sum';
import { formatCount, formatMs } from '../../base/units';
import { quoteIdentifier } from '../../sql/identifiers';
import { defineCheck, type Assessment, type HealthCheck, type HealthServer } from '../check';
import { callTimePercentile } from '../callTimes';

interface StatementRow {
  readonly [column: string]: unknown;
  readonly query: string | null;
  readonly calls: number;
  readonly mean_ms: number;
  readonly stddev_ms: number;
}

const SECTION = '1.2 Performance Targets';
/** With fewer calls than this an average says nothing of the server. */
const ENOUGH_CALLS = 100;
const OWN_STATEMENTS = "s.query !~* '^\\s*(vacuum|analyze|create|alter|drop|copy|refresh|reindex|cluster)\\M'";

/** What the three have in common: one query, which whoever runs the checks asks once. */
const OF_STATEMENTS = {
  group: 'statements',
  hiddenFromOthers: 'the statements of other roles',
  query: statementsQuery,
} as const;

/** Average time of a statement: all time spent divided by all calls. */
export const statementTimeAverage = defineCheck<StatementRow>({
  ...OF_STATEMENTS,
  id: 'statement-time-average',
  title: 'Average statement time',
  unit: 'ms',
  limits: { worse: 'above', warning: 100, critical: 500 },
  source: 'guide 002, 1.2: target below 100 ms, critical above 500 ms',
  guideline: { guide: '002', section: SECTION },
  assess: overEnoughCalls((rows, calls) => {
    const average = sum(rows.map(row => row.calls * row.mean_ms)) / calls;
    return {
      value: average,
      detail: `${formatMs(average)} over ${formatCount(calls)} calls of ${formatCount(rows.length)} statements`,
    };
  }),
});

/** The time that 95 of 100 calls stay below, as far as means and deviations tell it. */
export const statementTimeP95 = defineCheck<StatementRow>({
  ...OF_STATEMENTS,
  id: 'statement-time-p95',
  title: '95th percentile of statement time',
  unit: 'ms',
  limits: { worse: 'above', warning: 500, critical: 2000 },
  source: 'guide 002, 1.2: target below 500 ms, critical above 2 s',
  guideline: { guide: '002', section: SECTION },
  assess: overEnoughCalls(rows => {
    const p95 = callTimePercentile(
      rows.map(row => ({ calls: row.calls, meanMs: row.mean_ms, deviationMs: row.stddev_ms })),
      0.95,
    );
    return {
      value: p95,
      detail:
        `about ${formatMs(p95)}, estimated from the mean and deviation of each of ${formatCount(rows.length)} ` +
        'statements: pg_stat_statements keeps no single times',
    };
  }),
});

/** How many statements are slow on average. */
export const slowStatements = defineCheck<StatementRow>({
  ...OF_STATEMENTS,
  id: 'slow-statements',
  title: 'Slow statements',
  unit: 'statements over 1 s',
  limits: { worse: 'above', warning: 0, critical: 5 },
  source: 'guide 003: alert when more than 5 statements take over 1,000 ms on average',
  guideline: { guide: '003', section: 'Monitoring and Alerting' },
  assess(rows, limits) {
    const slow = rows.filter(row => row.mean_ms > 1000).sort((a, b) => b.calls * b.mean_ms - a.calls * a.mean_ms);
    if (slow.length === 0) return { value: 0, detail: 'no statement takes over 1 s on average' };
    return {
      value: slow.length,
      detail: `${formatCount(slow.length)} of ${formatCount(rows.length)} statements take over 1 s on average`,
      items: slow.slice(0, 20).map(row => ({
        name: (row.query ?? '<hidden from this role>').replace(/\s+/g, ' ').slice(0, 200),
        detail: `${formatMs(row.mean_ms)} on average, ${formatCount(row.calls)} calls`,
        status: slow.length > limits.critical ? 'critical' : 'warning',
        ...(row.query && {
          step: { title: 'Explain', action: 'explain statement' as const, sql: row.query },
        }),
      })),
    };
  },
});

export const STATEMENT_CHECKS: readonly HealthCheck[] = [statementTimeAverage, statementTimeP95, slowStatements];

function statementsQuery({
  statStatements,
  statStatementsLoaded,
  version,
}: HealthServer): ReturnType<HealthCheck['query']> {
  if (statStatementsLoaded === false) {
    return {
      unavailable: 'pg_stat_statements is not in shared_preload_libraries',
      step: {
        title: 'Enable pg_stat_statements',
        action: 'show sql',
        sql: `ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'; -- keep the libraries there are; needs a restart\nCREATE EXTENSION IF NOT EXISTS pg_stat_statements;`,
      },
    };
  }
  if (!statStatements) {
    return {
      unavailable: 'the extension pg_stat_statements is not in this database',
      step: {
        title: 'Create the extension',
        action: 'show sql',
        sql: 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements;',
      },
    };
  }
  // 1.8 came with PostgreSQL 13 and has the names used here; an extension that was never updated lacks them.
  const [major = 0, minor = 0] = statStatements.version.split('.').map(Number);
  if (major === 1 && minor < 8) {
    return {
      unavailable: `pg_stat_statements is still version ${statStatements.version}`,
      step: {
        title: 'Update the extension',
        action: 'show sql',
        sql: 'ALTER EXTENSION pg_stat_statements UPDATE;',
      },
    };
  }
  return `
    select max(s.query) as query, sum(s.calls)::float8 as calls,
      (sum(s.total_exec_time) / sum(s.calls))::float8 as mean_ms, max(s.stddev_exec_time)::float8 as stddev_ms
    from ${quoteIdentifier(statStatements.schema)}.pg_stat_statements s
    where s.dbid = (select oid from pg_catalog.pg_database where datname = current_database()) and s.calls > 0
      and (s.query is null or ${OWN_STATEMENTS})${version >= 140000 ? ' and s.toplevel' : ''}
    group by s.queryid`;
}

/** An average of a few calls says nothing of the server. */
function overEnoughCalls(
  assess: (rows: readonly StatementRow[], calls: number) => Assessment,
): (rows: readonly StatementRow[]) => Assessment {
  return rows => {
    const calls = sum(rows.map(row => row.calls));
    if (calls >= ENOUGH_CALLS) return assess(rows, calls);
    return { value: null, status: 'unknown', detail: `only ${formatCount(calls)} calls were counted yet` };
  };
}

import { formatBytes, formatCount } from '../../base/units';
import type { ChecklistFacts, ChecklistFinding, ChecklistItem } from './checklist';
import { CHECKLIST } from './section';

/** From so many sessions on, most of them idle, a pooler pays: own, after the wiki's "Number Of Database Connections". */
const MANY_SESSIONS = 100;
const MOSTLY_IDLE = 0.8;

export const DESIGN_ITEMS: readonly ChecklistItem[] = [
  {
    id: 'pooling',
    title: 'Connections are pooled',
    target: `not more than ${MANY_SESSIONS} sessions that mostly wait for their clients`,
    correction:
      'The guide keeps max_connections at 500 behind a pooler that allows 400: a pooler makes 100 to 200 enough. Its pgbouncer.ini does not start (a comment behind a value belongs to it).',
    guideline: CHECKLIST,
    evaluate: pooling,
  },
  {
    id: 'partitioning',
    title: 'Large tables are partitioned',
    target: 'no table without partitions that is larger than effective_cache_size',
    correction:
      'Size alone decides nothing: partitions help where whole ones are left out or dropped. The guide lacks partitions for the current month, a DEFAULT, and a way for a table that has rows.',
    guideline: CHECKLIST,
    evaluate: partitioning,
  },
  {
    id: 'materialized-views',
    title: 'Expensive aggregations are materialized',
    target: 'each can be refreshed while it is read',
    correction:
      'Which aggregations are expensive, only a workload tells; often an index does as much. REFRESH CONCURRENTLY needs a unique index on plain columns, which guides 000, 001 and 003 lack.',
    guideline: CHECKLIST,
    evaluate: materializedViews,
  },
  {
    id: 'timescale',
    title: 'Sensor data lies in compressed hypertables',
    target: 'every hypertable compressed',
    correction:
      'create_hypertable refuses a table with rows unless it may move them, and indexes on one cannot be built CONCURRENTLY.',
    guideline: { guide: '002', section: '6.2 TimescaleDB Hypertables' },
    evaluate: timescale,
  },
];

function pooling({ sessions, isPooled, maxConnections }: ChecklistFacts): ChecklistFinding {
  if (isPooled) return { verdict: 'pass', figure: 'this connection goes through a pooler' };
  const remedy = 'query-tuner profile export ID --as pgbouncer writes a pgbouncer.ini that starts';
  if (!sessions) return { verdict: 'cannot be seen', figure: 'sessions of others are hidden from this role', remedy };
  const { clients, idle } = sessions;
  const figure = `sessions: ${formatCount(clients)}, of them idle: ${formatCount(idle)}; max_connections: ${formatCount(maxConnections)}`;
  if (clients > MANY_SESSIONS && idle > MOSTLY_IDLE * clients) return { verdict: 'fail', figure, remedy };
  return { verdict: 'cannot be seen', figure: `${figure}; a pooler elsewhere does not show`, remedy };
}

function partitioning({ largeTables, partitionedTables, effectiveCacheBytes }: ChecklistFacts): ChecklistFinding {
  const [largest] = largeTables;
  if (!largest) {
    return {
      verdict: 'pass',
      figure: `no table of ${formatBytes(effectiveCacheBytes)} or more without partitions; ${formatCount(partitionedTables)} partitioned`,
    };
  }
  return {
    verdict: 'fail',
    figure: `${formatCount(largeTables.length)} without partitions, the largest ${largest.name} (${formatBytes(largest.bytes)})`,
    remedy: 'query-tuner partitions --statements says which would gain, and which not and why',
  };
}

function materializedViews({ materializedViews: count, lockingViews }: ChecklistFacts): ChecklistFinding {
  const remedy = 'query-tuner matviews --statements';
  if (count === 0)
    return { verdict: 'cannot be seen', figure: 'there are none; whether one would help, a workload tells', remedy };
  if (lockingViews.length === 0) return { verdict: 'pass', figure: `${formatCount(count)}, each with a unique index` };
  return {
    verdict: 'fail',
    figure: `${formatCount(lockingViews.length)} of ${formatCount(count)} lock their readers out while refreshed: ${lockingViews.slice(0, 3).join(', ')}`,
    remedy: 'CREATE UNIQUE INDEX on plain columns, without WHERE',
  };
}

function timescale({ hypertables }: ChecklistFacts): ChecklistFinding {
  if (!hypertables) return { verdict: 'not applicable', figure: 'TimescaleDB is not installed here' };
  const { all, compressed } = hypertables;
  if (all === 0) return { verdict: 'not applicable', figure: 'there are no hypertables' };
  return {
    verdict: compressed === all ? 'pass' : 'fail',
    figure: `${formatCount(compressed)} of ${formatCount(all)} hypertables are compressed`,
    remedy: 'query-tuner partitions --statements --format timescaledb',
  };
}

import { defineRule } from '../defineRule';
import { functionName, list } from '../support/expressions';

export const statisticsReset = defineRule({
  id: 'monitoring/statistics-reset',
  since: '0.2.0',
  severity: 'info',
  nodes: ['FuncCall'],
  title: 'Resetting the counters autovacuum works by',
  docs: {
    problem: '`pg_stat_reset()` also sets the counts of dead and changed rows to zero.',
    why: 'Autovacuum starts when these counts pass its threshold: after a reset it begins counting anew, and tables due for VACUUM or ANALYZE wait. Differences between two readings need no reset.',
    whenToIgnore: 'VACUUM ANALYZE of the database follows.',
  },
  messages: {
    reset:
      'Autovacuum counts dead and changed rows from zero after this; compare two readings instead, or ANALYZE afterwards.',
  },
  examples: [
    { title: 'all counters', bad: 'SELECT pg_stat_reset()', flags: 'pg_stat_reset()' },
    {
      title: 'of one table',
      bad: "SELECT pg_stat_reset_single_table_counters('orders'::regclass)",
      flags: "pg_stat_reset_single_table_counters('orders'::regclass)",
    },
    { title: 'of statements', good: 'SELECT pg_stat_statements_reset()' },
    { title: 'of the background writer', good: "SELECT pg_stat_reset_shared('bgwriter')" },
    { title: 'when it was', good: 'SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()' },
    { title: 'a function of one’s own', good: 'SELECT app.pg_stat_reset()' },
  ],
  check({ find, rangeOf, report }) {
    for (const call of find('FuncCall')) {
      const name = functionName(call.fields);
      const isAll = name === 'pg_stat_reset' && list(call.fields.args).length === 0;
      if (isAll || name === 'pg_stat_reset_single_table_counters') report({ at: rangeOf(call), message: 'reset' });
    }
  },
});

import { splitStatements } from '../../sql/splitter';
import { defineRule } from '../defineRule';
import { cronCall } from '../support/cronCalls';

export const cronJobInTransaction = defineRule({
  id: 'monitoring/cron-job-in-transaction',
  since: '0.2.0',
  severity: 'error',
  nodes: ['FuncCall'],
  title: 'A job of several commands, one of which must run alone',
  docs: {
    problem:
      'pg_cron sends the whole text of a job at once; PostgreSQL runs several commands of one text as one transaction.',
    why: 'VACUUM and the CONCURRENTLY commands refuse to run in a transaction, so the job fails each time, which only `cron.job_run_details` shows.',
    whenToIgnore: 'Never.',
  },
  messages: {
    alone: '{command} cannot run in a transaction, which a job of several commands is: give it a job of its own.',
  },
  examples: [
    {
      title: 'vacuum and something else',
      bad: "SELECT cron.schedule('nightly', '0 3 * * *', 'DELETE FROM sessions WHERE expires_at < now(); VACUUM sessions')",
      flags: "'DELETE FROM sessions WHERE expires_at < now(); VACUUM sessions'",
    },
    {
      title: 'several indexes',
      bad: "SELECT cron.schedule('0 4 * * 0', 'REINDEX INDEX CONCURRENTLY a_idx; REINDEX INDEX CONCURRENTLY b_idx;')",
      flags: "'REINDEX INDEX CONCURRENTLY a_idx; REINDEX INDEX CONCURRENTLY b_idx;'",
    },
    { title: 'alone', good: "SELECT cron.schedule('vacuum', '0 3 * * *', 'VACUUM (ANALYZE) sessions;')" },
    {
      title: 'commands that may run together',
      good: "SELECT cron.schedule('0 3 * * *', 'DELETE FROM sessions WHERE expires_at < now(); ANALYZE sessions')",
    },
    {
      title: 'a refresh may run in a transaction',
      good: "SELECT cron.schedule('0 3 * * *', 'REFRESH MATERIALIZED VIEW CONCURRENTLY a; REFRESH MATERIALIZED VIEW CONCURRENTLY b')",
    },
    {
      title: 'a word inside a string',
      good: "SELECT cron.schedule('0 3 * * *', 'SELECT log(''; VACUUM''); SELECT 1')",
    },
  ],
  check({ statement, find, report }) {
    for (const node of find('FuncCall')) {
      const command = cronCall(statement, node.fields)?.command;
      if (!command) continue;
      const parts = splitStatements(command.text).map(({ start, end }) => command.text.slice(start, end));
      if (parts.length < 2) continue;
      const alone = parts.map(part => ALONE.exec(part)?.[0]).find(words => words !== undefined);
      if (alone === undefined) continue;
      report({ at: command.range, message: 'alone', values: { command: alone.replace(/\s+/g, ' ').toUpperCase() } });
    }
  },
});

const ALONE =
  /^(?:vacuum\b|alter\s+system\b|(?:create|drop)\s+database\b|(?:create\s+(?:unique\s+)?|drop\s+)index\s+concurrently\b|reindex\s+(?:\([^)]*concurrently[^)]*\)|(?:index|table|schema)\s+concurrently)|reindex\s+(?:database|system)\b)/i;

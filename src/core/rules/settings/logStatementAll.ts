import { defineRule } from '../defineRule';
import { SETS_SOMETHING, isServerWide, settingChanges } from '../support/settingChanges';

export const logStatementAll = defineRule({
  id: 'settings/log-statement-all',
  since: '0.2.0',
  severity: 'warning',
  nodes: ['VariableSetStmt', 'FuncCall'],
  mentions: SETS_SOMETHING,
  title: 'Every statement written to the log',
  docs: {
    problem: 'Each statement is logged with its values, on a busy server many megabytes a minute.',
    why: 'Writing them takes a noticeable share of the throughput and puts personal data into the log. `log_min_duration_statement` logs the slow ones, pg_stat_statements sums up all.',
    whenToIgnore: 'For a short while, or where an audit asks for it.',
  },
  messages: {
    all: 'All statements go to the log with their values: costly, and a leak; log_min_duration_statement finds the slow ones.',
    zero: 'A duration of 0 logs every statement with its values; a threshold, or log_min_duration_sample, finds the slow ones.',
  },
  examples: [
    { title: 'all', bad: "ALTER SYSTEM SET log_statement = 'all'", flags: "'all'" },
    { title: 'for a database', bad: "ALTER DATABASE shop SET log_statement = 'all'", flags: "'all'" },
    { title: 'by the duration', bad: 'ALTER SYSTEM SET log_min_duration_statement = 0', flags: '0' },
    { title: 'changes of the schema', good: "ALTER SYSTEM SET log_statement = 'ddl'" },
    { title: 'slow ones', good: "ALTER SYSTEM SET log_min_duration_statement = '500ms'" },
    { title: 'off', good: 'ALTER SYSTEM SET log_min_duration_statement = -1' },
    { title: 'in one’s own session', good: "SET log_statement = 'all'" },
    { title: 'for one auditor', good: "ALTER ROLE auditor SET log_statement = 'all'" },
  ],
  check({ statement, find, report }) {
    for (const { name, scope, values, valueRange: at } of settingChanges(statement, find)) {
      const value = values[0]?.toLowerCase();
      if (!at || !(isServerWide(scope) || scope === 'database')) continue;
      if (name === 'log_statement' && value === 'all') report({ at, message: 'all' });
      if (name === 'log_min_duration_statement' && value !== undefined && /^0\s*(?:ms|s|min|h|d)?$/.test(value))
        report({ at, message: 'zero' });
    }
  },
});

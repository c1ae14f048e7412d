import { defineRule } from '../defineRule';
import { SETS_SOMETHING, isServerWide, settingChanges } from '../support/settingChanges';

export const synchronousStandbyNames = defineRule({
  id: 'settings/synchronous-standby-names',
  since: '0.2.0',
  severity: 'warning',
  nodes: ['VariableSetStmt', 'FuncCall'],
  mentions: SETS_SOMETHING,
  title: 'Commits that wait for a standby',
  docs: {
    problem: 'From the next reload on each commit waits until a standby of one of these names confirms it.',
    why: 'If none is connected, or its `application_name` is another, every commit hangs, without an error and without a time limit.',
    whenToIgnore: 'The standbys are connected under these names; `pg_stat_replication` shows them.',
  },
  messages: {
    waits:
      'Every commit waits for a standby of these names, for ever if none is connected: look into pg_stat_replication first.',
  },
  examples: [
    {
      title: 'the first of two',
      bad: "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (replica1, replica2)'",
      flags: "'FIRST 1 (replica1, replica2)'",
    },
    { title: 'any', bad: "ALTER SYSTEM SET synchronous_standby_names = '*'", flags: "'*'" },
    { title: 'none', good: "ALTER SYSTEM SET synchronous_standby_names = ''" },
    { title: 'back to none', good: 'ALTER SYSTEM RESET synchronous_standby_names' },
    { title: 'what a commit waits for', good: 'ALTER SYSTEM SET synchronous_commit = remote_write' },
    { title: 'asking for it', good: 'SHOW synchronous_standby_names' },
  ],
  check({ statement, find, report }) {
    for (const { name, scope, values, valueRange: at } of settingChanges(statement, find)) {
      if (name !== 'synchronous_standby_names' || !isServerWide(scope) || !at) continue;
      if (values.some(value => value.trim() !== '')) report({ at, message: 'waits' });
    }
  },
});

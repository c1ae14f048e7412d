import { defineRule } from '../defineRule';
import { TOPICS } from '../fileContext';

export const setLocalOutsideTransaction = defineRule({
  id: 'settings/set-local-outside-transaction',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['VariableSetStmt'],
  needs: ['file'],
  title: 'SET LOCAL outside a transaction',
  docs: {
    problem:
      'SET LOCAL lasts to the end of the transaction, which outside BEGIN is the statement itself: it has no effect.',
    why: 'PostgreSQL only gives a warning, and a `lock_timeout` or `work_mem` that was meant to hold does not.',
    whenToIgnore: 'Something else opens the transaction.',
  },
  messages: { noEffect: 'Outside a transaction SET LOCAL has no effect: move it behind BEGIN, or leave LOCAL out.' },
  examples: [
    {
      title: 'before BEGIN',
      bad: "SET LOCAL lock_timeout = '2s'; BEGIN; ALTER TABLE orders ADD COLUMN note text; COMMIT;",
      flags: 'SET LOCAL',
    },
    {
      title: 'after COMMIT',
      bad: "BEGIN; SELECT 1; COMMIT; SET LOCAL work_mem = '256MB'; SELECT 2;",
      flags: 'SET LOCAL',
    },
    { title: 'inside', good: "BEGIN; SET LOCAL lock_timeout = '2s'; ALTER TABLE orders ADD COLUMN note text; COMMIT;" },
    {
      title: 'a file that a migration tool may run in a transaction',
      good: "SET LOCAL lock_timeout = '2s'; ALTER TABLE orders ADD COLUMN note text;",
    },
    { title: 'for the session', good: "SET lock_timeout = '2s'; BEGIN; SELECT 1; COMMIT;" },
    {
      title: 'in a function',
      good: "BEGIN; COMMIT; DO $$ BEGIN SET LOCAL work_mem = '256MB'; END $$",
    },
  ],
  check({ statement, body, file, report }) {
    const words = /^set\s+local\b/i.exec(statement.text);
    if (!words || body || file.inTransaction) return;
    // A file without any BEGIN is often run in a transaction as a whole.
    if (file.later(TOPICS.transaction).length + file.earlier(TOPICS.transaction).length === 0) return;
    report({ at: { start: 0, end: words[0].length }, message: 'noEffect' });
  },
});

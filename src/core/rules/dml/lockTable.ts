import { defineRule } from '../defineRule';

export const lockTable = defineRule({
  id: 'dml/lock-table',
  since: '0.2.0',
  severity: 'info',
  title: 'LOCK TABLE in a mode that stops others',
  guideline: { guide: '002', section: '10.1 Common Issues' },
  kinds: ['LockStmt'],
  docs: {
    problem: 'The whole table is locked until the transaction ends.',
    why: 'ACCESS EXCLUSIVE, the mode of LOCK TABLE without a mode, stops even SELECT; while it waits for running queries, all new ones queue behind it. Row locks, a unique constraint or an advisory lock usually do.',
    whenToIgnore: 'A migration needs the table for itself; then set lock_timeout or use NOWAIT.',
  },
  messages: {
    all: 'This stops every other use of the table, SELECT too, until the transaction ends; add NOWAIT or a lock_timeout, or lock rows.',
    writes:
      'This stops all writes to the table until the transaction ends; add NOWAIT or a lock_timeout, or lock rows.',
  },
  examples: [
    { title: 'no mode', bad: 'BEGIN; LOCK TABLE accounts; COMMIT', flags: 'LOCK TABLE accounts' },
    {
      title: 'writes stopped',
      bad: 'LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE',
      flags: 'LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE',
    },
    { title: 'no waiting', good: 'LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE NOWAIT' },
    { title: 'a weak mode', good: 'LOCK TABLE accounts IN ROW EXCLUSIVE MODE' },
    { title: 'a row', good: 'SELECT balance FROM accounts WHERE id = $1 FOR UPDATE' },
    { title: 'an advisory lock', good: "SELECT pg_advisory_xact_lock(hashtext('accounts'))" },
    { title: 'with a limit on waiting', good: "SET lock_timeout = '2s'; LOCK TABLE accounts IN SHARE MODE" },
  ],
  needs: ['file'],
  check({ statement, file, find, report }) {
    const lock = find('LockStmt')[0];
    const mode = Number(lock?.fields.mode ?? 0);
    if (!lock || lock.fields.nowait === true || mode < SHARE || file.settingBefore('lock_timeout')) return;
    report({ at: { start: 0, end: statement.text.length }, message: mode >= ACCESS_EXCLUSIVE ? 'all' : 'writes' });
  },
});

/** Lock modes as PostgreSQL numbers them. */
const SHARE = 5;
const ACCESS_EXCLUSIVE = 8;

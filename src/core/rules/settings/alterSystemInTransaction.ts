import { defineRule } from '../defineRule';

export const alterSystemInTransaction = defineRule({
  id: 'settings/alter-system-in-transaction',
  since: '0.2.0',
  severity: 'error',
  kinds: ['AlterSystemStmt'],
  needs: ['file'],
  title: 'ALTER SYSTEM inside a transaction',
  docs: {
    problem: 'PostgreSQL refuses ALTER SYSTEM in a transaction block and in a function.',
    why: 'It writes a file, which cannot be rolled back.',
    whenToIgnore: 'Never.',
  },
  messages: {
    transaction: 'ALTER SYSTEM cannot run inside a transaction block.',
    routine: 'ALTER SYSTEM cannot run inside a function or procedure.',
  },
  examples: [
    { title: 'after BEGIN', bad: "BEGIN; ALTER SYSTEM SET work_mem = '16MB'; COMMIT;", flags: 'ALTER SYSTEM' },
    {
      title: 'in a DO block',
      bad: "DO $$ BEGIN ALTER SYSTEM SET work_mem = '16MB'; END $$",
      flags: 'ALTER SYSTEM',
    },
    { title: 'on its own', good: "ALTER SYSTEM SET work_mem = '16MB'; SELECT pg_reload_conf();" },
    { title: 'after the transaction', good: 'BEGIN; SELECT 1; COMMIT; ALTER SYSTEM RESET work_mem;' },
    { title: 'what a transaction may set', good: "BEGIN; SET LOCAL work_mem = '16MB'; COMMIT;" },
    { title: 'of a role', good: "BEGIN; ALTER ROLE app SET work_mem = '16MB'; COMMIT;" },
  ],
  check({ statement, body, file, report }) {
    const words = /^alter\s+system/i.exec(statement.text);
    const at = { start: 0, end: words ? words[0].length : statement.text.length };
    if (body) report({ at, message: 'routine' });
    else if (file.inTransaction) report({ at, message: 'transaction' });
  },
});

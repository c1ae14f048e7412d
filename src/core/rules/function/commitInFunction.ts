import { defineRule } from '../defineRule';

export const commitInFunction = defineRule({
  id: 'function/commit-in-function',
  since: '0.2.0',
  severity: 'error',
  title: 'COMMIT in a function',
  kinds: ['TransactionStmt'],
  docs: {
    problem: 'The body of a function ends the transaction it runs in.',
    why: 'Only procedures and DO blocks may, when they are called outside of a transaction. In a function it fails with `invalid transaction termination` (2D000).',
    whenToIgnore: 'Never: make it a procedure and CALL it.',
  },
  messages: { commit: '{command} is allowed in procedures and DO blocks, not in a function: this fails when it runs.' },
  examples: [
    {
      title: 'COMMIT',
      bad: 'CREATE FUNCTION purge() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM old; COMMIT; END $$',
      flags: 'COMMIT',
    },
    {
      title: 'ROLLBACK when something is wrong',
      bad: 'CREATE FUNCTION pay() RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF NOT FOUND THEN ROLLBACK; END IF; END $$',
      flags: 'ROLLBACK',
    },
    {
      title: 'COMMIT in a procedure',
      good: 'CREATE PROCEDURE purge() LANGUAGE plpgsql AS $$ BEGIN DELETE FROM old; COMMIT; END $$',
    },
    { title: 'COMMIT in a DO block', good: 'DO $$ BEGIN DELETE FROM old; COMMIT; END $$' },
    { title: 'a transaction of the client', good: 'BEGIN; DELETE FROM old WHERE id = 1; COMMIT' },
    {
      title: 'an error undoes what was done',
      good: "CREATE FUNCTION pay() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not enough'; END $$",
    },
  ],
  check({ statement, body, report }) {
    if (body?.routine !== 'function') return;
    const command = /^(?:commit|rollback)\b/i.exec(statement.text)?.[0];
    if (command === undefined) return;
    const at = { start: 0, end: command.length };
    report({ at, message: 'commit', values: { command: command.toUpperCase() } });
  },
});

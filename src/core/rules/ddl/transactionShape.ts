import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { TOPICS } from '../fileContext';

export const transactionShape = defineRule({
  id: 'ddl/transaction-shape',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['TransactionStmt'],
  needs: ['file'],
  title: 'BEGIN and COMMIT that do not match',
  docs: {
    problem:
      'PostgreSQL only warns about a BEGIN inside a transaction or a COMMIT outside of one, and rolls back what is not committed when the session ends.',
    why: 'Transactions do not nest: the first COMMIT ends all of it, and what follows runs statement by statement. A part that should be undone on its own needs a SAVEPOINT.',
    whenToIgnore: 'The file is a part of a longer script that begins or ends the transaction.',
  },
  messages: {
    nested:
      'A transaction is open already: this BEGIN does nothing, and the next COMMIT ends the outer one. Use SAVEPOINT.',
    without: 'No transaction is open here: {word} does nothing.',
    open: 'This file never commits: if the session ends here, everything after this BEGIN is undone.',
  },
  examples: [
    {
      title: 'a BEGIN inside',
      bad: 'BEGIN; ALTER TABLE orders ADD a int; BEGIN; ALTER TABLE orders ADD b int; COMMIT;',
      flags: 'BEGIN',
    },
    {
      title: 'one COMMIT too many',
      bad: 'BEGIN; ALTER TABLE orders ADD a int; COMMIT; ALTER TABLE orders ADD b int; COMMIT;',
      flags: 'COMMIT',
    },
    {
      title: 'no COMMIT',
      bad: 'START TRANSACTION;\nALTER TABLE orders ADD COLUMN region text;',
      flags: 'START TRANSACTION',
    },
    { title: 'one transaction', good: 'BEGIN; ALTER TABLE orders ADD a int; COMMIT;' },
    { title: 'two', good: 'BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; ROLLBACK;' },
    { title: 'a savepoint', good: 'BEGIN; SAVEPOINT a; SELECT 1; ROLLBACK TO a; RELEASE a; END;' },
    { title: 'one after the other', good: 'BEGIN; SELECT 1; COMMIT AND CHAIN; SELECT 2; COMMIT;' },
    { title: 'no transaction', good: 'ALTER TABLE orders ADD a int' },
    { title: 'clearing the session', good: 'ROLLBACK; SELECT 1;' },
    { title: 'only a BEGIN, still being written', good: 'BEGIN' },
    { title: 'the second half of a script', good: 'ALTER TABLE orders ADD a int; COMMIT;' },
  ],
  check({ statement, file, body, report }) {
    const kind = String(unwrap(statement.tree)?.fields.kind);
    if (body) return;
    const at = { start: 0, end: statement.text.length };
    if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') {
      if (file.inTransaction) report({ at, message: 'nested' });
      else if (!file.later(TOPICS.transaction).some(isEnd) && changesFollow())
        report({ at, message: 'open', severity: 'info' });
    } else if (kind === 'TRANS_STMT_COMMIT' && !file.inTransaction && file.earlier(TOPICS.transaction).length > 0) {
      report({ at, message: 'without', values: { word: statement.text.split(/\s/)[0]!.toUpperCase() } });
    }

    /** A lone BEGIN is a line somebody is writing, or one to be continued by hand. */
    function changesFollow(): boolean {
      return file.later(TOPICS.change).length > 0;
    }
  },
});

const ENDS: ReadonlySet<unknown> = new Set(['TRANS_STMT_COMMIT', 'TRANS_STMT_ROLLBACK', 'TRANS_STMT_PREPARE']);

function isEnd({ tree }: { readonly tree?: unknown }): boolean {
  return ENDS.has(unwrap(tree)?.fields.kind);
}

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { TOPICS } from '../fileContext';
import { hasLockTimeout, insertion, leadingWords, tableInUse } from '../support/existingTable';
import { BLOCKS, isAtLeast, locksOf } from '../support/tableLocks';

export const lockTimeoutNotSet = defineRule({
  id: 'ddl/lock-timeout-not-set',
  since: '0.2.0',
  severity: 'hint',
  kinds: [
    'AlterTableStmt',
    'AlterObjectSchemaStmt',
    'RenameStmt',
    'TruncateStmt',
    'CreateTrigStmt',
    'CreatePolicyStmt',
    'AlterPolicyStmt',
    'RuleStmt',
    'DropStmt',
  ],
  needs: ['file'],
  title: 'Strong lock without lock_timeout',
  docs: {
    problem:
      'If a long transaction uses the table, the statement waits for it, and everybody who comes later waits behind the statement.',
    why: 'Even a change that takes a millisecond queues for its lock. With a short `lock_timeout` it fails instead, the queue clears, and it can be tried again. Reported once a file.',
    whenToIgnore: 'The migration tool or the role sets lock_timeout, or the database is not in use meanwhile.',
  },
  messages: {
    waits:
      'This waits for a lock on {table} that stops {what}; without lock_timeout they queue behind it for as long as it waits.',
  },
  examples: [
    {
      title: 'a new column',
      bad: 'ALTER TABLE orders ADD COLUMN weight numeric;\nALTER TABLE visits ADD COLUMN note text;',
      flags: 'ALTER TABLE orders',
      fixed:
        "SET lock_timeout = '5s';\nALTER TABLE orders ADD COLUMN weight numeric;\nALTER TABLE visits ADD COLUMN note text;",
    },
    {
      title: 'in a transaction',
      bad: 'BEGIN;\nCREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();\nCOMMIT;',
      flags: 'CREATE TRIGGER touch BEFORE UPDATE ON orders',
      fixed:
        "BEGIN;\nSET LOCAL lock_timeout = '5s';\nCREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();\nCOMMIT;",
    },
    {
      title: 'a trigger dropped from a table',
      bad: 'DROP TRIGGER stamp ON orders;\nCREATE TRIGGER stamp BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();',
      flags: 'DROP TRIGGER',
      fixed:
        "SET lock_timeout = '5s';\nDROP TRIGGER stamp ON orders;\nCREATE TRIGGER stamp BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();",
    },
    {
      title: 'in the second transaction only',
      bad: "BEGIN; SET LOCAL lock_timeout = '2s'; ALTER TABLE orders ADD a int; COMMIT; ALTER TABLE orders ADD b int;",
      flags: 'ALTER TABLE orders',
    },
    { title: 'with a limit', good: "SET lock_timeout = '2s'; ALTER TABLE orders ADD COLUMN region text;" },
    {
      title: 'with a limit set by function',
      good: "SELECT set_config('lock_timeout', '2s', false); ALTER TABLE orders ADD COLUMN region text;",
    },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE orders (id int); ALTER TABLE orders ADD COLUMN region text;',
    },
    {
      title: 'a weak lock',
      good: 'ALTER TABLE orders VALIDATE CONSTRAINT positive; ALTER TABLE orders SET (fillfactor = 80);',
    },
    { title: 'a schema file that begins anew', good: 'DROP TABLE IF EXISTS orders; CREATE TABLE orders (id int);' },
    { title: 'a new table', good: 'CREATE TABLE orders (id bigint PRIMARY KEY)' },
  ],
  check(context) {
    const { statement, file, report } = context;
    // Files that build everything anew drop tables; what hangs on a table is dropped from one in use.
    if (statement.kind === 'DropStmt' && unwrap(statement.tree)?.fields.removeType === 'OBJECT_TABLE') return;
    if (hasLockTimeout(context) || file.earlier(TOPICS.unlimitedWait).length > 0) return;
    const waits = locksOf(statement).find(
      ({ table, lock }) => isAtLeast(lock, 'SHARE ROW EXCLUSIVE') && tableInUse(table, context),
    );
    if (!waits) return;
    const { table, lock } = waits;
    const named = statement.tables.find(({ name }) => name === table.name);
    const { text } = statement;
    const at = named ? { start: 0, end: named.range.end } : leadingWords(text, /^\w+\s+\w+/);
    report({
      at,
      message: 'waits',
      values: { table: table.name, what: BLOCKS[lock] },
      fixes: [
        {
          title: 'Set lock_timeout first',
          // The statement may then fail where it would have waited.
          safe: false,
          edits: [insertion(0, `SET ${file.inTransaction ? 'LOCAL ' : ''}lock_timeout = '5s';\n`)],
        },
      ],
    });
  },
});

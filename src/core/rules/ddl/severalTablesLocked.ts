import { defineRule } from '../defineRule';
import { existingTable, leadingWords } from '../support/existingTable';
import { locksOf } from '../support/tableLocks';
import type { ParsedStatement } from '../../sql/statement';

export const severalTablesLocked = defineRule({
  id: 'ddl/several-tables-locked',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['AlterTableStmt', 'RenameStmt', 'DropStmt', 'TruncateStmt', 'CreatePolicyStmt', 'RuleStmt'],
  needs: ['file'],
  title: 'Several tables locked in one transaction',
  docs: {
    problem:
      'The first table stays locked against reads and writes while the transaction waits for the second, and a program that uses both in the other order runs into a deadlock.',
    why: 'Locks add up until COMMIT. Changes that do not depend on each other belong into transactions of their own. Reported once a transaction.',
    whenToIgnore: 'The changes must happen together, or lock_timeout is short and the migration is tried again.',
  },
  messages: {
    second:
      '{first} stays locked against reads and writes while this waits for {second}; give each a transaction of its own.',
  },
  examples: [
    {
      title: 'two tables',
      bad: 'BEGIN;\nALTER TABLE orders ADD COLUMN region text;\nALTER TABLE visits ADD COLUMN note text;\nALTER TABLE cows ADD COLUMN note text;\nCOMMIT;',
      flags: 'ALTER TABLE visits',
    },
    {
      title: 'in transactions of their own',
      good: 'BEGIN; ALTER TABLE orders ADD a int; COMMIT; BEGIN; ALTER TABLE visits ADD a int; COMMIT;',
    },
    { title: 'one table', good: 'BEGIN; ALTER TABLE orders ADD a int; ALTER TABLE orders ADD b int; COMMIT;' },
    {
      title: 'a swap, which must happen at once',
      good: 'BEGIN; ALTER TABLE counts RENAME TO counts_old; ALTER TABLE counts_new RENAME TO counts; COMMIT;',
    },
    {
      title: 'with a limit on the wait',
      good: "BEGIN; SET LOCAL lock_timeout = '2s'; ALTER TABLE orders ADD a int; ALTER TABLE visits ADD a int; COMMIT;",
    },
    {
      title: 'tables created in the same file',
      good: 'BEGIN; CREATE TABLE a (n int); CREATE TABLE b (n int); ALTER TABLE a ADD m int; ALTER TABLE b ADD m int; COMMIT;',
    },
    {
      title: 'a weak lock',
      good: 'BEGIN; ALTER TABLE orders ADD a int; ALTER TABLE visits VALIDATE CONSTRAINT c; COMMIT;',
    },
  ],
  check(context) {
    const { statement, file, report } = context;
    if (!file.inTransaction || file.settingBefore('lock_timeout')) return;
    const [second] = lockedTables(statement, context);
    if (second === undefined) return;
    const held = new Set(file.earlierInTransaction().flatMap(other => lockedTables(other, context)));
    const [first] = held;
    if (first === undefined || held.size > 1 || held.has(second)) return;
    const named = statement.tables.find(({ name }) => name === second);
    const at = named ? { start: 0, end: named.range.end } : leadingWords(statement.text, /^\w+\s+\w+/);
    report({ at, message: 'second', values: { first, second } });
  },
});

/** Tables in use that a statement locks against reads. A rename is mostly half of a swap. */
function lockedTables(statement: ParsedStatement, context: Parameters<typeof existingTable>[1]): string[] {
  if (statement.kind === 'RenameStmt') return [];
  return locksOf(statement).flatMap(({ table, lock }) =>
    lock === 'ACCESS EXCLUSIVE' && existingTable(table, context) ? [table.name] : [],
  );
}

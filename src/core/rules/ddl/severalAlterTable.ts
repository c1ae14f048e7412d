import { defineRule } from '../defineRule';
import { readAlterTable } from '../support/alterTable';
import type { AlterTable } from '../support/alterTable';
import { existingTable } from '../support/existingTable';
import { lockOfCommand } from '../support/tableLocks';

export const severalAlterTable = defineRule({
  id: 'ddl/several-alter-table',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['AlterTableStmt'],
  needs: ['file'],
  title: 'Several ALTER TABLE that could be one',
  docs: {
    problem:
      'Each statement waits for the lock on the table again, and each that reads or rewrites the table does so again.',
    why: 'One ALTER TABLE takes several actions separated by commas: one lock, and one pass over the table for all of them.',
    whenToIgnore: 'The actions need different locks or belong into different transactions.',
  },
  messages: {
    again:
      'The ALTER TABLE before has the same table: both actions fit into one statement, with one lock and one pass.',
  },
  examples: [
    {
      title: 'two new columns',
      bad: 'ALTER TABLE orders ADD COLUMN region text;\nALTER TABLE orders ADD COLUMN weight numeric;',
      flags: 'ALTER TABLE orders',
    },
    { title: 'in one statement', good: 'ALTER TABLE orders ADD COLUMN region text, ADD COLUMN weight numeric' },
    {
      title: 'NOT VALID and VALIDATE, which belong apart',
      good: 'ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT c;',
    },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE orders (a int); ALTER TABLE orders ADD b int; ALTER TABLE orders ADD c int;',
    },
    { title: 'two tables', good: 'ALTER TABLE orders ADD b int; ALTER TABLE visits ADD c int;' },
    {
      title: 'an index in between',
      good: 'ALTER TABLE orders ADD b int; CREATE INDEX CONCURRENTLY ON orders (b); ALTER TABLE orders ADD c int;',
    },
    {
      title: 'a default for new rows only',
      good: 'ALTER TABLE orders ADD COLUMN key uuid; ALTER TABLE orders ALTER COLUMN key SET DEFAULT gen_random_uuid();',
    },
    {
      title: 'a partition',
      good: 'ALTER TABLE counts DETACH PARTITION counts_1; ALTER TABLE counts DETACH PARTITION counts_2;',
    },
  ],
  check(context) {
    const { statement, file, report } = context;
    const alter = readAlterTable(statement);
    if (!alter || !canJoin(alter) || !existingTable(alter.table, context)) return;
    const before = file.earlier(alter.table.name).at(-1);
    const previous = before && readAlterTable(before);
    if (!previous || previous.table.name !== alter.table.name || !canJoin(previous)) return;
    if (previous.table.schema !== alter.table.schema || dependsOn(alter, previous)) return;
    const end = statement.tables[0]?.range.end ?? statement.text.length;
    report({ at: { start: 0, end }, message: 'again' });
  },
});

/** Actions one writes apart for a reason. */
const APART =
  /^AT_(?:ValidateConstraint|AttachPartition|DetachPartition\w*|SetNotNull|DropConstraint|\w+Trig\w*|\w+Inherit)$/;

function canJoin({ commands }: AlterTable): boolean {
  return commands.every(
    ({ subtype, fields, def }) =>
      !APART.test(subtype) &&
      def?.fields.skip_validation !== true &&
      lockOfCommand(subtype, fields) === 'ACCESS EXCLUSIVE',
  );
}

/** A column is added plain and gets its default afterwards, so that old rows are left alone. */
function dependsOn(later: AlterTable, earlier: AlterTable): boolean {
  const added = new Set(earlier.commands.map(({ def }) => def?.fields.colname));
  return later.commands.some(({ name }) => name !== undefined && added.has(name));
}

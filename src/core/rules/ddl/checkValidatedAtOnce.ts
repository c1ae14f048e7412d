import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { readAlterTable } from '../support/alterTable';
import type { TableCommand } from '../support/alterTable';
import { existingTable } from '../support/existingTable';
import { list } from '../support/expressions';
import { notValidFixes } from '../support/notValid';
import { isActionSaidBefore } from '../support/saidBefore';

export const checkValidatedAtOnce = defineRule({
  id: 'ddl/check-validated-at-once',
  since: '0.2.0',
  severity: 'info',
  kinds: ['AlterTableStmt'],
  needs: ['file'],
  title: 'CHECK that reads the whole table under a lock',
  docs: {
    problem: 'Reads and writes of the table wait until every existing row has been checked.',
    why: 'Adding a CHECK holds an ACCESS EXCLUSIVE lock while it reads the table. With `NOT VALID` the lock is short and new rows are checked at once; `VALIDATE CONSTRAINT`, in a later transaction, checks the old ones while others go on.',
    whenToIgnore: 'The table is small, or not in use during the migration.',
  },
  messages: {
    scans:
      'Reads and writes of {table} wait while all rows are checked; add it NOT VALID, then VALIDATE CONSTRAINT in a step of its own.',
    newColumn:
      'Reads and writes of {table} wait while all rows are checked, although the column is new; add the CHECK NOT VALID in an action of its own.',
  },
  examples: [
    {
      title: 'a new column of a big table',
      schema: '-- counts: 5000000 rows\nCREATE TABLE counts (n int);',
      bad: 'ALTER TABLE counts ADD COLUMN fps int CHECK (fps > 0)',
      flags: 'ADD COLUMN fps int CHECK (fps > 0)',
    },
    { title: 'a new column', good: 'ALTER TABLE cameras ADD COLUMN fps int CHECK (fps > 0)' },
    {
      title: 'a CHECK on a live table',
      bad: 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0)',
      flags: 'ADD CONSTRAINT positive CHECK (total >= 0)',
      fixed:
        'ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT positive',
    },
    {
      title: 'one of several actions',
      bad: 'ALTER TABLE cameras ADD COLUMN fps int, ADD CHECK (fps > 0)',
      flags: 'ADD CHECK (fps > 0)',
    },
    { title: 'not validated yet', good: 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID' },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE orders (total numeric); ALTER TABLE orders ADD CHECK (total >= 0);',
    },
    {
      title: 'a small table',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (n int);',
      good: 'ALTER TABLE zones ADD CHECK (n > 0)',
    },
    { title: 'in CREATE TABLE', good: 'CREATE TABLE orders (total numeric CHECK (total >= 0))' },
    { title: 'validating', good: 'ALTER TABLE orders VALIDATE CONSTRAINT positive' },
  ],
  check(context) {
    const { statement, file, report } = context;
    const alter = readAlterTable(statement);
    const existing = alter && existingTable(alter.table, context);
    if (!existing || isActionSaidBefore(file, checksRows)) return;
    for (const command of alter.commands) {
      const { subtype, def, range } = command;
      if (subtype === 'AT_AddColumn' && existing.size.severity === 'warning' && hasCheck(def?.fields)) {
        report({ at: range, message: 'newColumn', values: { table: existing.name }, ...existing.size });
      }
      if (!checksRows(command)) continue;
      report({
        at: range,
        message: 'scans',
        values: { table: existing.name },
        ...existing.size,
        fixes: notValidFixes(statement, alter, command, file),
      });
    }
  },
});

function checksRows({ subtype, def }: TableCommand): boolean {
  if (subtype !== 'AT_AddConstraint' || def?.fields.contype !== 'CONSTR_CHECK') return false;
  return def.fields.skip_validation !== true && def.fields.is_enforced === true;
}

function hasCheck(column: NodeFields | undefined): boolean {
  return list(column?.constraints).some(constraint => unwrap(constraint)?.fields.contype === 'CONSTR_CHECK');
}

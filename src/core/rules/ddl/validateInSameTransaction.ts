import { defineRule } from '../defineRule';
import { readAlterTable } from '../support/alterTable';
import { existingTable } from '../support/existingTable';

export const validateInSameTransaction = defineRule({
  id: 'ddl/validate-in-same-transaction',
  since: '0.2.0',
  severity: 'info',
  kinds: ['AlterTableStmt'],
  needs: ['file'],
  title: 'NOT VALID and VALIDATE in one transaction',
  docs: {
    problem:
      'The strong lock of ADD CONSTRAINT is held while VALIDATE CONSTRAINT reads the table: NOT VALID gains nothing.',
    why: 'Locks last until the transaction ends. VALIDATE itself needs a weak lock only, so it belongs into a transaction of its own, after COMMIT.',
    whenToIgnore: 'The table is small.',
  },
  messages: {
    held: 'The lock that adding {constraint} took on {table} is still held while this reads all rows; validate after COMMIT.',
  },
  examples: [
    {
      title: 'both between BEGIN and COMMIT',
      bad: 'BEGIN;\nALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT positive;\nCOMMIT;',
      flags: 'VALIDATE CONSTRAINT positive',
    },
    {
      title: 'both in one statement',
      bad: 'ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (c) REFERENCES customers NOT VALID, VALIDATE CONSTRAINT fk',
      flags: 'VALIDATE CONSTRAINT fk',
    },
    {
      title: 'in two transactions',
      good: 'BEGIN; ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID; COMMIT; BEGIN; ALTER TABLE orders VALIDATE CONSTRAINT positive; COMMIT;',
    },
    {
      title: 'without a transaction',
      good: 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT positive;',
    },
    {
      title: 'a constraint that was there before',
      good: 'BEGIN; ALTER TABLE orders ADD CONSTRAINT other CHECK (a > 0) NOT VALID; COMMIT; BEGIN; ALTER TABLE orders VALIDATE CONSTRAINT positive; COMMIT;',
    },
    {
      title: 'a table created in the same file',
      good: 'BEGIN; CREATE TABLE orders (a int); ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT c; COMMIT;',
    },
  ],
  check(context) {
    const { statement, file, report } = context;
    const alter = readAlterTable(statement);
    if (!alter?.commands.some(({ subtype }) => subtype === 'AT_ValidateConstraint')) return;
    const existing = existingTable(alter.table, context);
    if (!existing) return;
    const added = new Set<string>();
    for (const { table, commands } of [...file.earlierInTransaction(), statement].flatMap(
      s => readAlterTable(s) ?? [],
    )) {
      if (table.name !== alter.table.name) continue;
      for (const { subtype, def } of commands) {
        const name = def?.fields.conname;
        if (subtype === 'AT_AddConstraint' && typeof name === 'string') added.add(name);
      }
    }
    for (const { subtype, name, range } of alter.commands) {
      if (subtype !== 'AT_ValidateConstraint' || name === undefined || !added.has(name)) continue;
      report({ at: range, message: 'held', values: { constraint: name, table: existing.name }, ...existing.size });
    }
  },
});

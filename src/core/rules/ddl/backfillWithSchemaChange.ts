import { defineRule } from '../defineRule';
import { filledNewColumn } from '../support/backfill';

export const backfillWithSchemaChange = defineRule({
  id: 'ddl/backfill-with-schema-change',
  since: '0.2.0',
  severity: 'info',
  kinds: ['UpdateStmt'],
  needs: ['file'],
  title: 'Backfill in the file that adds the column',
  docs: {
    problem:
      'Tools that run each migration file in one transaction keep the table locked, from the ALTER TABLE on, until all rows are updated.',
    why: 'One UPDATE of all rows also doubles the table and its indexes until VACUUM has cleaned up. Fill the column in batches, in a step of its own; a constant needs no UPDATE at all but a DEFAULT.',
    whenToIgnore: 'The table is small, or the tool commits after each statement.',
  },
  messages: {
    together:
      'All rows of {table} are filled in the file that adds {column}; run by a tool in one transaction, the table stays locked meanwhile.',
  },
  examples: [
    {
      title: 'a new column filled at once',
      bad: 'ALTER TABLE orders ADD COLUMN total numeric;\nUPDATE orders SET total = net + tax WHERE total IS NULL;',
      flags: 'UPDATE orders',
    },
    {
      title: 'a few rows',
      good: 'ALTER TABLE orders ADD COLUMN total numeric; UPDATE orders SET total = net + tax WHERE id = 5;',
    },
    {
      title: 'a batch',
      good: 'ALTER TABLE orders ADD COLUMN total numeric; UPDATE orders SET total = net + tax WHERE id BETWEEN 1 AND 10000;',
    },
    {
      title: 'another column',
      good: 'ALTER TABLE orders ADD COLUMN total numeric; UPDATE orders SET note = NULL WHERE note IS NOT NULL;',
    },
    {
      title: 'a table created in the same file',
      good: 'CREATE TABLE orders (net numeric); ALTER TABLE orders ADD total numeric; UPDATE orders SET total = net WHERE total IS NULL;',
    },
    {
      title: 'committed in between',
      good: 'BEGIN; ALTER TABLE orders ADD COLUMN total numeric; COMMIT; UPDATE orders SET total = net WHERE total IS NULL;',
    },
    {
      title: 'a small table',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (n int);',
      good: 'ALTER TABLE zones ADD m int; UPDATE zones SET m = n WHERE m IS NULL;',
    },
  ],
  check(context) {
    const { statement, report } = context;
    const filled = filledNewColumn(context);
    if (!filled) return;
    const target = statement.tables.find(({ use }) => use === 'update')?.range;
    const verb = /update\s+(?:only\s+)?$/i.exec(statement.text.slice(0, target?.start ?? 0));
    report({
      at: { start: verb?.index ?? 0, end: target?.end ?? statement.text.length },
      message: 'together',
      values: { table: filled.table, column: filled.column },
      ...filled.size,
    });
  },
});

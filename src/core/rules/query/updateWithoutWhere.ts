import { defineRule } from '../defineRule';
import { reportUnfiltered } from '../support/unfiltered';

export const updateWithoutWhere = defineRule({
  id: 'query/update-without-where',
  since: '0.1.0',
  severity: 'warning',
  kinds: ['UpdateStmt', 'SelectStmt', 'InsertStmt', 'DeleteStmt'],
  nodes: ['UpdateStmt'],
  needs: ['file'],
  title: 'UPDATE of a whole table',
  docs: {
    problem: 'Without WHERE every row is updated.',
    why: 'Each updated row is written anew, with its index entries: the table grows to twice its size, and all its rows stay locked until the end. Large tables are updated in batches, each in its own transaction.',
    whenToIgnore: 'You mean all rows and the table is small. `WHERE true` says so in the statement.',
  },
  messages: { all: 'UPDATE without WHERE rewrites every row of {table}; add a condition, or do it in batches.' },
  examples: [
    { title: 'a forgotten condition', bad: 'UPDATE accounts SET balance = 0', flags: 'UPDATE accounts' },
    {
      title: 'inside WITH',
      bad: 'WITH done AS (UPDATE jobs SET state = 1 RETURNING id) SELECT count(*) FROM done',
      flags: 'UPDATE jobs',
    },
    { title: 'a condition', good: 'UPDATE accounts SET balance = 0 WHERE id = 7' },
    { title: 'all rows on purpose', good: 'UPDATE accounts SET balance = 0 WHERE true' },
    { title: 'an upsert', good: 'INSERT INTO t (id, n) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET n = t.n + 1' },
    {
      title: 'other tables in FROM, which have a rule of their own',
      good: 'UPDATE orders SET region = c.region FROM customers c',
    },
    {
      title: 'a column added in the same file, which has a rule of its own',
      good: 'ALTER TABLE orders ADD COLUMN total numeric; UPDATE orders SET total = net + tax;',
    },
    { title: 'a table made in the same file', good: 'CREATE TABLE t (id int); UPDATE t SET id = 1;' },
  ],
  check(context) {
    reportUnfiltered(context, 'UpdateStmt', (at, table) =>
      context.report({
        at,
        message: 'all',
        values: { table },
        // Routines keep tables of their own that are refreshed or emptied as a whole.
        ...(context.body && { severity: 'info' as const }),
      }),
    );
  },
});

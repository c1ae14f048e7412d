import { defineRule } from '../defineRule';
import { NAMING_KINDS, severityBy, suggest, unknownNames } from '../support/unknownNames';

const SCHEMA = 'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, total numeric, placed_at timestamptz);';

export const unknownColumn = defineRule({
  id: 'names/unknown-column',
  since: '0.2.0',
  severity: 'error',
  title: 'Column that does not exist',
  kinds: NAMING_KINDS,
  needs: ['catalog', 'file'],
  docs: {
    problem: 'None of the tables in sight has a column of this name, or nothing in FROM has the name before the dot.',
    why: 'PostgreSQL refuses the statement (42703, 42P01).',
    whenToIgnore: 'The schema files are behind the database the statement is for.',
  },
  messages: {
    column: 'There is no column {name} here{hint}.',
    qualifier: 'Nothing in FROM is called {name}{hint}.',
  },
  examples: [
    {
      title: 'a slip of the finger',
      schema: SCHEMA,
      bad: 'SELECT id, totl FROM orders',
      flags: 'totl',
      fixed: 'SELECT id, total FROM orders',
    },
    {
      title: 'the table by its name although it has an alias',
      schema: SCHEMA,
      bad: 'SELECT orders.id FROM orders o',
      flags: 'orders',
    },
    {
      title: 'a column that is set',
      schema: SCHEMA,
      bad: 'UPDATE orders SET amount = 0 WHERE id = 1',
      flags: 'amount',
    },
    {
      title: 'a table nobody knows may have any column',
      schema: SCHEMA,
      good: 'SELECT o.id, reason FROM orders o JOIN refunds r ON r.order_id = o.id',
    },
    {
      title: 'columns of a subquery and of a WITH query',
      schema: SCHEMA,
      good: 'WITH big AS (SELECT id AS order_id FROM orders WHERE total > 100) SELECT order_id, n FROM big, (SELECT count(*) AS n FROM orders) c',
    },
    {
      title: 'names of the output in ORDER BY',
      schema: SCHEMA,
      good: 'SELECT total * 2 AS doubled FROM orders ORDER BY doubled',
    },
    { title: 'system columns', schema: SCHEMA, good: 'SELECT ctid, xmin, tableoid FROM orders' },
    {
      title: 'a column the file adds',
      schema: SCHEMA,
      good: "ALTER TABLE orders ADD COLUMN note text; UPDATE orders SET note = '' WHERE id = 1",
    },
    { title: 'the whole row', schema: SCHEMA, good: 'SELECT to_jsonb(o) FROM orders o' },
  ],
  check(context) {
    for (const unknown of unknownNames(context, ['column', 'qualifier'])) {
      const { hint, fixes } = suggest(unknown);
      context.report({
        at: unknown.range,
        message: unknown.kind === 'qualifier' ? 'qualifier' : 'column',
        severity: severityBy(context.catalog),
        values: { name: unknown.name, hint },
        fixes,
      });
    }
  },
});

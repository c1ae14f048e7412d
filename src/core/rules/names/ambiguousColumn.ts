import { defineRule } from '../defineRule';
import { NAMING_KINDS, severityBy, unknownNames } from '../support/unknownNames';

const SCHEMA = [
  'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, created_at timestamptz);',
  'CREATE TABLE customers (id bigint PRIMARY KEY, name text, created_at timestamptz);',
].join('\n');

export const ambiguousColumn = defineRule({
  id: 'names/ambiguous-column',
  since: '0.2.0',
  severity: 'error',
  title: 'Column that several tables have',
  kinds: NAMING_KINDS,
  needs: ['catalog', 'file'],
  docs: {
    problem: 'Several tables in FROM have a column of this name, and nothing says which is meant.',
    why: 'PostgreSQL refuses the statement (42702).',
    whenToIgnore: 'The schema files are ahead of or behind the database the statement is for.',
  },
  messages: { ambiguous: '{name} could be that of {tables}: put the table before it.' },
  examples: [
    {
      title: 'a join of two tables with a time each',
      schema: SCHEMA,
      bad: 'SELECT name FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY created_at',
      flags: 'created_at',
    },
    {
      title: 'in the body of a function',
      schema: SCHEMA,
      bad: 'CREATE FUNCTION latest() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT max(created_at) FROM orders o JOIN customers c ON c.id = o.customer_id); END $$',
      flags: 'created_at',
    },
    {
      title: 'a record in a body',
      schema: SCHEMA,
      good: "CREATE FUNCTION latest() RETURNS void LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN FOR r IN SELECT o.created_at FROM orders o JOIN customers c ON c.id = o.customer_id LOOP RAISE NOTICE '%', r.created_at; END LOOP; END $$",
    },
    { title: 'one table', schema: SCHEMA, good: 'SELECT created_at FROM orders' },
    {
      title: 'with the table before it',
      schema: SCHEMA,
      good: 'SELECT name FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.created_at',
    },
    { title: 'merged by USING', schema: SCHEMA, good: 'SELECT id FROM orders JOIN customers USING (id)' },
    {
      title: 'the output of that name',
      schema: SCHEMA,
      good: 'SELECT o.created_at FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY created_at',
    },
    {
      title: 'a table nobody knows',
      schema: SCHEMA,
      good: 'SELECT name FROM customers c JOIN visits v ON v.customer_id = c.id ORDER BY created_at',
    },
  ],
  check(context) {
    for (const { name, candidates, range } of unknownNames(context, ['ambiguous'])) {
      const tables = [...new Set(candidates)].join(' or ');
      context.report({
        at: range,
        message: 'ambiguous',
        severity: severityBy(context.catalog),
        values: { name, tables },
      });
    }
  },
});

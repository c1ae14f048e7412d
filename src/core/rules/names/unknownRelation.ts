import { defineRule } from '../defineRule';
import { NAMING_KINDS, severityBy, suggest, unknownNames } from '../support/unknownNames';

export const unknownRelation = defineRule({
  id: 'names/unknown-relation',
  since: '0.2.0',
  severity: 'error',
  title: 'Table that does not exist',
  kinds: NAMING_KINDS,
  needs: ['catalog', 'file'],
  docs: {
    problem: 'The connected database has no table or view of this name on the search path, and no file makes one.',
    why: 'PostgreSQL refuses the statement (42P01).',
    whenToIgnore: 'The statement is for another database, or something outside the workspace makes the table.',
  },
  messages: { unknown: 'There is no table {name}{hint}.' },
  examples: [
    {
      title: 'a slip of the finger',
      schema: '-- of a connected server\nCREATE TABLE orders (id bigint PRIMARY KEY, total numeric);',
      bad: 'SELECT total FROM ordres WHERE id = 1',
      flags: 'ordres',
      fixed: 'SELECT total FROM orders WHERE id = 1',
    },
    {
      title: 'a table of another schema',
      schema: '-- of a connected server\nCREATE TABLE orders (id bigint PRIMARY KEY); CREATE SCHEMA sales;',
      bad: 'SELECT id FROM sales.orders',
      flags: 'orders',
    },
    {
      title: 'what only schema files say may be incomplete',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);',
      good: 'SELECT total FROM ordres WHERE id = 1',
    },
    {
      title: 'a WITH query',
      schema: '-- of a connected server\nCREATE TABLE orders (id bigint PRIMARY KEY);',
      good: 'WITH recent AS (SELECT id FROM orders) SELECT id FROM recent',
    },
    {
      title: 'a table the file makes',
      schema: '-- of a connected server\nCREATE TABLE orders (id bigint PRIMARY KEY);',
      good: 'CREATE TEMP TABLE chosen AS SELECT id FROM orders; SELECT id FROM chosen',
    },
    {
      title: "PostgreSQL's own",
      schema: '-- of a connected server\nCREATE TABLE orders (id bigint PRIMARY KEY);',
      good: 'SELECT relname FROM pg_class',
    },
  ],
  check(context) {
    if (context.catalog.source === 'ddl') return;
    for (const unknown of unknownNames(context, ['relation'])) {
      const { hint, fixes } = suggest(unknown);
      const name = unknown.schema === undefined ? unknown.name : `${unknown.schema}.${unknown.name}`;
      context.report({
        at: unknown.range,
        message: 'unknown',
        severity: severityBy(context.catalog),
        values: { name, hint },
        fixes,
      });
    }
  },
});

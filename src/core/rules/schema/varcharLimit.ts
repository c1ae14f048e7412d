import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';

export const varcharLimit = defineRule({
  id: 'schema/varchar-limit',
  since: '0.2.0',
  severity: 'hint',
  optional: true,
  kinds: ['CreateStmt', 'AlterTableStmt'],
  title: 'varchar(n)',
  docs: {
    problem: 'The column has a greatest length.',
    why: 'text is stored and compared in the same way. A limit that turns out too small fails in production, and making it smaller later rewrites the table.',
    whenToIgnore: 'The limit is a rule of the business, and you like it in the type.',
  },
  messages: { limit: '{column}: text is as fast; put a limit you really need into a CHECK.' },
  examples: [
    {
      title: 'a habit',
      bad: 'CREATE TABLE users (id bigint PRIMARY KEY, name varchar(255))',
      flags: 'varchar(255)',
      fixed: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)',
    },
    { title: 'text', good: 'CREATE TABLE users (id bigint PRIMARY KEY, name text)' },
    { title: 'varchar without a limit', good: 'CREATE TABLE users (id bigint PRIMARY KEY, name varchar)' },
    { title: 'numeric has digits', good: 'CREATE TABLE users (id bigint PRIMARY KEY, score numeric(5,2))' },
    { title: 'a cast', good: 'SELECT name::varchar(20) FROM users' },
  ],
  check({ statement, find, report }) {
    for (const { name, type, typeRange, hasModifier } of columnDefinitions({ statement, find })) {
      if (type !== 'varchar' || !hasModifier) continue;
      report({
        at: typeRange,
        message: 'limit',
        values: { column: name },
        fixes: [{ title: 'Make it text', safe: false, edits: [{ range: typeRange, newText: 'text' }] }],
      });
    }
  },
});

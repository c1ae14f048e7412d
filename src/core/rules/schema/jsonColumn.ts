import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';

export const jsonColumn = defineRule({
  id: 'schema/json-column',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  title: 'json instead of jsonb',
  docs: {
    problem: 'The column is json, which is kept as text.',
    why: 'Every access parses the text again, there is no index for it, no `@>` and no equality, so DISTINCT, UNION and GROUP BY of the column fail. jsonb has all of them.',
    whenToIgnore:
      'The document must come back byte for byte: its blanks, the order of its keys, or keys that occur twice.',
  },
  messages: { text: '{column} is parsed again on every access and cannot be indexed, compared or grouped; jsonb can.' },
  examples: [
    {
      title: 'a payload',
      bad: 'CREATE TABLE events (id bigint PRIMARY KEY, payload json NOT NULL)',
      flags: 'json',
      fixed: 'CREATE TABLE events (id bigint PRIMARY KEY, payload jsonb NOT NULL)',
    },
    { title: 'an added column', bad: "ALTER TABLE cameras ADD COLUMN settings JSON DEFAULT '{}'", flags: 'JSON' },
    { title: 'jsonb', good: 'CREATE TABLE events (id bigint PRIMARY KEY, payload jsonb)' },
    { title: 'text', good: 'CREATE TABLE events (id bigint PRIMARY KEY, json text)' },
    { title: 'a cast', good: "SELECT '{}'::json" },
    { title: 'a temporary table', good: 'CREATE TEMPORARY TABLE incoming (line json)' },
  ],
  check({ statement, find, report }) {
    for (const { name, type, typeRange } of columnDefinitions({ statement, find })) {
      if (type !== 'json') continue;
      report({
        at: typeRange,
        message: 'text',
        values: { column: name },
        fixes: [{ title: 'Make it jsonb', safe: false, edits: [{ range: typeRange, newText: 'jsonb' }] }],
      });
    }
  },
});

import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';

export const roundedTimestamp = defineRule({
  id: 'schema/rounded-timestamp',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  title: 'Timestamp rounded to seconds',
  docs: {
    problem: 'timestamp(0) and timestamptz(0) round, they do not cut off.',
    why: 'now() may be stored as up to half a second in the future, so a row can be "not yet" there for a query that asks up to now(). No space is saved. Keep the fraction and use date_trunc where seconds are wanted.',
    whenToIgnore: 'Values come in whole seconds.',
  },
  messages: {
    rounds: '{column} is rounded to the next second, up to half a second into the future; keep the fraction.',
  },
  examples: [
    {
      title: 'whole seconds',
      bad: 'CREATE TABLE events (id bigint PRIMARY KEY, at timestamptz(0) NOT NULL DEFAULT now())',
      flags: 'timestamptz(0)',
      fixed: 'CREATE TABLE events (id bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
    },
    {
      title: 'spelled out',
      bad: 'ALTER TABLE events ADD COLUMN seen timestamp(0) with time zone',
      flags: 'timestamp(0) with time zone',
    },
    { title: 'all of it', good: 'CREATE TABLE events (id bigint PRIMARY KEY, at timestamptz)' },
    {
      title: 'milliseconds',
      good: 'CREATE TABLE events (id bigint PRIMARY KEY, at timestamptz(3), seen timestamp(6) with time zone)',
    },
    { title: 'a cast', good: 'SELECT now()::timestamptz(0)' },
    { title: 'numeric', good: 'CREATE TABLE events (id bigint PRIMARY KEY, n numeric(10,0))' },
  ],
  check({ statement, find, report }) {
    for (const { name, type, typeRange } of columnDefinitions({ statement, find })) {
      const written = statement.text.slice(typeRange.start, typeRange.end);
      if ((type !== 'timestamp' && type !== 'timestamptz') || !/\(\s*0\s*\)/.test(written)) continue;
      const newText = written.replace(/\s*\(\s*0\s*\)/, '');
      report({
        at: typeRange,
        message: 'rounds',
        values: { column: name },
        fixes: [{ title: 'Keep the fraction', safe: false, edits: [{ range: typeRange, newText }] }],
      });
    }
  },
});

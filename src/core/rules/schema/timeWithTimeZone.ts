import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';

export const timeWithTimeZone = defineRule({
  id: 'schema/time-with-time-zone',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  title: 'time with time zone',
  docs: {
    problem: 'The column is a time of day with an offset and without a date.',
    why: 'Without the date nobody knows whether summer time holds, so the offset cannot be turned into a zone. It also takes 12 bytes; timestamptz and time take 8.',
    whenToIgnore: 'Values come from a source that has exactly this form and are only passed on.',
  },
  messages: {
    timetz:
      '{column} has an offset but no date, so it means no moment; use timestamptz, or time and the name of a zone.',
  },
  examples: [
    { title: 'an opening time', bad: 'CREATE TABLE shops (id bigint PRIMARY KEY, opens timetz)', flags: 'timetz' },
    {
      title: 'spelled out',
      bad: 'ALTER TABLE shops ADD COLUMN closes time with time zone',
      flags: 'time with time zone',
    },
    { title: 'time', good: 'CREATE TABLE shops (id bigint PRIMARY KEY, opens time, zone text)' },
    { title: 'timestamptz', good: 'CREATE TABLE visits (id bigint PRIMARY KEY, at timestamp with time zone)' },
    { title: 'a cast', good: 'SELECT now()::timetz' },
    { title: 'a column of that name', good: 'CREATE TABLE visits (id bigint PRIMARY KEY, timetz text)' },
  ],
  check({ statement, find, report }) {
    for (const { name, type, typeRange } of columnDefinitions({ statement, find })) {
      if (type === 'timetz') report({ at: typeRange, message: 'timetz', values: { column: name } });
    }
  },
});

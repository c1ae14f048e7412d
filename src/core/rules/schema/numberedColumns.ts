import { columnDefinitions } from '../support/columnDefinitions';
import type { ColumnDefinition } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';

/** Two may be a choice (`address1`, `address2`); from three on it is a list. */
const LIST = 3;

export const numberedColumns = defineRule({
  id: 'schema/numbered-columns',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['CreateStmt'],
  title: 'A list as numbered columns',
  docs: {
    problem: 'Columns of one type have the same name with a running number.',
    why: 'A search for one value must ask every column, needs an index on each, and the list ends where the numbers end. Rows of a second table, or an array with a GIN index, have none of that.',
    whenToIgnore: 'The numbers mean fixed positions, as the channels of a device.',
  },
  messages: {
    list: '{first} to {last} are a list in columns: searching it needs {count} indexes; use rows of a second table or an array.',
  },
  examples: [
    {
      title: 'telephone numbers',
      bad: 'CREATE TABLE people (id bigint PRIMARY KEY, phone1 text, phone2 text, phone3 text)',
      flags: 'phone1',
    },
    {
      title: 'two lines of an address',
      good: 'CREATE TABLE people (id bigint PRIMARY KEY, address_line1 text, address_line2 text)',
    },
    { title: 'an array', good: 'CREATE TABLE people (id bigint PRIMARY KEY, phones text[])' },
    {
      title: 'numbers that do not run',
      good: 'CREATE TABLE latencies (id bigint PRIMARY KEY, p50 real, p95 real, p99 real)',
    },
    {
      title: 'different types',
      good: 'CREATE TABLE mixed (id bigint PRIMARY KEY, field1 text, field2 int, field3 date)',
    },
  ],
  check({ statement, find, report }) {
    const lists = new Map<string, ColumnDefinition[]>();
    for (const column of columnDefinitions({ statement, find })) {
      const stem = /^(.*?\D)_?\d{1,2}$/.exec(column.name)?.[1];
      if (stem === undefined) continue;
      const key = `${stem} ${column.type}`;
      lists.set(key, [...(lists.get(key) ?? []), column]);
    }
    for (const columns of lists.values()) {
      const numbers = columns.map(({ name }) => Number(/\d+$/.exec(name)![0]));
      const isRunning = numbers.every((number, i) => number === numbers[0]! + i) && numbers[0]! <= 1;
      if (columns.length < LIST || !isRunning) continue;
      const values = { first: columns[0]!.name, last: columns.at(-1)!.name, count: columns.length };
      report({ at: columns[0]!.nameRange, message: 'list', values });
    }
  },
});

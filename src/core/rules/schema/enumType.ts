import { defineRule } from '../defineRule';

export const enumType = defineRule({
  id: 'schema/enum-type',
  since: '0.2.0',
  severity: 'hint',
  optional: true,
  kinds: ['CreateEnumStmt'],
  title: 'Enum type',
  docs: {
    problem: 'The values are fixed in a type.',
    why: 'A label can be added and renamed but never removed, and their order is fixed. A table of values with a foreign key, or text with a CHECK, can change.',
    whenToIgnore: 'The list will not change, or you want the four bytes and the type check.',
  },
  messages: { fixed: 'Labels of an enum cannot be removed later; a table of values or text with a CHECK can change.' },
  examples: [
    {
      title: 'states',
      bad: "CREATE TYPE task_state AS ENUM ('open', 'done')",
      flags: 'CREATE TYPE task_state AS ENUM',
    },
    { title: 'a table of values', good: 'CREATE TABLE task_states (name text PRIMARY KEY)' },
    {
      title: 'a check',
      good: "CREATE TABLE tasks (id bigint PRIMARY KEY, state text CHECK (state IN ('open', 'done')))",
    },
    { title: 'a composite type', good: 'CREATE TYPE place AS (x int, y int)' },
    { title: 'a range type', good: 'CREATE TYPE span AS RANGE (subtype = int4)' },
  ],
  check({ statement, report }) {
    const words = /^create\s+type\s+.*?\sas\s+enum/is.exec(statement.text);
    report({ at: { start: 0, end: words ? words[0].length : statement.text.length }, message: 'fixed' });
  },
});

import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';

export const duplicateColumn = defineRule({
  id: 'schema/duplicate-column',
  since: '0.2.0',
  severity: 'error',
  kinds: ['CreateStmt'],
  title: 'Column defined twice',
  docs: {
    problem: 'The table has two columns of this name. Names without quotes are folded to lower case first.',
    why: 'PostgreSQL refuses the statement.',
    whenToIgnore: 'Never: the statement fails.',
  },
  messages: { twice: 'Column {column} is defined above: the statement fails.' },
  examples: [
    { title: 'twice', bad: 'CREATE TABLE orders (id bigint PRIMARY KEY, note text, Note varchar(20))', flags: 'Note' },
    { title: 'different names', good: 'CREATE TABLE orders (id bigint PRIMARY KEY, note text, note2 text)' },
    {
      title: 'quoted names keep their case',
      good: 'CREATE TABLE orders (id bigint PRIMARY KEY, "Note" text, note text)',
    },
    { title: 'two tables', good: 'CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY);' },
    { title: 'names to be filled in', good: 'CREATE TABLE a (id bigint PRIMARY KEY, ${columns}, ${more})' },
  ],
  check({ statement, find, report }) {
    const seen = new Set<string>();
    if (statement.placeholders.length > 0) return;
    for (const { name, nameRange } of columnDefinitions({ statement, find })) {
      if (seen.has(name)) report({ at: nameRange, message: 'twice', values: { column: name } });
      seen.add(name);
    }
  },
});

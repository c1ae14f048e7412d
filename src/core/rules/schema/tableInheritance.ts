import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { list } from '../support/expressions';

export const tableInheritance = defineRule({
  id: 'schema/table-inheritance',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreateStmt'],
  title: 'INHERITS',
  docs: {
    problem: 'The table inherits from another one.',
    why: 'Indexes, primary keys and foreign keys are not inherited: the parent accepts ids its children have too, and a foreign key to the parent does not see their rows. Partitions do what inheritance is mostly used for.',
    whenToIgnore: 'You know these limits, and only the columns are to be shared.',
  },
  messages: {
    inherits:
      'Keys, indexes and foreign keys of {parent} do not hold for this table; partitioning or a foreign key does.',
  },
  examples: [
    {
      title: 'a month of results',
      bad: "CREATE TABLE results_2024_01 (CHECK (day >= DATE '2024-01-01')) INHERITS (results)",
      flags: 'INHERITS (results)',
    },
    { title: 'a partition', good: 'CREATE TABLE results_1 PARTITION OF results DEFAULT' },
    { title: 'copied columns', good: 'CREATE TABLE results_new (LIKE results INCLUDING ALL)' },
    { title: 'an ordinary table', good: 'CREATE TABLE cats (id bigint PRIMARY KEY, inherits text)' },
    { title: 'a foreign key', good: 'CREATE TABLE cats (animal_id bigint PRIMARY KEY REFERENCES animals)' },
  ],
  check({ statement, report }) {
    const fields = unwrap(statement.tree)?.fields;
    const parent = unwrap(list(fields?.inhRelations)[0])?.fields.relname;
    if (typeof parent !== 'string' || fields?.partbound !== undefined) return;
    const clause = /\binherits\s*\([^)]*\)/i.exec(statement.text);
    if (!clause) return;
    report({
      at: { start: clause.index, end: clause.index + clause[0].length },
      message: 'inherits',
      values: { parent },
    });
  },
});

import { unwrap } from '../../sql/walk';
import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';

export const nullableBoolean = defineRule({
  id: 'schema/nullable-boolean',
  since: '0.2.0',
  severity: 'hint',
  optional: true,
  kinds: ['CreateStmt'],
  title: 'Boolean with three values',
  docs: {
    problem: 'A boolean column may be NULL.',
    why: 'NULL is neither true nor false: `WHERE flag = false` and `WHERE NOT flag` leave such rows out, and so does a partial index on either.',
    whenToIgnore: 'NULL means unknown, and the queries say what to do with it.',
  },
  messages: {
    three: '{column} may also be NULL, which NOT {column} does not find; NOT NULL DEFAULT false has two values.',
  },
  examples: [
    {
      title: 'a flag',
      bad: 'CREATE TABLE cameras (id bigint PRIMARY KEY, is_active boolean DEFAULT true)',
      flags: 'is_active',
    },
    {
      title: 'NOT NULL',
      good: 'CREATE TABLE cameras (id bigint PRIMARY KEY, is_active boolean NOT NULL DEFAULT true)',
    },
    { title: 'part of the key', good: 'CREATE TABLE flags (name text, value boolean, PRIMARY KEY (name, value))' },
    { title: 'another type', good: 'CREATE TABLE cameras (id bigint PRIMARY KEY, is_active int)' },
    { title: 'an array', good: 'CREATE TABLE masks (id bigint PRIMARY KEY, bits boolean[])' },
  ],
  check({ statement, find, report }) {
    const primary = find('Constraint').filter(({ fields }) => fields.contype === 'CONSTR_PRIMARY');
    const inKey = (name: string): boolean =>
      primary.some(
        ({ fields }) => Array.isArray(fields.keys) && fields.keys.some(key => unwrap(key)?.fields.sval === name),
      );
    for (const { name, type, nameRange, constraints } of columnDefinitions({ statement, find })) {
      if (type !== 'bool' || constraints.has('CONSTR_NOTNULL') || constraints.has('CONSTR_PRIMARY') || inKey(name))
        continue;
      report({ at: nameRange, message: 'three', values: { column: name } });
    }
  },
});

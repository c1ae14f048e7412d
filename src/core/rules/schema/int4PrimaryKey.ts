import { unwrap } from '../../sql/walk';
import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';
import { asTable, contains, functionName, list } from '../support/expressions';
import { knownTable } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';

export const int4PrimaryKey = defineRule({
  id: 'schema/int4-primary-key',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreateStmt'],
  needs: ['file'],
  title: 'Generated key of four bytes',
  docs: {
    problem: 'The primary key is counted up as integer or smallint.',
    why: 'After 2,147,483,647 (or 32,767) values every insert fails, rolled back ones count too, and changing the type then rewrites the table and everything that refers to it. bigint takes four bytes more, often none because of alignment.',
    whenToIgnore: 'The table is a list of values that stays small.',
  },
  messages: {
    runsOut:
      '{column} ends at {limit}, counting rolled back inserts; bigint does not, and changing it later rewrites the table.',
  },
  examples: [
    {
      title: 'serial',
      bad: 'CREATE TABLE counting_results (id serial PRIMARY KEY, camera_id int)',
      flags: 'serial',
      fixed: 'CREATE TABLE counting_results (id bigserial PRIMARY KEY, camera_id int)',
    },
    {
      title: 'an identity column',
      bad: 'CREATE TABLE orders (id INTEGER GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (id))',
      flags: 'INTEGER',
      fixed: 'CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (id))',
    },
    {
      title: 'bigint',
      good: 'CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY); CREATE TABLE items (id bigserial PRIMARY KEY);',
    },
    { title: 'not counted up', good: 'CREATE TABLE countries (id int PRIMARY KEY, name text)' },
    { title: 'not the key', good: 'CREATE TABLE orders (id bigint PRIMARY KEY, position serial)' },
    { title: 'a key of another table', good: 'CREATE TABLE profiles (user_id int PRIMARY KEY REFERENCES users)' },
  ],
  check({ statement, file, find, report }) {
    const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    if (!relation) return;
    const table = knownTable(asTable(relation), { file, catalog: undefined }, { statement, later: true });
    const key = table?.keys.find(({ primary }) => primary)?.columns ?? [];
    for (const column of columnDefinitions({ statement, find })) {
      const { type, typeRange, isSerial, constraints, defaultValue } = column;
      if ((type !== 'int4' && type !== 'int2') || !key.includes(column.name)) continue;
      const isCounted =
        isSerial ||
        constraints.has('CONSTR_IDENTITY') ||
        contains(defaultValue, (node, fields) => node === 'FuncCall' && functionName(fields) === 'nextval');
      if (!isCounted || isReference(column.match.fields)) continue;
      report({
        at: typeRange,
        message: 'runsOut',
        values: { column: column.name, limit: type === 'int4' ? '2,147,483,647' : '32,767' },
        fixes: [
          {
            title: 'Make it bigint',
            safe: false,
            edits: [{ range: typeRange, newText: isSerial ? 'bigserial' : 'bigint' }],
          },
        ],
      });
    }
  },
});

function isReference(column: NodeFields): boolean {
  return list(column.constraints).some(item => unwrap(item)?.fields.contype === 'CONSTR_FOREIGN');
}

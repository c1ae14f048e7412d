import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asTable } from '../support/expressions';
import { foreignKeyDefinitions } from '../support/foreignKeys';
import { knownTable } from '../support/knownTable';
import type { NodeFields } from '../nodeIndex';

export const nullableCompositeForeignKey = defineRule({
  id: 'schema/nullable-composite-foreign-key',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  needs: ['file'],
  title: 'Foreign key of several columns, several of which may be NULL',
  docs: {
    problem: 'Two or more columns of one foreign key may be NULL, without MATCH FULL.',
    why: 'As soon as one column is NULL nothing is checked, whatever the others hold. MATCH FULL accepts all NULL or none.',
    whenToIgnore: 'Half-filled references are wanted.',
  },
  messages: { half: 'If one of {columns} is NULL the others are not checked; MATCH FULL allows all NULL or none.' },
  examples: [
    {
      title: 'two columns that may be NULL',
      bad: 'CREATE TABLE reviews (id int PRIMARY KEY, order_id bigint, line int, FOREIGN KEY (order_id, line) REFERENCES order_items (order_id, line))',
      flags: 'FOREIGN KEY (order_id, line) REFERENCES order_items',
    },
    {
      title: 'MATCH FULL',
      good: 'CREATE TABLE reviews (id int PRIMARY KEY, order_id bigint, line int, FOREIGN KEY (order_id, line) REFERENCES order_items MATCH FULL)',
    },
    {
      title: 'NOT NULL',
      good: 'CREATE TABLE reviews (id int PRIMARY KEY, order_id bigint NOT NULL, line int NOT NULL, FOREIGN KEY (order_id, line) REFERENCES order_items)',
    },
    {
      title: 'the tenant is always there',
      good: 'CREATE TABLE posts (tenant_id int NOT NULL, id int PRIMARY KEY, author_id int, FOREIGN KEY (tenant_id, author_id) REFERENCES users)',
    },
    { title: 'one column', good: 'CREATE TABLE reviews (id int PRIMARY KEY, order_id bigint REFERENCES orders)' },
    { title: 'an unknown table', good: 'ALTER TABLE reviews ADD FOREIGN KEY (order_id, line) REFERENCES order_items' },
  ],
  check({ statement, catalog, file, find, rangeOf, report }) {
    const relation = unwrap(statement.tree)?.fields.relation as NodeFields | undefined;
    const keys = foreignKeyDefinitions({ find }).filter(
      ({ columns, isMatchFull }) => columns.length > 1 && !isMatchFull,
    );
    if (!relation || keys.length === 0) return;
    const table = knownTable(asTable(relation), { file, catalog }, { statement, later: true });
    for (const { columns, match } of keys) {
      const nullable = columns.filter(column => table?.columns.get(column)?.notNull === false);
      if (nullable.length < 2) continue;
      report({ at: rangeOf(match), message: 'half', values: { columns: columns.join(', ') } });
    }
  },
});

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { list, stringValue } from '../support/expressions';
import { createdIndex, removalOf } from '../support/indexElements';
import type { NodeFields } from '../nodeIndex';

export const columnTwice = defineRule({
  id: 'index/column-twice',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['IndexStmt', 'CreateStmt', 'AlterTableStmt'],
  title: 'Column twice in an index',
  docs: {
    problem: 'The same column stands twice in one index or key.',
    why: 'In an index it is stored twice and helps once. In a primary key or unique constraint PostgreSQL refuses it.',
    whenToIgnore: 'Never.',
  },
  messages: {
    index: 'Column {column} is in this index already; a second time it only makes the index larger.',
    constraint: 'PostgreSQL refuses {column} twice in one key.',
  },
  examples: [
    {
      title: 'in the key',
      bad: 'CREATE INDEX ON orders (customer_id, created_at, customer_id)',
      flags: 'customer_id',
      fixed: 'CREATE INDEX ON orders (customer_id, created_at)',
    },
    {
      title: 'in the key and in INCLUDE',
      bad: 'CREATE INDEX ON orders (customer_id, created_at) INCLUDE (created_at, total)',
      flags: 'created_at',
      fixed: 'CREATE INDEX ON orders (customer_id, created_at) INCLUDE (total)',
    },
    {
      title: 'in a primary key',
      bad: 'CREATE TABLE order_items (order_id bigint, line int, PRIMARY KEY (order_id, order_id))',
      flags: 'PRIMARY KEY (order_id, order_id)',
    },
    { title: 'once', good: 'CREATE INDEX ON orders (customer_id, created_at)' },
    { title: 'the column and an expression over it', good: 'CREATE INDEX ON users (email, lower(email))' },
    { title: 'in key and predicate', good: 'CREATE INDEX ON orders (customer_id) WHERE customer_id IS NOT NULL' },
    { title: 'two operator classes', good: 'CREATE INDEX ON users (email, email text_pattern_ops)' },
    { title: 'two keys', good: 'CREATE TABLE a (id int PRIMARY KEY, b int, UNIQUE (id, b))' },
  ],
  check({ statement, find, rangeOf, report }) {
    const created = createdIndex(statement);
    if (created) {
      const seen = new Set<string>();
      for (const items of [created.keys, created.include]) {
        for (const item of items) {
          if (item.column === undefined || item.operatorClass !== undefined || item.fields.collation) continue;
          if (!seen.has(item.column)) seen.add(item.column);
          else {
            const isOnly = items.length === 1;
            report({
              at: item.range,
              message: 'index',
              values: { column: item.column },
              fixes: isOnly
                ? []
                : [{ title: 'Remove it', safe: true, edits: [{ range: removalOf(items, item), newText: '' }] }],
            });
          }
        }
      }
    }
    for (const constraint of find('Constraint')) {
      if (constraint.fields.contype !== 'CONSTR_PRIMARY' && constraint.fields.contype !== 'CONSTR_UNIQUE') continue;
      const names = keyNames(constraint.fields);
      const column = names.find((name, i) => names.indexOf(name) < i);
      if (column === undefined) continue;
      const { start } = rangeOf(constraint);
      const end = statement.text.indexOf(')', start) + 1;
      report({ at: { start, end: end || start }, message: 'constraint', values: { column }, severity: 'error' });
    }
  },
});

function keyNames(constraint: NodeFields): string[] {
  return list(constraint.keys).flatMap(key => stringValue(unwrap(key) ? key : undefined) ?? []);
}

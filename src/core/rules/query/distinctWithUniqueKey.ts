import { findRelation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, contains, fromTables, list } from '../support/expressions';
import { rangeOfTree, selectedValues } from '../support/trees';

export const distinctWithUniqueKey = defineRule({
  id: 'query/distinct-with-unique-key',
  since: '0.2.0',
  severity: 'info',
  needs: ['catalog'],
  title: 'DISTINCT although a key is selected',
  nodes: ['distinctClause'],
  docs: {
    problem:
      'The query selects a unique key of its only table, so no two rows are equal, and DISTINCT looks for duplicates all the same.',
    why: 'PostgreSQL (through version 18) does not notice: it sorts or hashes all rows.',
    whenToIgnore: 'Never.',
  },
  messages: { unique: '{key} is unique in {table}, so there are no duplicates; DISTINCT sorts or hashes all rows.' },
  examples: [
    {
      title: 'the primary key is selected',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, status text);',
      bad: "SELECT DISTINCT id, status FROM orders WHERE status <> 'new'",
      flags: 'DISTINCT',
      fixed: "SELECT id, status FROM orders WHERE status <> 'new'",
    },
    {
      title: 'a key of two columns',
      schema: 'CREATE TABLE order_items (order_id bigint, line int, price numeric, PRIMARY KEY (order_id, line));',
      bad: 'SELECT DISTINCT i.order_id, i.line, i.price FROM order_items i',
      flags: 'DISTINCT',
      fixed: 'SELECT i.order_id, i.line, i.price FROM order_items i',
    },
    {
      title: 'no key',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, status text);',
      good: 'SELECT DISTINCT status FROM orders',
    },
    {
      title: 'a part of a key',
      schema: 'CREATE TABLE order_items (order_id bigint, line int, PRIMARY KEY (order_id, line));',
      good: 'SELECT DISTINCT order_id FROM order_items',
    },
    {
      title: 'a join may repeat the rows',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY); CREATE TABLE order_items (order_id bigint);',
      good: 'SELECT DISTINCT o.id FROM orders o JOIN order_items i ON i.order_id = o.id',
    },
    {
      title: 'a unique column that may be NULL more than once',
      schema: 'CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE);',
      good: 'SELECT DISTINCT email FROM users',
    },
    {
      title: 'a function that returns several rows',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, tags text[]);',
      good: 'SELECT DISTINCT id, unnest(tags) FROM orders',
    },
    { title: 'a table nobody knows', good: 'SELECT DISTINCT id, status FROM orders' },
  ],
  check({ statement, catalog, find, report }) {
    for (const query of find('SelectStmt')) {
      const { distinctClause, groupClause, targetList } = query.fields;
      const distinct = list(distinctClause);
      if (distinct.length === 0 || distinct.some(item => unwrap(item) !== undefined) || groupClause) continue;
      const { tables, others } = fromTables(query);
      const [table] = tables;
      if (!table || tables.length > 1 || others > 0 || contains(targetList, type => type === 'FuncCall')) continue;
      const relation = findRelation(catalog, table.name, table.schema);
      const selected = new Set(selectedValues(query.fields).map(value => asColumn(value)?.name));
      const key = relation?.indexes.find(
        index =>
          index.unique &&
          index.valid &&
          index.predicate === undefined &&
          index.keys.every(name => {
            const column = relation.columns.find(one => one.name === name.replace(/"/g, ''));
            return column?.notNull === true && selected.has(column.name);
          }),
      );
      // Rows of inheritance children share no key with their parent.
      const hasChildren = catalog.relations.some(
        one => !one.isPartition && one.parents?.some(parent => parent.name === table.name),
      );
      const target = rangeOfTree(statement, list(targetList)[0]);
      const word = target && /\bdistinct\s+$/i.exec(statement.text.slice(0, target.start));
      if (!relation || !key || hasChildren || !word) continue;
      report({
        at: { start: word.index, end: word.index + 'distinct'.length },
        message: 'unique',
        values: { key: key.keys.join(', '), table: relation.name },
        fixes: [
          {
            title: 'Remove DISTINCT',
            safe: true,
            edits: [{ range: { start: word.index, end: word.index + word[0].length }, newText: '' }],
            facts: [`${key.keys.join(', ')} is a unique key of ${relation.name} without NULLs`],
          },
        ],
      });
    }
  },
});

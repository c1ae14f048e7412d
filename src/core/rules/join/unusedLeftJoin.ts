import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { list, stringValue } from '../support/expressions';
import { columnEquality } from '../support/columnEqualities';
import { fromItems } from '../support/fromItems';
import { conjuncts, isWithin } from '../support/trees';
import type { FromItem } from '../support/fromItems';
import { itemOf } from '../support/mentions';
import { hasInheritanceChildren, isUniqueBy } from '../support/uniqueness';
import { wordsBefore } from '../support/words';

export const unusedLeftJoin = defineRule({
  id: 'join/unused-left-join',
  since: '0.2.0',
  severity: 'info',
  needs: ['catalog'],
  title: 'LEFT JOIN nothing reads from',
  nodes: ['JoinExpr'],
  docs: {
    problem: 'A table is joined by its key with LEFT JOIN and none of its columns is used.',
    why: 'The join neither adds nor drops a row. PostgreSQL leaves it out when it can prove that, and plans it for nothing.',
    whenToIgnore: 'The statement is put together by a program that adds columns later.',
  },
  messages: { unused: 'No column of {table} is used, and this join neither adds nor drops rows: leave it out.' },
  examples: [
    {
      title: 'a table left over',
      bad: 'SELECT o.id, o.total FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.total > 5',
      schema:
        'CREATE TABLE customers (id int PRIMARY KEY, name text); CREATE TABLE orders (id int, customer_id int, total int);',
      flags: 'customers c',
      fixed: 'SELECT o.id, o.total FROM orders o WHERE o.total > 5',
    },
    {
      title: 'a column is used',
      good: 'SELECT o.id, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer_id',
      schema: 'CREATE TABLE customers (id int PRIMARY KEY, name text); CREATE TABLE orders (id int, customer_id int);',
    },
    {
      title: 'an inner join drops rows',
      good: 'SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id',
      schema: 'CREATE TABLE customers (id int PRIMARY KEY, name text); CREATE TABLE orders (id int, customer_id int);',
    },
    {
      title: 'no key: rows may be added',
      good: 'SELECT o.id FROM orders o LEFT JOIN notes n ON n.order_id = o.id',
      schema: 'CREATE TABLE notes (order_id int); CREATE TABLE orders (id int);',
    },
    {
      title: 'all columns',
      good: 'SELECT * FROM orders o LEFT JOIN customers c ON c.id = o.customer_id',
      schema: 'CREATE TABLE customers (id int PRIMARY KEY, name text); CREATE TABLE orders (id int, customer_id int);',
    },
    {
      title: 'used by a later join',
      good: 'SELECT o.id, r.name FROM orders o LEFT JOIN customers c ON c.id = o.customer_id LEFT JOIN regions r ON r.id = c.region_id',
      schema:
        'CREATE TABLE customers (id int PRIMARY KEY, region_id int); CREATE TABLE orders (id int, customer_id int); CREATE TABLE regions (id int PRIMARY KEY, name text);',
    },
  ],
  check({ statement, catalog, find, report }) {
    for (const query of find('SelectStmt')) {
      const items = fromItems(query, catalog);
      if (query.fields.lockingClause) continue;
      for (const item of items) {
        if (item.combination !== 'left' || !item.relation || unwrap(item.join?.rarg)?.fields !== item.fields) continue;
        const pairs = conjuncts(item.join?.quals).map(condition => columnEquality(condition, items));
        const own = pairs.flatMap(pair => pair?.filter(side => side.item === item) ?? []);
        if (
          !isUniqueBy(
            item.relation,
            own.map(side => side.name),
          )
        )
          continue;
        if (hasInheritanceChildren(catalog, item.relation)) continue;
        if (!isUnread(item, items, query, find('ColumnRef'))) continue;
        const at = statement.rangeOf(item.type, item.fields);
        const join = statement.rangeOf('JoinExpr', item.join!);
        const words = at && wordsBefore(statement.text, at.start, /left(?:\s+outer)?\s+join/i);
        if (!at || !join) continue;
        const blanks = /\s*$/.exec(statement.text.slice(0, words?.start))![0];
        report({
          at,
          message: 'unused',
          values: { table: item.name ?? '' },
          fixes: words
            ? [
                {
                  title: 'Remove the join',
                  safe: true,
                  edits: [{ range: { start: words.start - blanks.length, end: join.end }, newText: '' }],
                  facts: [`${own.map(side => side.name).join(', ')} is a unique key of ${item.relation.name}`],
                },
              ]
            : [],
        });
      }
    }
  },
});

/** True if no column outside its own ON can be the item's. */
function isUnread(
  item: FromItem,
  items: readonly FromItem[],
  query: NodeMatch,
  columns: readonly NodeMatch[],
): boolean {
  for (const column of columns) {
    if (isBelow(column, item.join!, 'quals')) continue;
    const inside = isWithin(column, query);
    const parts = list(column.fields.fields);
    if (parts.length > 1) {
      if (stringValue(parts.at(-2)) === item.name || stringValue(parts[0]) === item.name) return false;
      continue;
    }
    if (!inside) continue;
    // `*`, or a name that could be the item's.
    const owner = itemOf(column.fields, items);
    if (owner === item || (owner === undefined && mayBelong(column, item))) return false;
  }
  return true;
}

function mayBelong(column: NodeMatch, item: FromItem): boolean {
  const name = stringValue(list(column.fields.fields).at(-1));
  return name === undefined || item.relation!.columns.some(each => each.name === name);
}

/** True if the node stands in this field of a node with these fields. */
function isBelow(node: NodeMatch, fields: object, key: string): boolean {
  for (let at: NodeMatch = node; at.parent; at = at.parent)
    if (at.parent.fields === fields && at.key === key) return true;
  return false;
}

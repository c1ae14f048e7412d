import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { functionName, list } from '../support/expressions';
import { columnEquality, columnFixedBy, itemColumn, usingColumns } from '../support/columnEqualities';
import { allConditions, fromItems } from '../support/fromItems';
import type { FromItem } from '../support/fromItems';
import { mentionsIn } from '../support/mentions';
import { isUniqueBy } from '../support/uniqueness';

export const aggregateOverFanOut = defineRule({
  id: 'join/aggregate-over-fan-out',
  since: '0.2.0',
  severity: 'warning',
  needs: ['catalog'],
  title: 'Sum over rows a join has multiplied',
  nodes: ['FuncCall'],
  docs: {
    problem: 'A join to a table with several rows per row repeats the values that are summed or averaged.',
    why: 'Each value counts as often as it has partners in the other table, so sums are too large and averages are weighted by it.',
    whenToIgnore: 'The data never has more than one partner; a unique index would say so.',
  },
  messages: {
    repeated:
      '{table} is repeated for each row of {other}, so this counts values several times; aggregate {other} before joining.',
  },
  examples: [
    {
      title: 'two lists of one customer',
      bad: 'SELECT c.id, sum(o.total), count(DISTINCT v.id) FROM customers c JOIN orders o ON o.customer_id = c.id JOIN visits v ON v.customer_id = c.id GROUP BY c.id',
      schema:
        'CREATE TABLE customers (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY, customer_id int, total int); CREATE TABLE visits (id int PRIMARY KEY, customer_id int);',
      flags: 'sum(o.total)',
    },
    {
      title: 'the parent summed over its children',
      bad: 'SELECT sum(o.shipping) FROM orders o JOIN order_items i ON i.order_id = o.id',
      schema:
        'CREATE TABLE orders (id int PRIMARY KEY, shipping int); CREATE TABLE order_items (order_id int, price int);',
      flags: 'sum(o.shipping)',
    },
    {
      title: 'the average of one value',
      good: 'SELECT o.id, avg(o.shipping) FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id',
      schema:
        'CREATE TABLE orders (id int PRIMARY KEY, shipping int); CREATE TABLE order_items (order_id int, price int);',
    },
    {
      title: 'the children summed',
      good: 'SELECT o.id, sum(i.price) FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id',
      schema:
        'CREATE TABLE orders (id int PRIMARY KEY, shipping int); CREATE TABLE order_items (order_id int, price int);',
    },
    {
      title: 'looked-up tables do not repeat rows',
      good: 'SELECT c.region, sum(o.total) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY c.region',
      schema:
        'CREATE TABLE customers (id int PRIMARY KEY, region text); CREATE TABLE orders (id int, customer_id int, total int);',
    },
    {
      title: 'aggregated before joining',
      good: 'SELECT c.id, sum(o.total) FROM orders o JOIN customers c ON c.id = o.customer_id LEFT JOIN (SELECT customer_id, count(*) AS n FROM visits GROUP BY customer_id) v ON v.customer_id = c.id GROUP BY c.id',
      schema:
        'CREATE TABLE customers (id int PRIMARY KEY); CREATE TABLE orders (id int, customer_id int, total int); CREATE TABLE visits (customer_id int);',
    },
    {
      title: 'repeated values do not change a maximum',
      good: 'SELECT max(o.shipping) FROM orders o JOIN order_items i ON i.order_id = o.id',
      schema:
        'CREATE TABLE orders (id int PRIMARY KEY, shipping int); CREATE TABLE order_items (order_id int, price int);',
    },
    {
      title: 'per product, each order counts',
      good: 'SELECT i.product_id, sum(o.weight) FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY i.product_id',
      schema:
        'CREATE TABLE orders (id int PRIMARY KEY, weight int); CREATE TABLE order_items (order_id int, product_id int);',
    },
    {
      title: 'one row of the other table',
      good: "SELECT sum(p.price) FROM products p JOIN names n ON n.product_id = p.id AND n.language = 'vi'",
      schema:
        'CREATE TABLE products (id int PRIMARY KEY, price int); CREATE TABLE names (product_id int, language text, PRIMARY KEY (product_id, language));',
    },
  ],
  check({ catalog, find, rangeOf, report }) {
    for (const call of find('FuncCall')) {
      const { fields } = call;
      if (!SENSITIVE.has(functionName(fields) ?? '') || fields.agg_distinct || fields.over || fields.agg_star) continue;
      const query = queryOf(call);
      if (!query) continue;
      const items = fromItems(query, catalog);
      if (items.length < 2 || items.some(item => !item.relation)) continue;
      const { items: summed, hasUnknown } = mentionsIn(fields.args, items);
      const [item] = summed;
      if (hasUnknown || summed.size !== 1 || !item) continue;
      // FILTER or CASE by the other table may pick one of its rows.
      if (fields.agg_filter && mentionsIn(fields.agg_filter, items).items.size > 0) continue;
      // An average of one value, however often it is repeated, is that value.
      if (functionName(fields) === 'avg' && isGroupedByKey(item, items, query)) continue;
      const other = multiplies(item, items, query);
      if (other) report({ at: rangeOf(call), message: 'repeated', values: { table: item.name!, other: other.name! } });
    }
  },
});

const SENSITIVE: ReadonlySet<string> = new Set(['sum', 'avg']);

/** True if each group has one row of the item, repeated or not. */
function isGroupedByKey(item: FromItem, items: readonly FromItem[], query: NodeMatch): boolean {
  const keys = list(query.fields.groupClause).flatMap(key => {
    const column = itemColumn(key, items);
    return column?.item === item ? [column.name] : [];
  });
  return isUniqueBy(item.relation!, keys);
}

function queryOf(call: NodeMatch): NodeMatch | undefined {
  for (let at = call.parent; at; at = at.parent) {
    if (at.type === 'SelectStmt') return at;
    if (at.type === 'SubLink') return undefined;
  }
  return undefined;
}

/** The first table that repeats the item's rows within a group; undefined if none certainly does. */
function multiplies(item: FromItem, items: readonly FromItem[], query: NodeMatch): FromItem | undefined {
  const conditions = allConditions(query);
  const pairs = conditions.flatMap(condition => columnEquality(condition, items) ?? []);
  if (items.some(each => each.join?.isNatural === true || usingColumns(each).length > 0)) return undefined;
  const columnsOf = (table: FromItem, known: ReadonlySet<FromItem>): string[] => {
    const names = conditions.flatMap(condition => {
      const pair = columnEquality(condition, items);
      if (pair) {
        const own = pair.find(side => side.item === table);
        return own && known.has(pair.find(side => side.item !== table)!.item) ? [own.name] : [];
      }
      const fixed = columnFixedBy(condition, items);
      return fixed?.item === table ? [fixed.name] : [];
    });
    return names;
  };
  // Tables with at most one row for a row of those known: their keys are joined or fixed.
  const single = new Set<FromItem>([item]);
  for (let size = 0; size !== single.size;) {
    size = single.size;
    for (const table of items) if (isUniqueBy(table.relation!, columnsOf(table, single))) single.add(table);
  }
  const grouped = mentionsIn([query.fields.groupClause, query.fields.distinctClause], items);
  if (grouped.hasUnknown || [...grouped.items].some(each => !single.has(each))) return undefined;
  // A table reached by anything but plain equalities may well have one row each.
  const other = items.find(each => !single.has(each) && pairs.some(side => side.item === each));
  if (!other) return undefined;
  const isPlain = conditions.every(condition => {
    const named = mentionsIn(condition, items);
    const isPair = columnEquality(condition, items) !== undefined;
    return isPair || (!named.hasUnknown && ![...named.items].some(each => each === other));
  });
  return isPlain && unwrap(list(query.fields.groupClause)[0])?.type !== 'GroupingSet' ? other : undefined;
}

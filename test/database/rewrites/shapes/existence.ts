import type { RewriteShape } from '../shape';
import { simpleCondition } from './around';

/** The test sees by itself that rows differ only in which of those that tie are kept. */
const TIES = { says: /tie for the last place/, applies: 'false' };

/** Queries that ask whether there is a row, in roundabout ways. */
export const EXISTENCE_SHAPES: readonly RewriteShape[] = [
  {
    title: 'DISTINCT over a join',
    rewrites: ['distinct-join-to-exists'],
    statements: 240,
    generate: random => {
      const columns = random.pick([
        'c.id, c.name',
        'c.region',
        'c.id',
        'c.*',
        'c.region, c.vip',
        'c.name, o.status',
        'lower(c.region) AS r',
        'c.email',
      ]);
      const asks = random.some(
        [
          'JOIN orders o ON o.customer_id = c.id',
          `JOIN items i ON i.order_id = ${columns.includes('o.') ? 'o.id' : 'c.id'}`,
          `JOIN marks m ON m.a = c.id AND (m.b = 1 OR m.b IS NULL)`,
        ],
        1,
        3,
      );
      const joins = asks.some(ask => ask.includes('orders')) ? asks : ['JOIN orders o ON o.owner_id = c.id', ...asks];
      const where = random.pick([
        '',
        ` WHERE ${simpleCondition(random, 'orders', 'o')}`,
        ` WHERE ${simpleCondition(random, 'customers', 'c')} AND ${simpleCondition(random, 'orders', 'o')}`,
        ' WHERE c.vip OR o.paid',
      ]);
      const order = columns === 'c.id, c.name' ? random.maybe(` ORDER BY c.name${random.maybe(' LIMIT 4')}`) : '';
      return {
        sql: `SELECT DISTINCT ${columns} FROM customers c ${joins.join(' ')}${where}${order}`,
        differences: { 'distinct-join-to-exists': [TIES] },
      };
    },
  },
  {
    title: 'LEFT JOIN of which a column IS NULL',
    rewrites: ['left-join-null-to-not-exists'],
    statements: 200,
    generate: random => {
      const tested = random.pick(['id', 'number', 'paid', 'status', 'total', 'customer_id']);
      const key = random.pick(['customer_id', 'owner_id']);
      const own = random.pick(['', ' AND o.paid', " AND (o.status = 'new' OR o.total > 1)", ' AND c.vip']);
      const more = random.pick(['', ' JOIN marks m ON m.a = c.id', ' LEFT JOIN items i ON i.line = c.id']);
      const where = random.chance(40) ? ` AND ${simpleCondition(random, 'customers', 'c')}` : '';
      const columns = random.pick(['c.id', 'c.id, c.name', 'c.*', 'count(*)']);
      const order = columns === 'c.id, c.name' ? random.maybe(` ORDER BY c.name${random.maybe(' LIMIT 3')}`) : '';
      return {
        sql: `SELECT ${columns} FROM customers c LEFT JOIN orders o ON o.${key} = c.id${own}${more} WHERE o.${tested} IS NULL${where}${order}`,
        differences: {
          'left-join-null-to-not-exists': [
            TIES,
            { says: /whose match has NULL in/, applies: `EXISTS (SELECT FROM orders WHERE ${tested} IS NULL)` },
          ],
        },
      };
    },
  },
  {
    title: 'comparison with ALL rows of a subquery',
    rewrites: ['all-to-not-exists'],
    statements: 200,
    generate: random => {
      const [outer, column] = random.pick([
        ['customers', 'id'],
        ['orders', 'customer_id'],
        ['orders', 'owner_id'],
        ['marks', 'a'],
      ] as const);
      const [inner, other] = random.pick([
        ['orders', 'customer_id'],
        ['orders', 'owner_id'],
        ['marks', 'b'],
        ['items', 'order_id'],
      ] as const);
      const filter = random.chance(50) ? ` WHERE ${simpleCondition(random, inner, 's')}` : '';
      const rest = random.chance(40) ? ` AND ${simpleCondition(random, outer, 't')}` : '';
      return {
        sql: `SELECT t.* FROM ${outer} t WHERE t.${column} <> ALL (SELECT s.${other} FROM ${inner} s${filter})${rest}`,
        differences: {
          'all-to-not-exists': [
            {
              says: /if the subquery yields a NULL/,
              applies: `EXISTS (SELECT FROM ${inner} s WHERE s.${other} IS NULL)`,
            },
            { says: /found by NOT EXISTS only/, applies: `EXISTS (SELECT FROM ${outer} t WHERE t.${column} IS NULL)` },
          ],
        },
      };
    },
  },
  {
    // Offered before PostgreSQL 17 only, so that it is not missed on the others.
    title: 'IN over a subquery that names columns from around it',
    rewrites: [],
    generate: random => {
      const match = random.pick([
        'o.owner_id = c.referrer_id',
        'o.status = c.region',
        "o.status = c.region OR o.status = 'new'",
        'o.quantity > c.id',
      ]);
      const rest = random.chance(40) ? ` AND ${simpleCondition(random, 'customers', 'c')}` : '';
      return `SELECT c.* FROM customers c WHERE c.${random.pick(['id', 'referrer_id'])} IN (SELECT o.${random.pick(['customer_id', 'owner_id', 'priority'])} FROM orders o WHERE ${match})${rest}`;
    },
  },
  {
    title: 'LEFT JOIN of which a column is NULL or meets a condition',
    rewrites: ['null-or-condition-to-on'],
    statements: 120,
    generate: random => {
      const column = random.pick(['id', 'ordered_at', 'total', 'number', 'status']);
      const test = {
        id: 'o.id > 20',
        ordered_at: "o.ordered_at >= '2024-01-31'",
        total: 'o.total > 1',
        number: 'o.number < 950',
        status: "o.status = 'new'",
      }[column]!;
      const key = random.pick(['customer_id', 'owner_id']);
      const columns = random.pick(['c.id, count(o.id)', 'c.id, count(*), sum(o.quantity)']);
      const other = random.pick(['', 'c.vip AND ', 'c.region IS NOT NULL AND ']);
      const condition = random.chance(50) ? `o.${column} IS NULL OR ${test}` : `${test} OR o.${column} IS NULL`;
      const of = `SELECT FROM orders o WHERE o.${key} = c.id`;
      return {
        sql: `SELECT ${columns} FROM customers c LEFT JOIN orders o ON o.${key} = c.id WHERE ${other}(${condition}) GROUP BY c.id`,
        differences: {
          'null-or-condition-to-on': [
            {
              says: /all fail the condition are found too/,
              applies: `EXISTS (SELECT FROM customers c WHERE EXISTS (${of}) AND NOT EXISTS (${of} AND (${test})))`,
            },
            { says: /are found no more/, applies: `EXISTS (SELECT FROM orders WHERE ${column} IS NULL)` },
          ],
        },
      };
    },
  },
  {
    title: 'the same write for one value after the other',
    rewrites: ['writes-to-one'],
    generate: random => {
      const values = random.some(['1', '2', '3', '5', '8', '40', '99'], 2, 4);
      const write = random.pick([
        'UPDATE orders SET priority = 7, total = total + 1 WHERE id = ',
        'UPDATE orders o SET quantity = o.id, paid = NOT paid WHERE o.paid AND o.owner_id = ',
        'DELETE FROM items WHERE price > 1 AND order_id = ',
        "UPDATE marks SET c = 'x' WHERE b = 1 AND a = ",
      ]);
      return {
        sql: values.map(value => `${write}${value}`).join(';\n'),
        differences: {
          'writes-to-one': [
            { says: /none is written/, applies: 'false' },
            { says: /triggers for each statement/, applies: 'false' },
          ],
        },
      };
    },
  },
];

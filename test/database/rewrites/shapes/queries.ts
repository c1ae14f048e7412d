import type { Random } from '../random';
import { columnsOf, literalFor } from '../schema';
import type { RewriteShape } from '../shape';
import { simpleCondition, tail } from './around';

const NEVER = 'false';

/** Whole queries that a rule's fix writes in another way. */
export const QUERY_SHAPES: readonly RewriteShape[] = [
  {
    title: 'count to see whether there is a row',
    rewrites: ['query/count-for-existence'],
    generate: random => {
      const where = random.chance(70) ? ` WHERE ${simpleCondition(random, 'orders', 'o')}` : '';
      const compare = random.pick(['> 0', '>= 1', '= 0', '<> 0', '< 1']);
      const count = random.pick(['*', '*', '1']);
      return random.pick([
        `SELECT count(${count}) ${compare} AS found FROM orders o${where}`,
        `SELECT c.id FROM customers c WHERE (SELECT count(${count}) FROM orders o WHERE o.customer_id = c.id) ${compare}`,
        `SELECT c.id, (SELECT count(${count}) FROM orders o WHERE o.customer_id = c.id) ${compare} AS found FROM customers c`,
      ]);
    },
  },
  {
    title: 'DISTINCT with parentheses',
    rewrites: ['query/distinct-parentheses'],
    generate: random => {
      const [first, ...others] = random.some(plain('orders'), 2, 3);
      const names = [`(${first})`, ...others].join(', ');
      return `SELECT DISTINCT${random.maybe(' ')}${names} FROM orders${whereMaybe(random, 'orders')}${random.maybe(' ORDER BY 1, 2')}`;
    },
  },
  {
    title: 'DISTINCT with GROUP BY',
    rewrites: ['query/distinct-with-group-by'],
    generate: random => {
      const table = random.pick(['orders', 'marks', 'items', 'readings']);
      const keys = random.some(plain(table), 1, 2);
      const selected = random.chance(80) ? keys : keys.slice(0, 1);
      const extra = random.pick(['', ', count(*) AS n', ', max(1) AS m']);
      const order = random.maybe(` ORDER BY ${selected.join(', ')}${random.maybe(' LIMIT 5')}`);
      return {
        sql: `SELECT DISTINCT ${selected.join(', ')}${extra} FROM ${table}${whereMaybe(random, table)} GROUP BY ${keys.join(', ')}${order}`,
        differences: { 'query/distinct-with-group-by': [{ says: /may return several equal rows/, applies: NEVER }] },
      };
    },
  },
  {
    title: 'DISTINCT with a unique key',
    rewrites: ['query/distinct-with-unique-key'],
    generate: random => {
      const select = random.pick([
        'id, status',
        'id',
        'number, total',
        '*',
        'o.*',
        'status, id',
        'id, lower(status) AS s',
      ]);
      const join = random.pick([
        '',
        '',
        ' JOIN customers c ON c.id = o.owner_id',
        ' LEFT JOIN customers c ON c.id = o.customer_id',
        ' JOIN items i ON i.order_id = o.id',
      ]);
      const bare =
        join !== '' ? select.replace(/\b(?:id|status|number|total)\b/g, 'o.$&').replace(/^\*$/, 'o.*') : select;
      return {
        sql: `SELECT DISTINCT ${bare} FROM orders o${join}${tail(random, 'orders', 'o').replace(/ ORDER BY .*?(?= LIMIT|$)/, '')}`,
        differences: { 'query/distinct-with-unique-key': [{ says: /not known here/, applies: NEVER }] },
      };
    },
  },
  {
    title: 'HAVING without an aggregate',
    rewrites: ['query/having-without-aggregate'],
    generate: random => {
      const table = random.pick(['orders', 'marks', 'items']);
      const key = random.pick(columnsOf(table).filter(({ type }) => type === 'text' || type === 'int'));
      const name = key.name;
      const condition = random.pick([
        `${name} = ${literalFor(random, key.type)}`,
        `${name} IS NOT NULL`,
        `${name} <> ${literalFor(random, key.type)} OR ${name} IS NULL`,
        `${name} > ${literalFor(random, key.type)} AND ${name} IS DISTINCT FROM ${literalFor(random, key.type)}`,
      ]);
      const both = random.maybe(' AND count(*) > 1', 30);
      return `SELECT ${name}, count(*) AS n FROM ${table}${whereMaybe(random, table)} GROUP BY ${name} HAVING ${condition}${both}${random.maybe(' ORDER BY 2, 1')}`;
    },
  },
  {
    title: 'NOT IN with a subquery',
    rewrites: ['query/not-in-subquery'],
    statements: 300,
    generate: random => {
      const outer = random.pick([
        ['customers', 'id'],
        ['orders', 'customer_id'],
        ['orders', 'owner_id'],
        ['marks', 'a'],
        ['items', 'amount'],
      ] as const);
      const inner = random.pick([
        ['orders', 'customer_id'],
        ['orders', 'owner_id'],
        ['items', 'order_id'],
        ['marks', 'b'],
        ['readings', 'sensor'],
        ['customers', 'referrer_id'],
      ] as const);
      const where = random.chance(50) ? ` WHERE ${simpleCondition(random, inner[0], 's')}` : '';
      const other = random.chance(40) ? ` AND ${simpleCondition(random, outer[0], 't')}` : '';
      const sql = `SELECT t.* FROM ${outer[0]} t WHERE t.${outer[1]} NOT IN (SELECT s.${inner[1]} FROM ${inner[0]} s${where})${other}`;
      return {
        sql,
        differences: {
          'query/not-in-subquery': [
            {
              says: /NOT IN finds no row at all if the subquery yields a NULL/,
              applies: `EXISTS (SELECT FROM ${inner[0]} s WHERE s.${inner[1]} IS NULL)`,
            },
            {
              says: /rows with NULL in the tested column are found by NOT EXISTS only/,
              applies: `EXISTS (SELECT FROM ${outer[0]} t WHERE t.${outer[1]} IS NULL)`,
            },
          ],
        },
      };
    },
  },
  {
    title: 'ORDER BY in a subquery',
    rewrites: ['query/order-by-in-subquery'],
    generate: random => {
      const order = random.pick(['o.id', 'o.ordered_at DESC', 'o.total, o.id']);
      const where = random.chance(50) ? ` WHERE ${simpleCondition(random, 'orders', 'o')}` : '';
      return {
        sql: random.pick([
          `SELECT c.id FROM customers c WHERE c.id IN (SELECT o.customer_id FROM orders o${where} ORDER BY ${order})`,
          `SELECT c.id FROM customers c WHERE EXISTS (SELECT FROM orders o WHERE o.owner_id = c.id ORDER BY ${order})`,
          `SELECT count(*) FROM (SELECT o.* FROM orders o${where} ORDER BY ${order}) AS s`,
          `SELECT s.status, count(*) FROM (SELECT o.* FROM orders o${where} ORDER BY ${order}) AS s GROUP BY s.status ORDER BY 1`,
          `SELECT s.id, m.a FROM (SELECT o.* FROM orders o${where} ORDER BY ${order}) AS s JOIN marks m ON m.a = s.id ORDER BY s.id`,
        ]),
        differences: { 'query/order-by-in-subquery': [{ says: /rows that tie/, applies: NEVER }] },
      };
    },
  },
  {
    title: 'SELECT *',
    rewrites: ['query/select-star'],
    generate: random => {
      const table = random.pick(['orders', 'customers', 'items', 'readings', 'marks']);
      return {
        sql: random.pick([
          `SELECT * FROM ${table}${whereMaybe(random, table)}`,
          `SELECT t.* FROM ${table} t${tail(random, table, 't')}`,
          `SELECT o.*, c.name FROM orders o JOIN customers c ON c.id = o.owner_id`,
          `SELECT * FROM orders o LEFT JOIN customers c ON c.id = o.customer_id`,
        ]),
        differences: { 'query/select-star': [{ says: /a column that is added later/, applies: NEVER }] },
      };
    },
  },
  {
    title: 'NULLS order of a column that has none',
    rewrites: ['query/nulls-order-not-of-index'],
    generate: random => {
      const column = random.pick(['taken_at', 'sensor', 'value']);
      const order = random.pick(['DESC NULLS LAST', 'ASC NULLS FIRST', 'NULLS FIRST']);
      return {
        sql: `SELECT sensor, taken_at, value FROM readings${whereMaybe(random, 'readings')} ORDER BY ${random.maybe('sensor, ', 40)}${column} ${order} LIMIT ${1 + random.below(20)}`,
        differences: { 'query/nulls-order-not-of-index': [{ says: /not known here/, applies: NEVER }] },
      };
    },
  },
  {
    title: 'count over a LEFT JOIN',
    rewrites: ['join/count-star-over-left-join'],
    generate: random => {
      const on = random.pick(['o.customer_id = c.id', 'o.owner_id = c.id']);
      return {
        sql: `SELECT c.id, count(*) FROM customers c LEFT JOIN orders o ON ${on} GROUP BY c.id${random.maybe(' ORDER BY 2 DESC, 1')}`,
        differences: {
          'join/count-star-over-left-join': [
            {
              says: /rows without a match are counted as 0/,
              applies: `EXISTS (SELECT FROM customers c WHERE NOT EXISTS (SELECT FROM orders o WHERE ${on}))`,
            },
          ],
        },
      };
    },
  },
  {
    title: 'LEFT JOIN that WHERE makes inner',
    rewrites: ['join/left-join-made-inner'],
    statements: 300,
    generate: random => {
      const column = random.pick(columnsOf('orders').filter(({ type }) => !['jsonb', 'text[]'].includes(type)));
      const value = column.type === 'bool' ? 'true' : literalFor(random, column.type);
      const condition = random.pick([
        `o.${column.name} = ${value}`,
        `o.${column.name} <> ${value}`,
        `o.${column.name} IS NOT NULL`,
        `o.${column.name} IN (${value})`,
        `(o.${column.name} = ${value} OR o.id > 5)`,
        `(o.${column.name} = ${value} OR c.id > 5)`,
        `o.${column.name} IS DISTINCT FROM ${value}`,
        `coalesce(o.quantity, 0) >= 0`,
        `NOT (o.${column.name} = ${value})`,
        `o.paid IS NOT TRUE`,
      ]);
      const second = random.maybe(' LEFT JOIN items i ON i.order_id = o.id', 30);
      return {
        sql: `SELECT c.id, o.id AS order_id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id${second} WHERE ${condition}${random.maybe(' ORDER BY 1, 2', 30)}`,
        differences: { 'join/left-join-made-inner': [{ says: /not known here/, applies: NEVER }] },
      };
    },
  },
  {
    title: 'a CTE that nothing reads',
    rewrites: ['join/unused-cte'],
    generate: random => {
      const used = `used AS (SELECT * FROM customers c WHERE ${simpleCondition(random, 'customers', 'c')})`;
      const unused = `unused AS (SELECT * FROM orders)`;
      const [first, second] = random.chance(50) ? [used, unused] : [unused, used];
      return random.chance(30)
        ? `WITH ${unused} SELECT c.id FROM customers c${tail(random, 'customers', 'c')}`
        : `WITH ${first}, ${second} SELECT c.id, c.name FROM used c${tail(random, 'customers', 'c').replace(/ ORDER BY .*?(?= LIMIT|$)/, ' ORDER BY c.id')}`;
    },
  },
  {
    title: 'a LEFT JOIN that nothing reads',
    rewrites: ['join/unused-left-join'],
    statements: 300,
    generate: random => {
      const join = random.pick([
        'LEFT JOIN customers c ON c.id = o.customer_id',
        'LEFT JOIN customers c ON c.id = o.owner_id',
        'LEFT JOIN customers c ON c.email = o.status',
        'LEFT JOIN items i ON i.order_id = o.id',
        'LEFT JOIN items i ON i.order_id = o.id AND i.line = o.quantity',
        `LEFT JOIN customers c ON c.id = o.customer_id AND c.region = 'a'`,
        'LEFT JOIN marks m ON m.a = o.id',
      ]);
      return {
        sql: `SELECT ${random.pick(['o.id, o.status', 'count(*)', 'o.total'])} FROM orders o ${join}${random.chance(50) ? ` WHERE ${simpleCondition(random, 'orders', 'o')}` : ''}`,
        differences: { 'join/unused-left-join': [{ says: /not known here/, applies: NEVER }] },
      };
    },
  },
];

function plain(table: string): string[] {
  return columnsOf(table)
    .filter(({ type }) => type !== 'jsonb')
    .map(({ name }) => name);
}

function whereMaybe(random: Random, table: string): string {
  return random.chance(50) ? ` WHERE ${simpleCondition(random, table, table)}` : '';
}

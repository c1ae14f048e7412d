import type { Random } from '../random';
import type { NamedDifference, RewriteShape } from '../shape';
import { simpleCondition } from './around';

const NEVER = 'false';

/** Sums are of weights with few bits, and of NaN and infinity, which add up the same in every order. */
const SUMS: NamedDifference = { says: /sums of floating point numbers/, applies: NEVER };

/** Subqueries in select lists that are joined instead. */
export const SUBQUERY_SHAPES: readonly RewriteShape[] = [
  {
    title: 'figures of the rows that belong to a row',
    rewrites: ['subquery-to-grouped-join', 'subqueries-to-lateral'],
    statements: 200,
    generate: random => {
      const outer = random.pick(OUTER);
      const { from, tie, rows } = random.pick(outer.inner);
      const where = [tie, ...(random.chance(40) ? [simpleCondition(random, rows.table, rows.alias)] : [])];
      const text = (random.chance(50) ? where : [...where].reverse()).join(' AND ');
      const values = Array.from({ length: 1 + random.below(3) }, () => {
        const link = `(SELECT ${figure(random, rows.alias, rows.columns)} FROM ${from} WHERE ${text})`;
        return random.pick([link, link, `coalesce(${link}, -1)`, `${link} + 1`, `CASE WHEN true THEN ${link} END`]);
      });
      const named = values.map((value, at) => (random.chance(60) ? `${value} AS f${at}` : value));
      return {
        sql: `SELECT ${random.maybe('DISTINCT ', 15)}${[outer.selected, ...named].join(', ')} FROM ${outer.from}${random.maybe(` WHERE ${outer.where}`)}${random.maybe(' ORDER BY 1', 30)}`,
        differences: {
          'subquery-to-grouped-join': [
            SUMS,
            { says: /values of different types/, applies: NEVER },
            { says: /an error in rows/, applies: NEVER },
          ],
        },
      };
    },
  },
  {
    title: 'a value of the row that a row refers to',
    rewrites: ['subquery-to-left-join'],
    generate: random => {
      const limit = random.maybe(' LIMIT 1', 30);
      const value = random.pick(['c.name', 'c.region', 'c.credit * 2', "coalesce(c.region, '?')", 'c.id']);
      const customer = (column: string): string =>
        `(SELECT ${value} FROM customers c WHERE c.id = o.${column}${random.maybe(' AND c.vip', 30)}${limit})`;
      const item = `(SELECT i.${random.pick(['product', 'price', 'amount'])} FROM items i WHERE i.order_id = o.id AND i.line = ${1 + random.below(3)})`;
      const links = [customer('customer_id'), customer('owner_id'), item, `coalesce(${item}::text, 'none')`];
      const selected = random.some(links, 1, 3).map((link, at) => (random.chance(50) ? `${link} AS v${at}` : link));
      const from = random.pick([
        'orders o',
        'orders o JOIN marks m ON m.a = o.priority',
        'orders o LEFT JOIN items l ON l.order_id = o.id',
      ]);
      return {
        sql: `SELECT o.id, ${selected.join(', ')} FROM ${from}${random.maybe(` WHERE ${simpleCondition(random, 'orders', 'o')}`)}`,
        differences: { 'subquery-to-left-join': [{ says: /several rows by one value/, applies: NEVER }] },
      };
    },
  },
  {
    title: 'values of the newest row',
    rewrites: ['subqueries-to-lateral'],
    generate: random => {
      const key = random.pick(['o.id DESC', 'o.number', 'o.ordered_at DESC, o.id']);
      const of = (column: string): string =>
        `(SELECT o.${column} FROM orders o WHERE o.customer_id = c.id ORDER BY ${key} LIMIT 1)`;
      return {
        sql: `SELECT c.id, ${random.some(['status', 'total', 'quantity'], 2, 3).map(of).join(', ')} FROM customers c${random.maybe(' WHERE c.vip')}`,
        // Each of the orders is by a key.
        differences: { 'subqueries-to-lateral': [{ says: /rows that tie for the first place/, applies: NEVER }] },
      };
    },
  },
];

interface Inner {
  readonly from: string;
  readonly tie: string;
  readonly rows: { readonly table: string; readonly alias: string; readonly columns: readonly string[] };
}

interface Outer {
  readonly from: string;
  readonly selected: string;
  readonly where: string;
  readonly inner: readonly Inner[];
}

const ORDERS = { table: 'orders', alias: 'o', columns: ['quantity', 'total', 'priority', 'id'] };
const ITEMS = { table: 'items', alias: 'i', columns: ['amount', 'price', 'weight', 'line'] };
const MARKS = { table: 'marks', alias: 'm', columns: ['a', 'b', 'e'] };

const OUTER: readonly Outer[] = [
  {
    from: 'customers c',
    selected: 'c.id, c.name',
    where: 'c.region IS NOT NULL',
    inner: [
      { from: 'orders o', tie: 'o.customer_id = c.id', rows: ORDERS },
      { from: 'orders o', tie: 'c.referrer_id = o.owner_id', rows: ORDERS },
      { from: 'orders o', tie: 'o.status = c.region', rows: ORDERS },
      { from: 'orders o', tie: 'o.total = c.credit', rows: ORDERS },
      { from: 'orders o JOIN items i ON i.order_id = o.id', tie: 'o.customer_id = c.id', rows: ITEMS },
      { from: 'marks m', tie: 'm.a = c.referrer_id AND m.c = c.region', rows: MARKS },
      { from: 'orders o', tie: 'o.quantity > c.id', rows: ORDERS },
    ],
  },
  {
    from: 'orders p LEFT JOIN customers c ON c.id = p.customer_id',
    selected: 'p.id, c.name AS customer',
    where: 'p.quantity > 0',
    inner: [
      { from: 'items i', tie: 'i.order_id = p.id', rows: ITEMS },
      { from: 'marks m', tie: 'm.a = p.priority', rows: MARKS },
      { from: 'orders o', tie: 'o.customer_id = c.referrer_id', rows: ORDERS },
      { from: 'marks m', tie: 'm.e = p.priority', rows: MARKS },
    ],
  },
  {
    from: 'marks x',
    selected: 'x.c',
    where: 'x.d',
    inner: [{ from: 'marks m', tie: 'm.b = x.a', rows: MARKS }],
  },
];

function figure(random: Random, alias: string, columns: readonly string[]): string {
  const column = `${alias}.${random.pick(columns)}`;
  return random.pick([
    'count(*)',
    `count(${column})`,
    `count(DISTINCT ${column})`,
    `sum(${column})`,
    `max(${column})`,
    `min(${column})`,
    `avg(${column})`,
    `coalesce(sum(${column}), 0)`,
    `sum(${column}) FILTER (WHERE ${column} > 1)`,
    `count(*) + 1`,
  ]);
}

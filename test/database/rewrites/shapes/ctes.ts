import type { RewriteShape } from '../shape';
import { literalFor } from '../schema';
import { simpleCondition } from './around';

const NEVER = 'false';

/** WITH queries, kept whole or not, with filters outside. */
export const CTE_SHAPES: readonly RewriteShape[] = [
  {
    title: 'a WITH query that is filtered where it is read',
    rewrites: ['cte-not-materialized', 'condition-into-cte'],
    statements: 480,
    generate: random => {
      const where = random.chance(50)
        ? ` WHERE ${simpleCondition(random, 'orders', 'o')}${random.maybe(' OR o.quantity > 2')}`
        : '';
      const body = random.pick([
        `SELECT o.customer_id AS k, o.status AS s, o.id FROM orders o${where}`,
        `SELECT o.customer_id AS k, o.status AS s, count(*) AS id FROM orders o${where} GROUP BY o.customer_id, o.status`,
        `SELECT o.customer_id AS k, min(o.status) AS s, sum(o.quantity) AS id FROM orders o${where} GROUP BY o.customer_id HAVING count(*) > 1`,
        `SELECT DISTINCT o.customer_id AS k, o.status AS s, o.priority AS id FROM orders o${where}`,
        `SELECT o.customer_id AS k, o.status AS s, rank() OVER (PARTITION BY o.customer_id ORDER BY o.total) AS id FROM orders o${where}`,
        `SELECT o.customer_id AS k, max(o.status) AS s, count(*) AS id FROM orders o${where} GROUP BY ROLLUP (o.customer_id)`,
      ]);
      const marker = random.pick(['', '', 'MATERIALIZED ']);
      const test = (alias: string): string => {
        const text = literalFor(random, 'text');
        return random.pick([
          `${alias}.k = ${1 + random.below(9)}`,
          `${alias}.k = 3`,
          `${alias}.k IN (1, 2, 3)`,
          `${alias}.k BETWEEN 2 AND 7`,
          `${alias}.s = ${text}`,
          `${alias}.k > 4 AND ${alias}.s <> ${text}`,
          `${alias}.k IS NULL`,
        ]);
      };
      const read = random.pick([
        `SELECT a.k, a.s, a.id FROM t a WHERE ${test('a')}`,
        `SELECT a.k, b.id FROM t a JOIN t b ON b.s = a.s WHERE ${test('a')} AND ${test('b')}`,
        `SELECT c.name, a.id FROM customers c LEFT JOIN t a ON a.k = c.id WHERE ${test('a')}`,
        `SELECT a.k, a.id FROM t a WHERE ${test('a')} UNION ALL SELECT b.k, b.id FROM t b WHERE ${test('b')}`,
        `SELECT c.id FROM customers c WHERE EXISTS (SELECT FROM t a WHERE a.k = c.id AND ${test('a')}) AND c.id IN (SELECT b.k FROM t b WHERE ${test('b')})`,
        `SELECT a.k FROM t a LEFT JOIN t b ON b.k = a.k AND ${test('b')} WHERE ${test('a')}`,
      ]);
      return `WITH t AS ${marker}(${body}) ${read}`;
    },
  },
  {
    title: 'a WITH query that computes what is named twice',
    rewrites: ['cte-materialized'],
    generate: random => {
      const value = random.pick([
        'lower(o.status)',
        'coalesce(o.status, md5(o.id::text))',
        'length(o.status)',
        'o.status',
      ]);
      const where = random.chance(40) ? ` WHERE ${simpleCondition(random, 'orders', 'o')}` : '';
      return `WITH w AS (SELECT o.id, ${value} AS v FROM orders o${where}) SELECT w.id, w.v, w.v IS NULL FROM w${random.maybe(' WHERE w.v IS NOT NULL')}`;
    },
  },
  {
    title: 'conditions on rows and on groups in HAVING',
    rewrites: ['having-to-where'],
    generate: random => {
      const key = random.pick(['status', 'priority', 'quantity', 'customer_id', 'total']);
      const onRows = random.pick([
        `o.${key} IS NOT NULL`,
        `o.${key} <> o.${key}`,
        `coalesce(o.${key}::text, 'x') > 'a'`,
        `(o.${key} IS NULL OR o.${key}::text > '1')`,
      ]);
      const onGroups = random.pick(['count(*) > 1', 'max(o.quantity) >= 2', 'sum(o.total) IS NULL', 'true']);
      const having = random.chance(50) ? `${onRows} AND ${onGroups}` : `${onGroups} AND ${onRows}`;
      const where = random.chance(60)
        ? ` WHERE ${simpleCondition(random, 'orders', 'o')}${random.maybe(' OR o.paid')}`
        : '';
      const group = random.pick([`o.${key}`, `o.${key}`, `o.${key}, o.paid`, `ROLLUP (o.${key})`]);
      return `SELECT o.${key}, count(*) AS n FROM orders o${where} GROUP BY ${group} HAVING ${having}${random.maybe(' ORDER BY 2, 1')}`;
    },
  },
];

/** Lists of many items, and inserts in a row. */
export const LIST_SHAPES: readonly RewriteShape[] = [
  {
    title: 'a long list',
    rewrites: ['in-list-to-array'],
    generate: random => {
      const [column, items] = random.pick<readonly [string, () => string]>([
        ['customer_id', () => String(random.below(30) - 3)],
        ['number', () => random.pick(['997', '1000', '9000000000', '5'])],
        ['total', () => String(random.below(12))],
        ['status', () => literalFor(random, 'text')],
        ['due_on', () => literalFor(random, 'date')],
        ['status', () => random.pick(["'a{b'", "'it''s'", "'null'", "'a,b'", "'\"'", "'new'", "' '"])],
      ]);
      const list = Array.from({ length: 101 + random.below(10) }, items).join(', ');
      return {
        sql: `SELECT o.id FROM orders o WHERE o.${column} ${random.maybe('NOT ', 30)}IN (${list})${random.maybe(` AND ${simpleCondition(random, 'orders', 'o')}`)}`,
        differences: { 'in-list-to-array': [{ says: /type, which is not known/, applies: NEVER }] },
      };
    },
  },
  {
    title: 'one INSERT after the other',
    rewrites: ['inserts-to-one'],
    generate: random => {
      const row = (): string =>
        `(${random.below(9)}, ${random.pick(['NULL', 'DEFAULT', '3', '1 + 1'])}, ${literalFor(random, 'text')}, ${random.pick(['true', 'NULL'])}, 1.50)`;
      const statements = Array.from(
        { length: 2 + random.below(4) },
        () => `INSERT INTO marks (a, b, c, d, e) VALUES ${row()}`,
      );
      return {
        sql: `${statements.join(';\n')};`,
        differences: {
          'inserts-to-one': [
            { says: /if one row is refused/, applies: NEVER },
            { says: /triggers for each statement/, applies: NEVER },
          ],
        },
      };
    },
  },
];

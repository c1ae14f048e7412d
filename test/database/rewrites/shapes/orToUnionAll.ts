import type { Random } from '../random';
import { columnsOf, literalFor } from '../schema';
import type { RewriteShape } from '../shape';
import { simpleCondition } from './around';

/** The test sees by itself that rows differ only in which of those that tie are kept. */
const TIES = [{ says: /tie for the last place/, applies: 'false' }];

/** OR between columns, tables, and subqueries. */
export const OR_SHAPES: readonly RewriteShape[] = [
  {
    title: 'OR across tables',
    rewrites: ['or-to-union-all'],
    statements: 240,
    generate: random => {
      const arms = [
        arm(random, 'orders', 'o'),
        arm(random, 'customers', 'c'),
        ...random.some([arm(random, 'orders', 'o'), arm(random, 'customers', 'c')], 0, 2),
      ];
      const shuffled = random.chance(50) ? arms : [...arms].reverse();
      const join = random.pick(['JOIN', 'JOIN', 'LEFT JOIN', 'FULL JOIN']);
      const key = random.pick(['customer_id', 'owner_id']);
      const more = random.pick([
        '',
        '',
        ' LEFT JOIN items i ON i.order_id = o.id',
        ' JOIN marks m ON m.a = o.priority',
      ]);
      const flags = random.pick(['', ' AND o.paid', ' AND c.vip = true', ' AND o.total > 1']);
      const from = `FROM orders o ${join} customers c ON c.id = o.${key}${more}`;
      const where = `WHERE (${shuffled.join(' OR ')})${flags}`;
      return {
        sql: `SELECT ${selected(random)} ${from} ${where}${order(random)}`,
        differences: { 'or-to-union-all': TIES },
      };
    },
  },
  {
    title: 'OR in the condition of a join',
    rewrites: ['or-to-union-all'],
    generate: random => {
      const arms = random.some(
        ['i.order_id = o.id', 'i.amount = o.priority', 'i.line = o.quantity AND i.price > 1', 'o.status = i.product'],
        2,
        3,
      );
      const where = random.pick(['', ' WHERE o.paid', ' WHERE o.total > 1 OR i.price < 5']);
      const columns = random.pick(['o.id, i.line', 'o.id, o.status, i.product', 'i.*', 'o.priority']);
      const join = random.chance(85) ? 'JOIN' : 'LEFT JOIN';
      return `SELECT ${columns} FROM orders o ${join} items i ON ${arms.join(' OR ')}${where}`;
    },
  },
  {
    title: 'OR beside a subquery',
    rewrites: ['or-within-table-to-union-all'],
    statements: 120,
    generate: random => {
      const inner = random.pick([
        'o.id IN (SELECT i.order_id FROM items i WHERE i.price > 1)',
        'o.priority IN (SELECT m.a FROM marks m)',
        `o.customer_id IN (SELECT c.id FROM customers c WHERE ${simpleCondition(random, 'customers', 'c')})`,
        'o.quantity = ANY (SELECT b FROM marks WHERE c = o.status)',
      ]);
      const arms = [arm(random, 'orders', 'o'), inner, ...(random.chance(30) ? [arm(random, 'orders', 'o')] : [])];
      const join = random.pick([
        '',
        '',
        ' JOIN customers c ON c.id = o.owner_id',
        ' LEFT JOIN marks m ON m.a = o.priority',
      ]);
      const other = random.pick(['', ' AND o.paid', ' AND (o.total > 1 OR o.total IS NULL)']);
      const columns = random.pick(['o.id', 'o.id, o.status', 'o.*', 'DISTINCT o.status']);
      const by = columns.startsWith('D') ? '' : random.maybe(` ORDER BY o.total DESC${random.maybe(' LIMIT 5')}`, 40);
      return {
        sql: `SELECT ${columns} FROM orders o${join} WHERE (${(random.chance(50) ? arms : [...arms].reverse()).join(' OR ')})${other}${by}`,
        differences: { 'or-within-table-to-union-all': TIES },
      };
    },
  },
  {
    title: 'a page of rows found by either of two columns',
    rewrites: ['or-within-table-to-union-all'],
    generate: random => {
      const where = `o.customer_id = ${1 + random.below(4)} OR o.owner_id = ${1 + random.below(4)}`;
      const page = ` LIMIT ${1 + random.below(9)}${random.maybe(` OFFSET ${random.below(3)}`, 30)}`;
      return {
        sql: `SELECT o.id, o.ordered_at FROM orders o WHERE ${where} ORDER BY o.ordered_at${random.maybe(' DESC')}${random.maybe(', o.id')}${page}`,
        differences: { 'or-within-table-to-union-all': TIES },
      };
    },
  },
];

function arm(random: Random, table: string, alias: string): string {
  const column = random.pick(
    columnsOf(table).filter(({ type }) => type === 'text' || type === 'int' || type === 'date'),
  );
  const name = `${alias}.${column.name}`;
  const value = literalFor(random, column.type);
  if (column.type === 'text' && random.chance(40))
    return `${name} ${random.pick(['LIKE', 'ILIKE'])} ${random.pick(["'%e%'", "'n%'", "'a'"])}`;
  return random.chance(25) ? `${name} IN (${value}, ${literalFor(random, column.type)})` : `${name} = ${value}`;
}

function selected(random: Random): string {
  return random.pick([
    'o.id, c.name',
    'o.id, o.status, c.id AS customer',
    'o.*',
    "c.name, 'x' AS kind, NULL AS nothing, o.id",
    'o.status',
  ]);
}

function order(random: Random): string {
  if (random.chance(50)) return '';
  return ` ORDER BY ${random.pick(['o.id', '1', 'o.status DESC NULLS LAST, o.id', 'o.status'])}${random.maybe(` LIMIT ${1 + random.below(8)}`)}`;
}

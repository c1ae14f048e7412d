import type { Random } from '../random';
import { literalFor } from '../schema';
import type { RewriteShape } from '../shape';
import { simpleCondition } from './around';

/** UNION over arms that share rows or do not. */
export const UNION_SHAPES: readonly RewriteShape[] = [
  {
    title: 'UNION of two or three arms',
    rewrites: ['union-to-union-all'],
    statements: 320,
    generate: random => {
      const columns = random.pick([
        'o.id',
        'o.id, o.status',
        'o.number, o.total',
        'o.*',
        'o.status',
        'o.id, o.ordered_at',
        'DISTINCT o.status',
      ]);
      const arms = armConditions(random).map(condition => {
        const join = random.pick([
          '',
          '',
          '',
          ' JOIN customers c ON c.id = o.customer_id',
          ' JOIN items i ON i.order_id = o.id',
        ]);
        return `SELECT ${columns} FROM orders o${join} WHERE ${condition}`;
      });
      return `${arms.join(' UNION ')}${random.maybe(' ORDER BY 1', 30)}`;
    },
  },
  {
    title: 'UNION of marked arms',
    rewrites: ['union-to-union-all'],
    generate: random => {
      const mark = (): string => random.pick(["'order'", "'customer'", "'Order'", '1', '2']);
      const [first, second] = random.chance(70) ? ["'order'", "'customer'"] : [mark(), mark()];
      const type = /\d/.test(first!) === /\d/.test(second!) ? '' : '::text';
      const columns = random.pick([
        ['id', 'id'],
        ['status', 'name'],
        ['quantity', 'id'],
      ]);
      return `SELECT ${first}${type} AS kind, ${columns[0]!} FROM orders UNION SELECT ${second}${type}, ${columns[1]!} FROM customers`;
    },
  },
  {
    title: 'UNION that something around it reads as a set',
    rewrites: ['union-to-union-all'],
    generate: random => {
      const union = `SELECT customer_id AS k, quantity AS n FROM orders WHERE ${simpleCondition(random, 'orders', 'orders')} UNION SELECT referrer_id, id FROM customers`;
      const keys = 'SELECT customer_id FROM orders UNION SELECT referrer_id FROM customers';
      return random.pick([
        `SELECT c.id FROM customers c WHERE c.id ${random.maybe('NOT ')}IN (${keys})`,
        `SELECT c.id FROM customers c WHERE c.id ${random.pick(['> ALL', '<> ALL', '= ANY'])} (${keys})`,
        `SELECT c.id FROM customers c WHERE EXISTS (SELECT id FROM orders WHERE customer_id = c.id UNION SELECT line FROM items WHERE line = c.id)`,
        `SELECT DISTINCT x.k FROM (${union}) x`,
        `SELECT x.k, max(x.n), bool_or(x.n > 2) FROM (${union}) x GROUP BY x.k`,
        `SELECT x.k, count(*) FROM (${union}) x GROUP BY x.k`,
        `SELECT x.k, count(DISTINCT x.n) FROM (${union}) x JOIN customers c ON c.id = x.k GROUP BY x.k`,
      ]);
    },
  },
];

/** Conditions of which some exclude each other, on columns with NULLs. */
function armConditions(random: Random): string[] {
  const a = literalFor(random, 'text');
  const b = literalFor(random, 'text');
  const day = literalFor(random, 'date');
  const number = random.below(5);
  return random.pick([
    [`o.status = ${a}`, `o.status = ${b}`],
    [`o.status IN (${a}, 'new')`, `o.status = ${b}`, `o.status IS NULL`],
    ['o.paid', 'NOT o.paid'],
    ['o.archived', 'NOT o.archived', 'o.archived IS NULL'],
    [`o.priority < ${number}`, `o.priority >= ${number}`],
    [`o.priority <= ${number}`, `o.priority >= ${number}`],
    [`o.ordered_at < ${day}`, `o.ordered_at >= ${day}`, 'o.ordered_at IS NULL'],
    [`o.priority = 1`, `o.priority IN (2, 3)`, `o.priority > ${3 + random.below(3)}`],
  ]);
}

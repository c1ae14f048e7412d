import type { RewriteShape } from '../shape';
import { simpleCondition } from './around';

const REPEATED =
  'EXISTS (SELECT FROM orders GROUP BY customer_id HAVING count(*) > 1) OR EXISTS (SELECT FROM orders GROUP BY owner_id HAVING count(*) > 1)';

/** Sums over a join. Floating point numbers are left out: nobody can say when their last digits differ. */
export const AGGREGATE_SHAPES: readonly RewriteShape[] = [
  {
    title: 'sums over a join',
    rewrites: ['aggregate-before-join'],
    statements: 300,
    generate: random => {
      const own = random.some(
        [
          'count(*)',
          'count(o.total)',
          'sum(o.total)',
          'sum(o.quantity)',
          'avg(o.quantity)',
          'avg(o.total)',
          'min(o.ordered_at)',
          'max(o.status)',
          'bool_or(o.paid)',
          'sum(o.number)',
          'count(*) FILTER (WHERE o.paid)',
          'sum(o.priority) FILTER (WHERE o.total > 1)',
          'count(o.id) > 2 AS many',
        ],
        1,
        4,
      );
      const repaired = random.chance(15) ? [random.pick(['sum(c.credit)', 'count(c.vip)', 'avg(c.credit)'])] : [];
      const key = random.pick([
        'c.region',
        'c.name',
        'c.region, c.vip',
        'c.id',
        'o.paid',
        "c.region, date_trunc('month', o.ordered_at)",
        'o.status, c.vip',
      ]);
      const join = random.pick(['JOIN', 'JOIN', 'LEFT JOIN']);
      const column = random.pick(['customer_id', 'owner_id']);
      const on = join === 'LEFT JOIN' && random.chance(40) ? ` AND ${simpleCondition(random, 'orders', 'o')}` : '';
      const where = join === 'JOIN' && random.chance(40) ? ` WHERE ${simpleCondition(random, 'orders', 'o')}` : '';
      const more = random.pick(['', '', ' LEFT JOIN customers r ON r.id = c.referrer_id']);
      const having = random.maybe(
        ` HAVING ${random.pick(['count(*) > 1', 'sum(o.quantity) IS NOT NULL', 'max(o.id) > 5'])}`,
        25,
      );
      const order = random.maybe(` ORDER BY ${random.pick(['1', 'max(o.id)'])}`, 30);
      return {
        sql: `SELECT ${[key, ...own, ...repaired].join(', ')} FROM customers c ${join} orders o ON o.${column} = c.id${on}${more}${where} GROUP BY ${key}${having}${order}`,
        differences: {
          'aggregate-before-join': [
            { says: /takes a row as often as it has rows/, applies: REPEATED },
            { says: /counts pairs with rows/, applies: REPEATED },
          ],
        },
      };
    },
  },
];

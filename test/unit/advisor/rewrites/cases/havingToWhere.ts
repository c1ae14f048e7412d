import type { RewriteCases } from '../rewriteCases';
import { SHOP } from '../rewriteCases';

export const havingToWhere: RewriteCases = {
  id: 'having-to-where',
  schema: SHOP,
  offers: [
    {
      title: 'one of two conditions',
      sql: "SELECT status, count(*) FROM orders GROUP BY status HAVING count(*) > 2 AND status <> 'draft'",
      becomes: "SELECT status, count(*) FROM orders WHERE status <> 'draft' GROUP BY status HAVING count(*) > 2",
      equality: 'provably equal',
    },
    {
      title: 'the first of them',
      sql: "SELECT status, sum(total) FROM orders WHERE total > 1 GROUP BY status HAVING lower(status) = 'new' AND sum(total) > 2",
      becomes:
        "SELECT status, sum(total) FROM orders WHERE total > 1 AND lower(status) = 'new' GROUP BY status HAVING sum(total) > 2",
      equality: 'provably equal',
    },
    {
      title: 'two of three, beside an OR',
      sql: 'SELECT customer_id FROM orders WHERE total > 1 OR quantity > 2 GROUP BY customer_id HAVING (customer_id > 3 OR customer_id IS NULL) AND count(*) > 1 AND customer_id <> 7',
      becomes:
        'SELECT customer_id FROM orders WHERE (total > 1 OR quantity > 2) AND (customer_id > 3 OR customer_id IS NULL) AND customer_id <> 7 GROUP BY customer_id HAVING count(*) > 1',
      equality: 'provably equal',
    },
    {
      title: 'all of them, on lines of their own',
      sql: `SELECT status, quantity
FROM orders
GROUP BY status, quantity
HAVING status = 'new'
   AND quantity > 3
ORDER BY status`,
      becomes: `SELECT status, quantity
FROM orders
WHERE status = 'new' AND quantity > 3
GROUP BY status, quantity
ORDER BY status`,
      equality: 'provably equal',
    },
  ],
  refuses: [
    {
      title: 'aggregates only',
      sql: 'SELECT status FROM orders GROUP BY status HAVING count(*) > 2 AND max(total) > 3',
    },
    {
      title: 'grouping sets',
      sql: "SELECT status FROM orders GROUP BY ROLLUP (status) HAVING count(*) > 2 AND status = 'a'",
    },
    {
      title: 'a function that may be an aggregate',
      sql: 'SELECT status FROM orders GROUP BY status HAVING count(*) > 2 AND total_of(status) > 3',
    },
    {
      title: 'both joined by OR',
      sql: "SELECT status FROM orders GROUP BY status HAVING count(*) > 2 OR status = 'a'",
    },
    {
      title: 'chance',
      sql: 'SELECT quantity FROM orders GROUP BY quantity HAVING count(*) > 2 AND quantity > random()',
    },
    {
      title: 'a subquery',
      sql: 'SELECT quantity FROM orders GROUP BY quantity HAVING count(*) > 2 AND quantity > (SELECT 1)',
    },
    { title: 'no groups', sql: 'SELECT count(*) FROM orders HAVING count(*) > 2 AND true' },
    {
      title: 'a comment that would be lost',
      sql: "SELECT status FROM orders GROUP BY status HAVING count(*) > 2 AND /* not drafts */ status <> 'draft'",
    },
  ],
};

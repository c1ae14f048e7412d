import type { RewriteCases } from '../rewriteCases';
import { SHOP } from '../rewriteCases';

const LARGE = `${SHOP} -- orders: 1000000 rows\n-- customers: 200 rows`;

export const randomOrderToSample: RewriteCases = {
  id: 'random-order-to-sample',
  schema: LARGE,
  offers: [
    {
      title: 'some rows of a large table',
      sql: 'SELECT id, status FROM orders o ORDER BY random() LIMIT 100',
      becomes: 'SELECT id, status FROM orders o TABLESAMPLE SYSTEM (0.2) ORDER BY random() LIMIT 100',
      equality: 'needs checking',
    },
    {
      title: 'a tenth of the table',
      sql: 'SELECT * FROM public.orders ORDER BY RANDOM() LIMIT 5000',
      becomes: 'SELECT * FROM public.orders TABLESAMPLE SYSTEM (10) ORDER BY RANDOM() LIMIT 5000',
      equality: 'needs checking',
    },
    {
      title: 'one row by its key',
      sql: 'SELECT * FROM orders ORDER BY random() LIMIT 1',
      becomes:
        'SELECT * FROM orders WHERE id >= (SELECT min(id) + floor(random() * (max(id) - min(id) + 1))::bigint FROM orders) ORDER BY id LIMIT 1',
      equality: 'needs checking',
      called: /random id/,
    },
  ],
  refuses: [
    { title: 'a small table', sql: 'SELECT id FROM customers ORDER BY random() LIMIT 3' },
    { title: 'a table whose size nobody knows', sql: 'SELECT sensor FROM readings ORDER BY random() LIMIT 3' },
    { title: 'most of the table', sql: 'SELECT id FROM orders ORDER BY random() LIMIT 40000' },
    {
      title: 'a condition that keeps few rows',
      sql: "SELECT id FROM orders WHERE status = 'x' ORDER BY random() LIMIT 3",
    },
    { title: 'a join', sql: 'SELECT o.id FROM orders o JOIN items i ON i.order_id = o.id ORDER BY random() LIMIT 3' },
    { title: 'all rows', sql: 'SELECT id FROM orders ORDER BY random()' },
    { title: 'an order that is kept', sql: 'SELECT id FROM orders ORDER BY random(), id LIMIT 3' },
    { title: 'a sample already', sql: 'SELECT id FROM orders TABLESAMPLE SYSTEM (1) ORDER BY random() LIMIT 3' },
    { title: 'groups', sql: 'SELECT status FROM orders GROUP BY status ORDER BY random() LIMIT 3' },
  ],
};

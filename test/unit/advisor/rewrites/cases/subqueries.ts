import type { Refusal, RewriteCases } from '../rewriteCases';
import { SHOP } from '../rewriteCases';

/** Around these no join can take the place of a subquery. */
const AROUND: readonly Refusal[] = [
  {
    title: 'a page of the result',
    sql: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id), (SELECT max(id) FROM orders o WHERE o.customer_id = c.id) FROM customers c ORDER BY c.id LIMIT 20',
  },
  {
    title: 'a star that would show more columns',
    sql: 'SELECT *, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id), (SELECT max(id) FROM orders o WHERE o.customer_id = c.id) FROM customers c',
  },
  {
    title: 'groups around it',
    sql: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id), (SELECT max(id) FROM orders o WHERE o.customer_id = c.id) FROM customers c GROUP BY c.id',
  },
  {
    title: 'rows to lock',
    sql: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id), (SELECT max(id) FROM orders o WHERE o.customer_id = c.id) FROM customers c FOR UPDATE',
  },
  {
    title: 'rows to lock further out',
    sql: 'SELECT * FROM (SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id), (SELECT max(id) FROM orders o WHERE o.customer_id = c.id) FROM customers c) x FOR UPDATE',
  },
  {
    title: 'chance',
    sql: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id AND random() < 0.5), (SELECT max(id) FROM orders o WHERE o.customer_id = c.id AND random() < 0.5) FROM customers c',
  },
  {
    title: 'under CASE, where it may not be evaluated',
    sql: 'SELECT CASE WHEN c.vip THEN (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) ELSE (SELECT max(id) FROM orders o WHERE o.customer_id = c.id) END FROM customers c',
  },
  {
    title: 'a subquery that groups',
    sql: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id GROUP BY status), (SELECT max(id) FROM orders o WHERE o.customer_id = c.id GROUP BY status) FROM customers c',
  },
  {
    title: 'a comment that would be lost',
    sql: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id /* all */), (SELECT max(id) FROM orders o WHERE /* all */ o.customer_id = c.id) FROM customers c',
  },
];

export const subqueriesToLateral: RewriteCases = {
  id: 'subqueries-to-lateral',
  schema: SHOP,
  offers: [
    {
      title: 'two figures of the same rows',
      sql: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS orders, (SELECT max(o.total) FROM orders o WHERE o.customer_id = c.id) FROM customers c WHERE c.vip ORDER BY orders',
      becomes:
        'SELECT c.id, orders_each.orders_1 AS orders, orders_each.max FROM customers c LEFT JOIN LATERAL (SELECT count(*) AS orders_1, max(o.total) FROM orders o WHERE o.customer_id = c.id) AS orders_each ON true WHERE c.vip ORDER BY orders',
      equality: 'provably equal',
    },
    {
      title: 'a condition that is no equality, in lines',
      sql: `SELECT c.name,
       coalesce((SELECT sum(o.total) FROM orders o WHERE o.owner_id > c.id), 0) AS paid,
       (SELECT string_agg(o.status, ',' ORDER BY o.id) FROM orders o WHERE o.owner_id > c.id)
FROM customers c
ORDER BY c.name`,
      becomes: `SELECT c.name,
       coalesce(orders_each.paid, 0) AS paid,
       orders_each.string_agg
FROM customers c
  LEFT JOIN LATERAL (SELECT sum(o.total) AS paid, string_agg(o.status, ',' ORDER BY o.id) FROM orders o WHERE o.owner_id > c.id) AS orders_each ON true
ORDER BY c.name`,
      equality: 'provably equal',
    },
    {
      title: 'values of the newest row',
      sql: 'SELECT c.id, (SELECT o.total FROM orders o WHERE o.customer_id = c.id ORDER BY o.placed_at DESC LIMIT 1), (SELECT o.status FROM orders o WHERE o.customer_id = c.id ORDER BY o.placed_at DESC LIMIT 1) FROM customers c',
      becomes:
        'SELECT c.id, orders_each.total, orders_each.status FROM customers c LEFT JOIN LATERAL (SELECT o.total, o.status FROM orders o WHERE o.customer_id = c.id ORDER BY o.placed_at DESC LIMIT 1) AS orders_each ON true',
      equality: 'needs checking',
    },
  ],
  refuses: [
    ...AROUND,
    {
      title: 'one subquery',
      sql: 'SELECT (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c',
    },
    {
      title: 'other rows',
      sql: 'SELECT (SELECT count(*) FROM orders o WHERE o.customer_id = c.id), (SELECT max(o.id) FROM orders o WHERE o.customer_id = c.id AND total > 1) FROM customers c',
    },
    {
      title: 'rows that may be several',
      sql: 'SELECT (SELECT o.total FROM orders o WHERE o.customer_id = c.id), (SELECT o.id FROM orders o WHERE o.customer_id = c.id) FROM customers c',
    },
    {
      title: 'names nobody can place',
      sql: 'SELECT (SELECT count(*) FROM orders o WHERE o.customer_id = c.id AND x), (SELECT count(y) FROM orders o WHERE o.customer_id = c.id AND x) FROM customers c',
      schema: '',
    },
    {
      title: 'a value of the row around it',
      sql: 'SELECT (SELECT count(*) FROM orders o WHERE o.customer_id = c.id), (SELECT max(c.name) FROM orders o WHERE o.customer_id = c.id) FROM customers c',
    },
  ],
};

export const subqueryToGroupedJoin: RewriteCases = {
  id: 'subquery-to-grouped-join',
  schema: SHOP,
  offers: [
    {
      title: 'a count for each row',
      sql: 'SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c WHERE c.vip',
      becomes:
        'SELECT c.id, COALESCE(orders_by_customer_id.count, 0) AS count FROM customers c LEFT JOIN (SELECT o.customer_id, count(*) FROM orders o GROUP BY o.customer_id) AS orders_by_customer_id ON orders_by_customer_id.customer_id = c.id WHERE c.vip',
      equality: 'provably equal',
    },
    {
      title: 'several figures, with a condition of their own',
      sql: `SELECT name, (SELECT max(placed_at) FROM orders WHERE status = 'new' AND customer_id = customers.id) AS latest,
  (SELECT coalesce(sum(total), 0) FROM orders WHERE status = 'new' AND customer_id = customers.id) AS total
FROM customers`,
      becomes: `SELECT name, orders_by_customer_id.latest AS latest,
  COALESCE(orders_by_customer_id.total, 0) AS total
FROM customers
  LEFT JOIN (SELECT customer_id, max(placed_at) AS latest, coalesce(sum(total), 0) AS total FROM orders WHERE status = 'new' GROUP BY customer_id) AS orders_by_customer_id ON orders_by_customer_id.customer_id = customers.id`,
      equality: 'provably equal',
    },
    {
      title: 'sums of floating point numbers',
      sql: 'SELECT c.id, (SELECT sum(o.weight) FROM orders o WHERE o.customer_id = c.id) AS weight FROM customers c',
      becomes:
        'SELECT c.id, orders_by_customer_id.weight AS weight FROM customers c LEFT JOIN (SELECT o.customer_id, sum(o.weight) AS weight FROM orders o GROUP BY o.customer_id) AS orders_by_customer_id ON orders_by_customer_id.customer_id = c.id',
      equality: 'needs checking',
    },
    {
      title: 'tables nobody knows',
      sql: 'SELECT a.id, (SELECT min(b.x) FROM b WHERE b.k = a.k) FROM a',
      becomes:
        'SELECT a.id, b_by_k.min FROM a LEFT JOIN (SELECT b.k, min(b.x) FROM b GROUP BY b.k) AS b_by_k ON b_by_k.k = a.k',
      equality: 'needs checking',
      schema: '',
    },
    {
      title: 'a bare name that would mean two columns',
      sql: 'SELECT customer_id, (SELECT max(i.price) FROM orders p JOIN items i ON i.order_id = p.id WHERE p.customer_id = orders.customer_id) FROM orders',
      becomes:
        'SELECT customer_id, orders_by_customer_id.max FROM orders LEFT JOIN (SELECT p.customer_id AS customer_id_1, max(i.price) FROM orders p JOIN items i ON i.order_id = p.id GROUP BY p.customer_id) AS orders_by_customer_id ON orders_by_customer_id.customer_id_1 = orders.customer_id',
      equality: 'provably equal',
    },
  ],
  refuses: [
    ...AROUND,
    { title: 'a subquery that runs once', sql: 'SELECT id, (SELECT count(*) FROM orders) FROM customers' },
    {
      title: 'tied by an inequality',
      sql: 'SELECT (SELECT count(*) FROM orders o WHERE o.customer_id < c.id) FROM customers c',
    },
    {
      title: 'tied by OR',
      sql: 'SELECT (SELECT count(*) FROM orders o WHERE o.customer_id = c.id OR o.owner_id = c.id) FROM customers c',
    },
    {
      title: 'an aggregate that goes by the order of rows',
      sql: 'SELECT (SELECT array_agg(o.id) FROM orders o WHERE o.customer_id = c.id) FROM customers c',
    },
    {
      title: 'a value of the row around it',
      sql: 'SELECT (SELECT sum(o.total * c.id) FROM orders o WHERE o.customer_id = c.id) FROM customers c',
    },
    {
      title: 'tables that ON does not see',
      sql: 'SELECT (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) FROM customers c, items i',
    },
    {
      title: 'a condition',
      sql: 'SELECT c.id FROM customers c WHERE (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) > 3',
    },
  ],
};

export const subqueryToLeftJoin: RewriteCases = {
  id: 'subquery-to-left-join',
  schema: SHOP,
  offers: [
    {
      title: 'one value of a related row',
      sql: 'SELECT o.id, (SELECT c.name FROM customers c WHERE c.id = o.customer_id) AS customer FROM orders o',
      becomes:
        'SELECT o.id, customers_1.customer AS customer FROM orders o LEFT JOIN (SELECT c.id, c.name AS customer FROM customers c) AS customers_1 ON customers_1.id = o.customer_id',
      equality: 'provably equal',
    },
    {
      title: 'two values, and a key of which one half is fixed',
      sql: 'SELECT (SELECT product FROM items WHERE order_id = o.id AND line = 1 LIMIT 1), (SELECT price * amount FROM items WHERE order_id = o.id AND line = 1 LIMIT 1) FROM orders o WHERE o.total > 1',
      becomes:
        'SELECT items_1.product, items_1.value FROM orders o LEFT JOIN (SELECT order_id, product, price * amount AS value FROM items WHERE line = 1) AS items_1 ON items_1.order_id = o.id WHERE o.total > 1',
      equality: 'provably equal',
    },
  ],
  refuses: [
    ...AROUND,
    {
      title: 'a column that is not unique',
      sql: 'SELECT (SELECT o.total FROM orders o WHERE o.customer_id = c.id) FROM customers c',
    },
    {
      title: 'half a key',
      sql: 'SELECT (SELECT i.price FROM items i WHERE i.order_id = o.id) FROM orders o',
    },
    {
      title: 'tables nobody knows',
      sql: 'SELECT (SELECT c.name FROM customers c WHERE c.id = o.customer_id) FROM orders o',
      schema: '',
    },
    {
      title: 'a table others inherit from',
      sql: 'SELECT (SELECT p.name FROM people p WHERE p.id = o.id) FROM orders o',
      schema: `${SHOP} CREATE TABLE people (id int PRIMARY KEY, name text); CREATE TABLE staff () INHERITS (people);`,
    },
    {
      title: 'a join in the subquery',
      sql: 'SELECT (SELECT c.name FROM customers c JOIN items i ON true WHERE c.id = o.customer_id) FROM orders o',
    },
  ],
};

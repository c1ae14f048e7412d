import type { RewriteCases } from '../rewriteCases';

const SCHEMA = `
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, region text, vip boolean);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, seller_id int, at timestamp NOT NULL, status text, total numeric, paid boolean);
CREATE INDEX ON orders (customer_id, at DESC);
CREATE INDEX ON orders (seller_id, at);
CREATE TABLE shares (order_id int, user_id int NOT NULL);
CREATE TABLE refunds (id int PRIMARY KEY, order_id int NOT NULL, amount numeric);`;

export const leftJoinNullToNotExists: RewriteCases = {
  id: 'left-join-null-to-not-exists',
  schema: SCHEMA,
  offers: [
    {
      title: 'a test of the key',
      sql: "SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND (o.paid OR o.total > 3) WHERE o.id IS NULL AND c.region = 'north'",
      becomes:
        "SELECT c.id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND (o.paid OR o.total > 3)) AND c.region = 'north'",
      equality: 'provably equal',
    },
    {
      title: 'a test of a column that may be NULL',
      sql: 'SELECT c.id FROM customers c LEFT OUTER JOIN orders o ON (o.customer_id = c.id) WHERE o.status IS NULL',
      becomes: 'SELECT c.id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)',
      equality: 'needs checking',
    },
    {
      title: 'before another join, with groups',
      sql: 'SELECT c.name, count(*) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id JOIN shares s ON s.user_id = c.id WHERE (o.id IS NULL) GROUP BY c.name',
      becomes:
        'SELECT c.name, count(*) FROM customers c JOIN shares s ON s.user_id = c.id WHERE (NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)) GROUP BY c.name',
      equality: 'provably equal',
    },
  ],
  refuses: [
    {
      title: 'a test of the compared column, which is an anti join already',
      sql: 'SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.customer_id IS NULL',
    },
    {
      title: 'columns of the missing row',
      sql: 'SELECT c.id, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL',
    },
    {
      title: 'all columns',
      sql: 'SELECT * FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL',
    },
    {
      title: 'another table joined to it',
      sql: 'SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id LEFT JOIN refunds r ON r.order_id = o.id WHERE o.id IS NULL',
    },
    {
      title: 'one of two conditions with OR',
      sql: 'SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL OR c.vip',
    },
    {
      title: 'a join by USING',
      sql: 'SELECT c.name FROM customers c LEFT JOIN orders o USING (id) WHERE o.customer_id IS NULL',
    },
  ],
};

export const allToNotExists: RewriteCases = {
  id: 'all-to-not-exists',
  schema: SCHEMA,
  offers: [
    {
      title: 'two columns that are never NULL',
      sql: 'SELECT id FROM customers c WHERE c.id <> ALL (SELECT s.user_id FROM shares s WHERE s.order_id = 1 OR s.order_id IS NULL)',
      becomes:
        'SELECT id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM shares s WHERE (s.order_id = 1 OR s.order_id IS NULL) AND s.user_id = c.id)',
      equality: 'provably equal',
    },
    {
      title: 'columns that may be NULL',
      sql: 'SELECT c.id FROM customers c WHERE c.region <> ALL (SELECT o.status FROM orders o) AND c.vip',
      becomes:
        'SELECT c.id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.status = c.region) AND c.vip',
      equality: 'needs checking',
    },
  ],
  refuses: [
    {
      title: 'another comparison',
      sql: 'SELECT id FROM customers c WHERE c.id > ALL (SELECT s.user_id FROM shares s)',
    },
    { title: 'an array', sql: 'SELECT id FROM customers c WHERE c.id <> ALL (ARRAY[1, 2])' },
    {
      title: 'a page',
      sql: 'SELECT id FROM customers c WHERE c.id <> ALL (SELECT s.user_id FROM shares s ORDER BY 1 LIMIT 5)',
    },
    {
      title: 'a value in the select list',
      sql: 'SELECT c.id <> ALL (SELECT s.user_id FROM shares s) FROM customers c',
    },
    {
      title: 'an expression',
      sql: 'SELECT id FROM customers c WHERE c.id + 1 <> ALL (SELECT s.user_id FROM shares s)',
    },
  ],
};

export const nullOrConditionToOn: RewriteCases = {
  id: 'null-or-condition-to-on',
  schema: SCHEMA,
  offers: [
    {
      title: 'a period of optional rows',
      sql: "SELECT c.id, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE c.vip AND (o.at IS NULL OR o.at >= now() - interval '30 days') GROUP BY c.id",
      becomes:
        "SELECT c.id, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.at >= now() - interval '30 days' WHERE c.vip GROUP BY c.id",
      equality: 'needs checking',
    },
    {
      title: 'the only condition, on a column that may be NULL',
      sql: "SELECT c.id, o.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id OR o.seller_id = c.id WHERE o.status = 'new' OR o.status IS NULL",
      becomes:
        "SELECT c.id, o.id FROM customers c LEFT JOIN orders o ON (o.customer_id = c.id OR o.seller_id = c.id) AND o.status = 'new'",
      equality: 'needs checking',
    },
  ],
  refuses: [
    {
      title: 'a condition on both sides',
      sql: 'SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.at IS NULL OR o.status = c.region',
    },
    {
      title: 'a test for rows without a match',
      sql: 'SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.id IS NULL',
    },
    {
      title: 'a condition on the rows that are kept',
      sql: 'SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE c.region IS NULL OR c.region > $1',
    },
    {
      title: 'an inner join',
      sql: 'SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.total IS NULL OR o.total > 5',
    },
    {
      title: 'three conditions',
      sql: 'SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.at IS NULL OR o.total > 5 OR o.paid',
    },
  ],
};

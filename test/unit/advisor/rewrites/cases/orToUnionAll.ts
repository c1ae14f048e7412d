import type { RewriteCases } from '../rewriteCases';

const SCHEMA = `
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, region text, vip boolean);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, seller_id int, at timestamp NOT NULL, status text, total numeric, paid boolean);
CREATE INDEX ON orders (customer_id, at DESC);
CREATE INDEX ON orders (seller_id, at);
CREATE TABLE shares (order_id int, user_id int NOT NULL);
CREATE TABLE refunds (id int PRIMARY KEY, order_id int NOT NULL, amount numeric);`;

export const orToUnionAll: RewriteCases = {
  id: 'or-to-union-all',
  schema: SCHEMA,
  offers: [
    {
      title: 'a search in two tables',
      sql: "SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new' OR c.region = 'north'",
      becomes:
        "SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new' UNION ALL SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.region = 'north' AND (o.status = 'new') IS NOT TRUE",
      equality: 'provably equal',
    },
    {
      title: 'three columns of two tables beside flags, with a page',
      sql: `SELECT o.id, o.at, c.name AS customer
FROM orders o
JOIN customers c ON c.id = o.customer_id
WHERE c.vip = true
  AND (
    o.status ILIKE '%new%'
    OR c.name ILIKE '%new%'
    OR c.region ILIKE '%new%'
  )
ORDER BY o.at DESC, o.id
LIMIT 20`,
      becomes: `SELECT o.id, o.at, c.name AS customer
FROM orders o
JOIN customers c ON c.id = o.customer_id
WHERE c.vip = true
  AND (
    o.status ILIKE '%new%'
  )
UNION ALL
SELECT o.id, o.at, c.name AS customer
FROM orders o
JOIN customers c ON c.id = o.customer_id
WHERE c.vip = true
  AND (
    c.name ILIKE '%new%'
  ) AND (o.status ILIKE '%new%') IS NOT TRUE
UNION ALL
SELECT o.id, o.at, c.name AS customer
FROM orders o
JOIN customers c ON c.id = o.customer_id
WHERE c.vip = true
  AND (
    c.region ILIKE '%new%'
  ) AND (o.status ILIKE '%new%' OR c.name ILIKE '%new%') IS NOT TRUE
ORDER BY at DESC, id
LIMIT 20`,
      equality: 'provably equal',
    },
    {
      title: 'an outer join',
      sql: "SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE (c.region = $1 OR o.status = 'new') AND o.paid ORDER BY 1",
      becomes:
        "SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE (c.region = $1) AND o.paid UNION ALL SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE (o.status = 'new') AND o.paid AND (c.region = $1) IS NOT TRUE ORDER BY 1",
      equality: 'provably equal',
    },
    {
      title: 'OR in the condition of a join',
      sql: 'SELECT o.id, r.id FROM orders o JOIN refunds r ON r.order_id = o.id OR r.id = o.seller_id WHERE o.total > 5 OR o.paid',
      becomes:
        'SELECT o.id, r.id FROM orders o JOIN refunds r ON r.order_id = o.id WHERE o.total > 5 OR o.paid UNION ALL SELECT o.id, r.id FROM orders o JOIN refunds r ON r.id = o.seller_id WHERE (o.total > 5 OR o.paid) AND (r.order_id = o.id) IS NOT TRUE',
      equality: 'provably equal',
    },
    {
      title: 'a subquery, with all columns',
      sql: "SELECT x.* FROM (SELECT * FROM orders o, customers c WHERE o.customer_id = c.id AND (o.total = 1 OR c.name = 'x')) AS x",
      becomes:
        "SELECT x.* FROM (SELECT * FROM orders o, customers c WHERE o.customer_id = c.id AND (o.total = 1) UNION ALL SELECT * FROM orders o, customers c WHERE o.customer_id = c.id AND (c.name = 'x') AND (o.total = 1) IS NOT TRUE) AS x",
      equality: 'provably equal',
    },
  ],
  refuses: [
    {
      title: 'two columns of one table',
      sql: 'SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.seller_id = 1 OR o.customer_id = 2',
    },
    {
      title: 'another condition that leaves few rows',
      sql: "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.seller_id = 5 AND (o.status = 'new' OR c.region = 'north')",
    },
    {
      title: 'groups',
      sql: "SELECT c.region, count(*) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new' OR c.region = 'north' GROUP BY c.region",
    },
    {
      title: 'the first rows of any kind',
      sql: "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new' OR c.region = 'north' LIMIT 5",
    },
    {
      title: 'an order by what is not selected',
      sql: "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new' OR c.region = 'north' ORDER BY o.total",
    },
    {
      title: 'an arm about both tables',
      sql: "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new' OR c.region = o.status",
    },
    {
      title: 'a volatile function',
      sql: "SELECT o.id, random() FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new' OR c.region = 'north'",
    },
    {
      title: 'row locks',
      sql: "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new' OR c.region = 'north' FOR UPDATE",
    },
    {
      title: 'a value that INSERT gives its type',
      sql: "INSERT INTO refunds (id, amount) SELECT o.id, '5' FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.status = 'new' OR c.region = 'north'",
    },
    {
      title: 'an equality beside the OR of a join',
      sql: 'SELECT o.id FROM orders o JOIN refunds r ON r.order_id = o.id AND (r.id = o.seller_id OR r.id = o.customer_id)',
    },
  ],
};

export const orWithinTableToUnionAll: RewriteCases = {
  id: 'or-within-table-to-union-all',
  schema: SCHEMA,
  offers: [
    {
      title: 'a column or a subquery',
      sql: 'SELECT id FROM orders o WHERE o.id IN (SELECT s.order_id FROM shares s WHERE s.user_id = $1) OR o.customer_id = $1',
      becomes:
        'SELECT id FROM (SELECT * FROM orders o WHERE o.customer_id = $1 UNION ALL SELECT * FROM orders o WHERE o.id IN (SELECT s.order_id FROM shares s WHERE s.user_id = $1) AND (o.customer_id = $1) IS NOT TRUE) AS o',
      equality: 'provably equal',
    },
    {
      title: 'in a join, beside other conditions',
      sql: 'SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE (o.seller_id = 1 OR o.id IN (SELECT order_id FROM shares)) AND c.region = c.name AND (o.paid OR o.total > 5) ORDER BY o.at',
      becomes:
        'SELECT o.id, c.name FROM (SELECT * FROM orders o WHERE o.seller_id = 1 UNION ALL SELECT * FROM orders o WHERE o.id IN (SELECT order_id FROM shares) AND (o.seller_id = 1) IS NOT TRUE) AS o JOIN customers c ON c.id = o.customer_id WHERE c.region = c.name AND (o.paid OR o.total > 5) ORDER BY o.at',
      equality: 'provably equal',
    },
    {
      title: 'a page that both indexes have in order',
      sql: 'SELECT * FROM orders WHERE customer_id = 1 OR seller_id = 1 ORDER BY at DESC LIMIT 10',
      becomes:
        'SELECT * FROM (SELECT * FROM orders WHERE customer_id = 1 UNION ALL SELECT * FROM orders WHERE seller_id = 1 AND (customer_id = 1) IS NOT TRUE) AS orders ORDER BY at DESC LIMIT 10',
      equality: 'needs checking',
    },
  ],
  refuses: [
    {
      title: 'what a bitmap of two indexes answers',
      sql: 'SELECT * FROM orders WHERE customer_id = 1 OR seller_id = 1',
    },
    {
      title: 'a page in an order no index has',
      sql: 'SELECT * FROM orders WHERE customer_id = 1 OR seller_id = 1 ORDER BY total LIMIT 10',
    },
    {
      title: 'the place of a row',
      sql: 'SELECT ctid, id FROM orders WHERE customer_id = 1 OR seller_id = 1 ORDER BY at DESC LIMIT 10',
    },
    {
      title: 'another condition that leaves few rows',
      sql: 'SELECT id FROM orders WHERE total = 5 AND (customer_id = 1 OR id IN (SELECT order_id FROM shares))',
    },
    {
      title: 'a test that does not depend on the row',
      sql: 'SELECT id FROM orders o WHERE o.customer_id = 1 OR EXISTS (SELECT 1 FROM shares WHERE user_id = 1)',
    },
    {
      title: 'the optional side of a join',
      sql: 'SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.seller_id = 1 OR o.id IN (SELECT order_id FROM shares)',
    },
  ],
};

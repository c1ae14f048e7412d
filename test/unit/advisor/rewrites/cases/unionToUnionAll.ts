import type { RewriteCases } from '../rewriteCases';

const SCHEMA = `
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, region text, vip boolean);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, seller_id int, at timestamp NOT NULL, status text, total numeric, paid boolean);
CREATE INDEX ON orders (customer_id, at DESC);
CREATE INDEX ON orders (seller_id, at);
CREATE TABLE shares (order_id int, user_id int NOT NULL);
CREATE TABLE refunds (id int PRIMARY KEY, order_id int NOT NULL, amount numeric);`;

export const unionToUnionAll: RewriteCases = {
  id: 'union-to-union-all',
  schema: SCHEMA,
  offers: [
    {
      title: 'arms marked with constants of their own',
      sql: "SELECT 'order' AS kind, id FROM orders UNION SELECT 'refund', id FROM refunds",
      becomes: "SELECT 'order' AS kind, id FROM orders UNION ALL SELECT 'refund', id FROM refunds",
      equality: 'provably equal',
    },
    {
      title: 'two states',
      sql: "SELECT id FROM orders WHERE status = 'new' UNION SELECT id FROM orders WHERE status IN ('paid', 'sent')",
      becomes:
        "SELECT id FROM orders WHERE status = 'new' UNION ALL SELECT id FROM orders WHERE status IN ('paid', 'sent')",
      equality: 'provably equal',
    },
    {
      title: 'three periods',
      sql: "select id, total from orders where at < '2024-01-01' union select id, total from orders where at >= '2024-01-01' and at < '2024-02-01' union distinct select id, total from orders where at >= '2024-02-01'",
      becomes:
        "select id, total from orders where at < '2024-01-01' union all select id, total from orders where at >= '2024-01-01' and at < '2024-02-01' union all select id, total from orders where at >= '2024-02-01'",
      equality: 'provably equal',
    },
    {
      title: 'a flag, its opposite and NULL',
      sql: 'SELECT id FROM orders WHERE paid UNION SELECT id FROM orders WHERE NOT paid UNION SELECT id FROM orders WHERE paid IS NULL',
      becomes:
        'SELECT id FROM orders WHERE paid UNION ALL SELECT id FROM orders WHERE NOT paid UNION ALL SELECT id FROM orders WHERE paid IS NULL',
      equality: 'provably equal',
    },
    {
      title: 'a test for membership',
      sql: 'SELECT * FROM orders WHERE id NOT IN (SELECT id FROM refunds UNION SELECT order_id FROM shares)',
      becomes: 'SELECT * FROM orders WHERE id NOT IN (SELECT id FROM refunds UNION ALL SELECT order_id FROM shares)',
      equality: 'provably equal',
    },
    {
      title: 'DISTINCT around it',
      sql: 'SELECT DISTINCT x.id FROM (SELECT id FROM orders UNION SELECT order_id FROM shares) x',
      becomes: 'SELECT DISTINCT x.id FROM (SELECT id FROM orders UNION ALL SELECT order_id FROM shares) x',
      equality: 'provably equal',
    },
    {
      title: 'groups that mind no repeats',
      sql: 'SELECT id, max(total) FROM (SELECT id, total FROM orders UNION SELECT id, amount FROM refunds) x GROUP BY id',
      becomes:
        'SELECT id, max(total) FROM (SELECT id, total FROM orders UNION ALL SELECT id, amount FROM refunds) x GROUP BY id',
      equality: 'provably equal',
    },
    {
      title: 'DISTINCT in the arms',
      sql: 'SELECT DISTINCT 1, total FROM orders UNION SELECT DISTINCT 2, amount FROM refunds',
      becomes: 'SELECT DISTINCT 1, total FROM orders UNION ALL SELECT DISTINCT 2, amount FROM refunds',
      equality: 'provably equal',
    },
  ],
  refuses: [
    { title: 'rows that may be in both', sql: 'SELECT id FROM orders UNION SELECT id FROM refunds' },
    {
      title: 'an arm that may have a row twice',
      sql: "SELECT total FROM orders WHERE status = 'new' UNION SELECT total FROM orders WHERE status = 'paid'",
    },
    {
      title: 'marks that a collation may take for one',
      sql: "SELECT 'a_b' AS kind, id FROM orders UNION SELECT 'AB', id FROM refunds",
    },
    {
      title: 'conditions that both meet',
      sql: "SELECT id FROM orders WHERE at < '2024-02-01' UNION SELECT id FROM orders WHERE at >= '2024-01-01'",
    },
    {
      title: 'groups that count',
      sql: 'SELECT id, count(*) FROM (SELECT id, total FROM orders UNION SELECT id, amount FROM refunds) x GROUP BY id',
    },
    {
      title: 'a recursion',
      sql: 'WITH RECURSIVE up AS (SELECT order_id FROM refunds WHERE id = 1 UNION SELECT r.order_id FROM refunds r JOIN up ON r.id = up.order_id) SELECT * FROM up',
    },
    {
      title: 'a page of it',
      sql: 'SELECT * FROM orders WHERE id IN (SELECT id FROM refunds UNION SELECT order_id FROM shares LIMIT 5)',
    },
    { title: 'an array of it', sql: 'SELECT ARRAY(SELECT id FROM refunds UNION SELECT order_id FROM shares)' },
    {
      title: 'a join that repeats the key',
      sql: "SELECT o.id FROM orders o JOIN shares s ON s.order_id = o.id WHERE o.status = 'a' UNION SELECT o.id FROM orders o WHERE o.status = 'b'",
    },
    {
      title: 'another set operation among them',
      sql: "SELECT 'a', id FROM orders UNION (SELECT 'b', id FROM refunds EXCEPT SELECT 'b', order_id FROM shares)",
    },
  ],
};

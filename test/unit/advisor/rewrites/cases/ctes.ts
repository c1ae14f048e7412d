import type { RewriteCases } from '../rewriteCases';
import { SHOP } from '../rewriteCases';

export const cteNotMaterialized: RewriteCases = {
  id: 'cte-not-materialized',
  schema: SHOP,
  offers: [
    {
      title: 'read twice, with a filter each',
      sql: 'WITH o AS (SELECT customer_id, total FROM orders) SELECT a.total, b.total FROM o a, o b WHERE a.customer_id = 5 AND b.customer_id = 6',
      becomes:
        'WITH o AS NOT MATERIALIZED (SELECT customer_id, total FROM orders) SELECT a.total, b.total FROM o a, o b WHERE a.customer_id = 5 AND b.customer_id = 6',
      equality: 'provably equal',
    },
    {
      title: 'marked, read once',
      sql: 'WITH o(c, t) AS MATERIALIZED /* once */ (SELECT customer_id, total FROM orders) SELECT t FROM o WHERE c = $1',
      becomes: 'WITH o(c, t) AS /* once */ (SELECT customer_id, total FROM orders) SELECT t FROM o WHERE c = $1',
      equality: 'provably equal',
    },
    {
      title: 'marked, read twice',
      sql: 'with o as materialized (select * from orders) select 1 from o where o.id = 1 union all select 2 from o where o.id = 2',
      becomes:
        'with o as NOT materialized (select * from orders) select 1 from o where o.id = 1 union all select 2 from o where o.id = 2',
      equality: 'provably equal',
    },
  ],
  refuses: [
    { title: 'read once, and merged already', sql: 'WITH o AS (SELECT id FROM orders) SELECT 1 FROM o WHERE o.id = 1' },
    {
      title: 'rows that are changed',
      sql: 'WITH o AS MATERIALIZED (SELECT id FROM orders) UPDATE items SET line = 1 FROM (SELECT id FROM o WHERE o.id = 5) x WHERE x.id = items.order_id',
    },
    { title: 'no filter', sql: 'WITH o AS MATERIALIZED (SELECT id FROM orders) SELECT 1 FROM o' },
    {
      title: 'groups that are computed once',
      sql: 'WITH o AS MATERIALIZED (SELECT customer_id, sum(total) FROM orders GROUP BY 1) SELECT 1 FROM o WHERE o.customer_id = 1',
    },
    {
      title: 'rows picked by LIMIT',
      sql: 'WITH o AS MATERIALIZED (SELECT id FROM orders LIMIT 5) SELECT 1 FROM o WHERE o.id = 1',
    },
    {
      title: 'chance',
      sql: 'WITH o AS MATERIALIZED (SELECT id, random() AS r FROM orders) SELECT 1 FROM o WHERE o.id = 1',
    },
    {
      title: 'a function that may do anything',
      sql: 'WITH o AS MATERIALIZED (SELECT id FROM orders WHERE charge(id)) SELECT 1 FROM o WHERE o.id = 1',
    },
    {
      title: 'a sample',
      sql: 'WITH o AS (SELECT id FROM orders TABLESAMPLE SYSTEM (1)) SELECT 1 FROM o a, o b WHERE a.id = 1 AND b.id = 2',
    },
    {
      title: 'rows to lock',
      sql: 'WITH o AS MATERIALIZED (SELECT id FROM orders FOR UPDATE) SELECT 1 FROM o WHERE o.id = 1',
    },
  ],
};

export const cteMaterialized: RewriteCases = {
  id: 'cte-materialized',
  schema: SHOP,
  offers: [
    {
      title: 'a computed column that is named twice',
      sql: "WITH w AS (SELECT id, regexp_replace(note, '[^a-z]', '', 'g') AS word FROM orders) SELECT id, word FROM w WHERE word <> '' AND length(w.word) < 20",
      becomes:
        "WITH w AS MATERIALIZED (SELECT id, regexp_replace(note, '[^a-z]', '', 'g') AS word FROM orders) SELECT id, word FROM w WHERE word <> '' AND length(w.word) < 20",
      equality: 'provably equal',
    },
    {
      title: 'a subquery',
      sql: 'WITH w AS (SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS n FROM customers c) SELECT id, n, n * 2 FROM w x',
      becomes:
        'WITH w AS MATERIALIZED (SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS n FROM customers c) SELECT id, n, n * 2 FROM w x',
      equality: 'provably equal',
    },
  ],
  refuses: [
    { title: 'named once', sql: 'WITH w AS (SELECT id, md5(note) AS m FROM orders) SELECT id, m FROM w' },
    { title: 'nothing computed', sql: 'WITH w AS (SELECT id, note FROM orders) SELECT note, note FROM w' },
    { title: 'read twice', sql: 'WITH w AS (SELECT id, md5(note) AS m FROM orders) SELECT a.m, b.m FROM w a, w b' },
    { title: 'marked', sql: 'WITH w AS NOT MATERIALIZED (SELECT id, md5(note) AS m FROM orders) SELECT m, m FROM w' },
    {
      title: 'a filter that goes in',
      sql: 'WITH w AS (SELECT id, md5(note) AS m FROM orders) SELECT m, m FROM w WHERE w.id = 3',
    },
    {
      title: 'groups, which are not merged',
      sql: 'WITH w AS (SELECT lower(status) AS s, count(*) FROM orders GROUP BY 1) SELECT s, s FROM w',
    },
    { title: 'chance, which is not merged', sql: 'WITH w AS (SELECT random() AS r FROM orders) SELECT r, r FROM w' },
  ],
};

export const conditionIntoCte: RewriteCases = {
  id: 'condition-into-cte',
  schema: SHOP,
  offers: [
    {
      title: 'a group that all readers want',
      sql: 'WITH t AS (SELECT customer_id, sum(total) AS total FROM orders GROUP BY customer_id) SELECT a.total / b.total FROM t a JOIN t b ON true WHERE a.customer_id = 5 AND b.customer_id = 5',
      becomes:
        'WITH t AS (SELECT customer_id, sum(total) AS total FROM orders WHERE customer_id = 5 GROUP BY customer_id) SELECT a.total / b.total FROM t a JOIN t b ON true WHERE a.customer_id = 5 AND b.customer_id = 5',
      equality: 'provably equal',
    },
    {
      title: 'two groups',
      sql: `WITH t AS (
  SELECT o.customer_id AS c, count(*) AS n
  FROM orders o
  WHERE o.total > 1
     OR o.status IS NULL
  GROUP BY o.customer_id
)
SELECT a.n, b.n FROM t a, t b WHERE a.c = $1 AND b.c BETWEEN 3 AND 5`,
      becomes: `WITH t AS (
  SELECT o.customer_id AS c, count(*) AS n
  FROM orders o
  WHERE (o.total > 1
     OR o.status IS NULL)
    AND (o.customer_id = $1 OR o.customer_id BETWEEN 3 AND 5)
  GROUP BY o.customer_id
)
SELECT a.n, b.n FROM t a, t b WHERE a.c = $1 AND b.c BETWEEN 3 AND 5`,
      equality: 'provably equal',
    },
    {
      title: 'the key of a window',
      sql: 'WITH t AS MATERIALIZED (SELECT customer_id, row_number() OVER (PARTITION BY customer_id ORDER BY id) AS n FROM orders) SELECT n FROM t WHERE customer_id IN (1, 2)',
      becomes:
        'WITH t AS MATERIALIZED (SELECT customer_id, row_number() OVER (PARTITION BY customer_id ORDER BY id) AS n FROM orders WHERE customer_id IN (1, 2)) SELECT n FROM t WHERE customer_id IN (1, 2)',
      equality: 'needs checking',
    },
    {
      title: 'duplicates that are left out',
      sql: 'WITH t AS MATERIALIZED (SELECT DISTINCT status, quantity FROM orders) SELECT t.status FROM customers c LEFT JOIN t ON t.status = c.region WHERE t.quantity > 3',
      becomes:
        'WITH t AS MATERIALIZED (SELECT DISTINCT status, quantity FROM orders WHERE quantity > 3) SELECT t.status FROM customers c LEFT JOIN t ON t.status = c.region WHERE t.quantity > 3',
      equality: 'provably equal',
    },
  ],
  refuses: [
    {
      title: 'read once, where PostgreSQL does it',
      sql: 'WITH t AS (SELECT customer_id, sum(total) FROM orders GROUP BY customer_id) SELECT 1 FROM t WHERE t.customer_id = 5',
    },
    {
      title: 'a condition on a column of the query around',
      sql: 'WITH t AS MATERIALIZED (SELECT id, customer_id FROM orders) SELECT 1 FROM customers c WHERE EXISTS (SELECT FROM t WHERE c.id = 5)',
    },
    {
      title: 'a name that means two things',
      sql: 'WITH t AS MATERIALIZED (SELECT id FROM orders) SELECT 1 FROM t WHERE t.id = 5 AND EXISTS (WITH t AS (SELECT 1 AS id) SELECT FROM t WHERE t.id = 5)',
    },
    {
      title: 'a reader without a condition',
      sql: 'WITH t AS (SELECT customer_id, sum(total) FROM orders GROUP BY customer_id) SELECT 1 FROM t a, t b WHERE a.customer_id = 5',
    },
    {
      title: 'a figure of the group',
      sql: 'WITH t AS MATERIALIZED (SELECT customer_id, max(quantity) AS quantity FROM orders GROUP BY customer_id) SELECT 1 FROM t WHERE t.quantity = 5',
    },
    {
      title: 'LIMIT',
      sql: 'WITH t AS MATERIALIZED (SELECT customer_id FROM orders ORDER BY id LIMIT 9) SELECT 1 FROM t WHERE t.customer_id = 5',
    },
    {
      title: 'a window over other rows too',
      sql: 'WITH t AS MATERIALIZED (SELECT customer_id, row_number() OVER (ORDER BY id) AS n FROM orders) SELECT 1 FROM t WHERE t.customer_id = 5',
    },
    {
      title: 'the first row of each other key',
      sql: 'WITH t AS MATERIALIZED (SELECT DISTINCT ON (customer_id) customer_id, owner_id FROM orders ORDER BY customer_id, id) SELECT 1 FROM t WHERE t.owner_id = 5',
    },
    {
      title: 'grouping sets',
      sql: 'WITH t AS MATERIALIZED (SELECT customer_id, sum(total) FROM orders GROUP BY ROLLUP (customer_id)) SELECT 1 FROM t WHERE t.customer_id = 5',
    },
    {
      title: 'a test that NULLs of an outer join pass',
      sql: 'WITH t AS MATERIALIZED (SELECT customer_id FROM orders) SELECT 1 FROM customers c LEFT JOIN t ON t.customer_id = c.id WHERE t.customer_id IS NULL',
    },
    {
      title: 'another value for each row',
      sql: 'WITH t AS MATERIALIZED (SELECT quantity FROM orders) SELECT 1 FROM t WHERE t.quantity = floor(random() * 9)',
    },
    {
      title: 'a set operation',
      sql: 'WITH t AS MATERIALIZED (SELECT customer_id FROM orders UNION SELECT id FROM customers) SELECT 1 FROM t WHERE t.customer_id = 5',
    },
    {
      title: 'a condition that is there',
      sql: 'WITH t AS MATERIALIZED (SELECT customer_id FROM orders WHERE customer_id = 5) SELECT 1 FROM t WHERE t.customer_id = 5',
    },
    {
      title: 'parameters that go by their order',
      sql: 'WITH t AS MATERIALIZED (SELECT customer_id FROM orders) SELECT 1 FROM t WHERE t.customer_id = ?',
    },
  ],
};

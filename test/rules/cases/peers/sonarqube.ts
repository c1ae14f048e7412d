import { STYLE } from './peerRule';
import type { PeerRule } from './peerRule';

const LOOP = (statement: string): string =>
  `CREATE PROCEDURE work() LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN FOR r IN SELECT id, total FROM orders LOOP ${statement} END LOOP; END $$;`;

/** The rules for SQL and for exceptions of its analysis of PL/SQL; those of Oracle's own features are not listed. */
export const SONARQUBE: readonly PeerRule[] = [
  { name: 'CROSS JOIN', sql: 'SELECT o.id FROM orders o, customers c;', rules: ['join/cross-join-without-condition'] },
  { name: 'NATURAL JOIN', sql: 'SELECT id FROM orders NATURAL JOIN customers;', rules: ['join/natural-join'] },
  { name: 'FULL OUTER JOIN with caution', without: 'right for comparing two sets; nothing else does it' },
  { name: 'DELETE and UPDATE without WHERE', sql: 'DELETE FROM baskets;', rules: ['query/delete-without-where'] },
  {
    name: 'columns of a SELECT clearly defined',
    sql: 'SELECT * FROM orders WHERE id = 4;',
    rules: ['query/select-star'],
  },
  {
    name: 'columns of an INSERT listed',
    sql: 'INSERT INTO orders VALUES (1, 2);',
    rules: ['dml/insert-without-columns'],
  },
  {
    name: 'LIKE that starts with a wildcard',
    sql: "SELECT id FROM orders WHERE note LIKE '%late%';",
    rules: ['query/leading-wildcard-like'],
  },
  {
    name: 'LIKE without a wildcard',
    sql: "SELECT id FROM orders WHERE state LIKE 'open';",
    rules: ['query/like-without-wildcard'],
  },
  {
    name: 'NULL compared directly',
    sql: 'SELECT id FROM orders WHERE paid_at = NULL;',
    rules: ['query/null-comparison'],
  },
  {
    name: 'large lists in IN',
    sql: `SELECT id FROM orders WHERE id IN (${Array.from({ length: 1001 }, (_, i) => i).join(', ')});`,
    rules: ['query/long-in-list'],
  },
  {
    name: 'positions in ORDER BY',
    sql: 'SELECT id, total FROM orders ORDER BY 2;',
    rules: ['query/position-in-order-by'],
  },
  {
    name: 'too many tables joined',
    sql: 'SELECT 1 FROM a JOIN b ON b.a = a.id JOIN c ON c.b = b.id JOIN d ON d.c = c.id JOIN e ON e.d = d.id JOIN f ON f.e = e.id JOIN g ON g.f = f.id JOIN h ON h.g = g.id JOIN i ON i.h = h.id JOIN j ON j.i = i.id;',
    rules: ['join/too-many-joins'],
  },
  {
    name: 'UNION with caution',
    sql: 'SELECT id FROM orders UNION SELECT id FROM old_orders;',
    rules: ['query/union-dedup'],
  },
  {
    name: 'same expression on both sides of an operator',
    sql: 'SELECT id FROM orders WHERE total = total;',
    rules: ['query/column-compared-with-itself'],
  },
  { name: 'self-assignment', sql: 'UPDATE orders SET note = note WHERE id = 4;', rules: ['dml/self-assignment'] },
  {
    name: 'WHEN OTHERS THEN NULL',
    sql: 'DO $$ BEGIN UPDATE orders SET state = 1 WHERE id = 4; EXCEPTION WHEN OTHERS THEN NULL; END $$;',
    rules: ['function/swallowed-exception'],
  },
  {
    name: 'FORALL for statements in loops',
    sql: LOOP('UPDATE bills SET due = r.total WHERE order_id = r.id;'),
    rules: ['function/row-by-row-write'],
  },
  {
    name: 'query in a loop',
    sql: LOOP('PERFORM 1 FROM bills WHERE order_id = r.id;'),
    rules: ['function/query-per-row'],
  },
  {
    name: 'dynamic SQL from texts',
    sql: "CREATE FUNCTION empty(name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DELETE FROM ' || name; END $$;",
    rules: ['function/unquoted-dynamic-sql'],
  },
  {
    name: 'limit beside an order that is not applied first',
    sql: 'SELECT sum(total) FROM orders ORDER BY ordered_on LIMIT 10;',
    rules: ['query/order-outside-aggregate'],
  },
  { name: 'LOCK TABLE', sql: 'LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;', rules: ['dml/lock-table'] },
  { name: 'EXISTS subqueries', without: 'PostgreSQL makes a semi join of EXISTS, which is the fastest way to ask' },
  { name: 'ORDER BY with its direction', without: STYLE },
  { name: 'COMMIT in loops', without: 'committing after each batch is the right way to change many rows' },
];

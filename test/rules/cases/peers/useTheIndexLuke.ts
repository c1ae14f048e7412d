import type { PeerRule } from './peerRule';

const ORDERS =
  '-- orders: 5000000 rows\nCREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, code text, note text, ordered_at timestamp NOT NULL, total numeric); CREATE INDEX orders_at ON orders (ordered_at); CREATE INDEX orders_code ON orders (code);';

/** The chapters of the book, each by what it warns of. */
export const USE_THE_INDEX_LUKE: readonly PeerRule[] = [
  {
    name: 'concatenated keys: the order of columns',
    sql: 'CREATE INDEX cows_barn ON cows (barn_id); CREATE INDEX cows_barn_tag ON cows (barn_id, tag);',
    rules: ['index/redundant-prefix'],
  },
  {
    name: 'functions: case-insensitive search',
    schema: ORDERS,
    sql: "SELECT id FROM orders WHERE upper(code) = 'A17';",
    rules: ['query/function-on-column'],
  },
  {
    name: 'functions: user-defined, which must be deterministic',
    sql: "CREATE FUNCTION age(born date) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT (current_date - born) / 365';",
    rules: ['function/volatility-too-strong'],
  },
  {
    name: 'over-indexing',
    schema: 'CREATE TABLE cows (id bigint PRIMARY KEY); CREATE INDEX cows_id ON cows (id);',
    sql: 'CREATE INDEX CONCURRENTLY cows_id_2 ON cows (id);',
    rules: ['index/duplicate-index'],
  },
  {
    name: 'bind parameters',
    sql: `SELECT id FROM orders WHERE id IN (${Array.from({ length: 500 }, (_, i) => i).join(', ')});`,
    rules: ['query/long-in-list'],
  },
  {
    name: 'LIKE: a leading wildcard',
    schema: ORDERS,
    sql: "SELECT id FROM orders WHERE note LIKE '%late';",
    rules: ['query/leading-wildcard-like'],
  },
  {
    name: 'LIKE: the collation of the index',
    schema: ORDERS,
    sql: "SELECT id FROM orders WHERE code LIKE 'A17%';",
    rules: ['query/like-prefix-needs-pattern-ops'],
  },
  {
    name: 'partial indexes',
    sql: 'CREATE TABLE jobs (id bigint PRIMARY KEY, done boolean NOT NULL); CREATE INDEX jobs_done ON jobs (done);',
    rules: ['index/low-cardinality'],
  },
  {
    name: 'obfuscation: dates',
    schema: ORDERS,
    sql: "SELECT id FROM orders WHERE ordered_at::date = '2024-05-01';",
    rules: ['query/cast-on-column'],
  },
  {
    name: 'obfuscation: numeric strings',
    schema: ORDERS,
    sql: 'SELECT id FROM orders WHERE code::int = 17;',
    rules: ['query/cast-on-column'],
  },
  {
    name: 'obfuscation: combined columns',
    sql: "SELECT id FROM people WHERE first_name || last_name = 'AdaLovelace';",
    rules: ['query/concatenation-compared'],
  },
  {
    name: 'obfuscation: smart logic',
    schema: ORDERS,
    sql: 'SELECT id FROM orders WHERE (customer_id = :customer OR :customer IS NULL);',
    rules: ['query/optional-filter'],
  },
  {
    name: 'obfuscation: math',
    schema: ORDERS,
    sql: 'SELECT id FROM orders WHERE total * 2 > 100;',
    rules: ['query/arithmetic-on-column'],
  },
  {
    name: 'data volume and unselective predicates',
    schema: ORDERS,
    sql: 'SELECT id, code FROM orders;',
    rules: ['query/unbounded-select'],
  },
  {
    name: 'joins: N+1 queries',
    sql: 'CREATE PROCEDURE work() LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM orders LOOP PERFORM 1 FROM bills WHERE order_id = r.id; END LOOP; END $$;',
    rules: ['function/query-per-row'],
  },
  {
    name: 'joins: unindexed foreign keys',
    sql: 'CREATE TABLE barns (id bigint PRIMARY KEY); CREATE TABLE cows (id bigint PRIMARY KEY, barn_id bigint REFERENCES barns);',
    rules: ['schema/foreign-key-without-index'],
  },
  {
    name: 'clustering data: index-only scans',
    sql: 'SELECT * FROM orders WHERE customer_id = 5;',
    rules: ['query/select-star'],
  },
  {
    name: 'sorting: an index for ORDER BY',
    schema: ORDERS,
    sql: 'SELECT id, code FROM orders ORDER BY total LIMIT 10;',
    rules: ['query/order-without-index'],
  },
  {
    name: 'sorting: NULLS FIRST and LAST',
    schema: ORDERS,
    sql: 'SELECT id FROM orders ORDER BY code DESC NULLS LAST LIMIT 10;',
    rules: ['query/nulls-order-not-of-index'],
  },
  {
    name: 'partial results: OFFSET',
    sql: 'SELECT id FROM orders ORDER BY ordered_at DESC, id DESC OFFSET 100000 LIMIT 20;',
    rules: ['query/deep-offset'],
  },
  {
    name: 'partial results: the seek method as OR',
    sql: 'SELECT id FROM orders WHERE ordered_at < :at OR (ordered_at = :at AND id < :id) ORDER BY ordered_at DESC, id DESC LIMIT 20;',
    rules: ['query/keyset-as-or-chain'],
  },
  {
    name: 'modifying data: indexes cost writes',
    schema: ORDERS,
    sql: 'UPDATE orders SET ordered_at = now() WHERE customer_id = 5;',
    rules: ['dml/update-defeats-hot'],
  },
  {
    name: 'modifying data: DELETE of all rows',
    sql: 'DELETE FROM sessions;',
    rules: ['query/delete-without-where'],
  },
];

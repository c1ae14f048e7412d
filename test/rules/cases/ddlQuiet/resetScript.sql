-- A schema file for development that begins anew each time.
DROP SCHEMA IF EXISTS reporting CASCADE;
CREATE SCHEMA reporting;

DROP TABLE IF EXISTS order_items CASCADE;
DROP TABLE IF EXISTS orders CASCADE;
DROP TYPE IF EXISTS order_state CASCADE;
DROP VIEW IF EXISTS open_orders;

CREATE TYPE order_state AS ENUM ('open', 'paid');
CREATE TABLE orders (id bigint PRIMARY KEY, state order_state NOT NULL);
CREATE TABLE order_items (order_id bigint REFERENCES orders, position int, PRIMARY KEY (order_id, position));
CREATE VIEW open_orders AS SELECT id FROM orders WHERE state = 'open';
CREATE TABLE reporting.totals AS SELECT count(*) AS n FROM orders;
ALTER TABLE reporting.totals ADD COLUMN at timestamptz DEFAULT clock_timestamp();
SELECT id INTO orders_copy FROM orders;
CREATE INDEX ON orders_copy (id);

TRUNCATE orders, order_items;
INSERT INTO orders (id, state) SELECT g, 'open' FROM generate_series(1, 1000) g;
VACUUM ANALYZE orders;

-- Changes of tables in use, each the way that blocks nobody for long. The tool runs the statements one by one.
SET lock_timeout = '3s';
SET statement_timeout = '60s';

ALTER TABLE orders ADD COLUMN region text, ADD COLUMN priority smallint NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN seen_at timestamptz DEFAULT now();
ALTER TABLE orders ADD COLUMN external_id uuid;
ALTER TABLE orders ALTER COLUMN external_id SET DEFAULT gen_random_uuid();

CREATE INDEX CONCURRENTLY orders_region_idx ON orders (region);
DROP INDEX CONCURRENTLY IF EXISTS orders_external_id_key;
CREATE UNIQUE INDEX CONCURRENTLY orders_external_id_key ON orders (external_id);
ALTER TABLE orders ADD CONSTRAINT orders_external_id_key UNIQUE USING INDEX orders_external_id_key;
REINDEX INDEX CONCURRENTLY orders_customer_id_idx;

ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fk;

ALTER TABLE orders ADD CONSTRAINT orders_region_present CHECK (region IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_region_present;
ALTER TABLE orders ALTER COLUMN region SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT orders_region_present;

ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE orders ALTER COLUMN region SET STATISTICS 500;
ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_old_check;
ALTER TABLE orders OWNER TO shop;
ALTER TYPE order_state ADD VALUE IF NOT EXISTS 'returned' AFTER 'delivered';

UPDATE orders SET region = 'eu' WHERE id BETWEEN 1 AND 10000 AND region IS NULL;
VACUUM (ANALYZE) orders;
REFRESH MATERIALIZED VIEW CONCURRENTLY daily_orders;
COMMENT ON COLUMN orders.region IS 'sales region';

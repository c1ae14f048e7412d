-- Distribute public.customers, public.orders, public.items by Citus 13.0-1

-- - 95 % of the workload names one value of the column and joins by it: it runs on one node. The
--   rest is sent to all 32 shards.
-- - Together: public.customers by id, public.orders by customer_id, public.items by customer_id.
-- - Copied to every node: public.countries; a write goes to all of them.
-- - Unique constraints and foreign keys between distributed tables must contain the distribution
--   column.
-- - Have the workers added first (citus_add_node), and enough room: each table is copied before the
--   old rows go.

-- Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE

-- Step 1 of 5: Copy public.countries to every node
-- 200 rows, 1.02 MB: joins with it need no network.
-- Locks: Writes to the table wait while it is copied.
SELECT create_reference_table('public.countries');

-- Step 2 of 5: Widen orders_pkey by customer_id
-- (id) alone will be unique within a shard only. Foreign keys that refer to it have to be dropped
-- first.
-- Locks: ACCESS EXCLUSIVE on the table while the index is built.
ALTER TABLE public.orders DROP CONSTRAINT orders_pkey, ADD CONSTRAINT orders_pkey PRIMARY KEY (id, customer_id);

-- Step 3 of 5: Distribute public.customers by id
-- 5,000,000 rows, 1 GB, in 32 shards.
-- Locks: Writers go on but for a moment at the end; the way back locks them out while rows are
-- copied.
SELECT create_distributed_table_concurrently('public.customers', 'id', colocate_with := 'none', shard_count := 32);

-- Step 4 of 5: Distribute public.orders by customer_id
-- On the nodes of public.customers, so that they are joined there. 500,000,000 rows, 60 GB.
-- Locks: Writers wait until all rows are copied.
SELECT create_distributed_table('public.orders', 'customer_id', colocate_with := 'public.customers');

-- Step 5 of 5: Distribute public.items by customer_id
-- On the nodes of public.customers, so that they are joined there. 2,000,000,000 rows, 200 GB.
-- Locks: Writers wait until all rows are copied.
SELECT create_distributed_table('public.items', 'customer_id', colocate_with := 'public.customers');

-- The way back; begin at the last step that was run

-- Back from: Distribute public.items by customer_id
-- SELECT undistribute_table('public.items');

-- Back from: Distribute public.orders by customer_id
-- SELECT undistribute_table('public.orders');

-- Back from: Distribute public.customers by id
-- SELECT undistribute_table('public.customers');

-- Back from: Widen orders_pkey by customer_id
-- ALTER TABLE public.orders DROP CONSTRAINT orders_pkey, ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

-- Back from: Copy public.countries to every node
-- SELECT undistribute_table('public.countries');

-- Distribute public.customers, public.orders, public.items by Citus 10.2

-- - 95 % of the workload names one value of the column and joins by it: it runs on one node. The
--   rest is sent to all 32 shards.
-- - Together: public.customers by id, public.orders by customer_id, public.items by customer_id.
-- - Copied to every node: public.countries; a write goes to all of them.
-- - Unique constraints and foreign keys between distributed tables must contain the distribution
--   column.
-- - Have the workers added first (citus_add_node), and enough room: each table is copied before the
--   old rows go.

-- Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE

-- Step 1 of 5: Copy public.countries to every node
-- 200 rows, 1.02 MB: joins with it need no network.
-- Locks: Writes to the table wait while it is copied.
SELECT create_reference_table('public.countries');

-- Step 2 of 5: Widen orders_pkey by customer_id
-- (id) alone will be unique within a shard only. Foreign keys that refer to it have to be dropped
-- first.
-- Locks: ACCESS EXCLUSIVE on the table while the index is built.
ALTER TABLE public.orders DROP CONSTRAINT orders_pkey, ADD CONSTRAINT orders_pkey PRIMARY KEY (id, customer_id);

-- Step 3 of 5: Distribute public.customers by id
-- 5,000,000 rows, 1 GB, in 32 shards.
-- Locks: Writers wait until all rows are copied.
SELECT create_distributed_table('public.customers', 'id', colocate_with := 'none', shard_count := 32);

-- Step 4 of 5: Distribute public.orders by customer_id
-- On the nodes of public.customers, so that they are joined there. 500,000,000 rows, 60 GB.
-- Locks: Writers wait until all rows are copied.
SELECT create_distributed_table('public.orders', 'customer_id', colocate_with := 'public.customers');

-- Step 5 of 5: Distribute public.items by customer_id
-- On the nodes of public.customers, so that they are joined there. 2,000,000,000 rows, 200 GB.
-- Locks: Writers wait until all rows are copied.
SELECT create_distributed_table('public.items', 'customer_id', colocate_with := 'public.customers');

-- The way back; begin at the last step that was run

-- Back from: Distribute public.items by customer_id
-- SELECT undistribute_table('public.items');

-- Back from: Distribute public.orders by customer_id
-- SELECT undistribute_table('public.orders');

-- Back from: Distribute public.customers by id
-- SELECT undistribute_table('public.customers');

-- Back from: Widen orders_pkey by customer_id
-- ALTER TABLE public.orders DROP CONSTRAINT orders_pkey, ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

-- Back from: Copy public.countries to every node
-- SELECT undistribute_table('public.countries');

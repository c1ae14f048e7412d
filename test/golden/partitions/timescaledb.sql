-- Make public.events a hypertable of TimescaleDB 2.12.2

-- - 684,932 rows come a day (estimated from the histogram of created_at): a chunk of 28 days takes
--   about 3.07 GB, and the chunks being written should fit in a quarter of 32 GB memory.
-- - A unique index or primary key of a hypertable must contain the time column.
-- - CREATE INDEX CONCURRENTLY is not possible on a hypertable; WITH
--   (timescaledb.transaction_per_chunk) locks one chunk at a time instead.
-- - Foreign keys of other tables that refer to a hypertable are possible from 2.16 on.

-- Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE

-- Step 1 of 6: Widen events_pkey by created_at
-- (id) alone will be unique within a chunk only. Foreign keys that refer to it have to be dropped
-- first.
-- Locks: ACCESS EXCLUSIVE on the table while the index is built.
ALTER TABLE public.events DROP CONSTRAINT events_pkey, ADD CONSTRAINT events_pkey PRIMARY KEY (id, created_at);

-- Step 2 of 6: A hypertable with chunks of 28 days
-- migrate_data moves all 500,000,000 rows into chunks while it holds the lock. For a table that
-- cannot be locked so long, make an empty hypertable beside it and copy in batches.
-- Locks: ACCESS EXCLUSIVE on the table until every row has moved: nobody reads or writes it.
-- No way back: a hypertable becomes a table again only by copying its rows into a new one
SELECT create_hypertable('public.events', 'created_at', chunk_time_interval => INTERVAL '28 days', migrate_data => true, if_not_exists => true);

-- Step 3 of 6: Chunks older than 56 days in columns
-- Rows of one camera_id lie together, since the workload asks for one of them most often; within,
-- in the order of created_at DESC.
-- Locks: For a moment. Each chunk is locked against writes while it is converted.
begin;
ALTER TABLE public.events SET (timescaledb.compress = true, timescaledb.compress_segmentby = 'camera_id', timescaledb.compress_orderby = 'created_at DESC');
SELECT add_compression_policy('public.events', INTERVAL '56 days', if_not_exists => true);
commit;

-- Step 4 of 6: Drop chunks older than 2 years
-- A chunk is dropped as a whole: a file is deleted, nothing is left to vacuum.
-- Locks: None now; ACCESS EXCLUSIVE on a chunk while it is dropped.
-- No way back: dropped chunks are gone
SELECT add_retention_policy('public.events', drop_after => INTERVAL '2 years', if_not_exists => true);

-- Step 5 of 6: Continuous aggregate public.events_by_hour_camera_id
-- Made empty; the policy fills it. It cannot be made in a transaction WITH DATA.
-- Locks: For a moment.
begin;
CREATE MATERIALIZED VIEW IF NOT EXISTS public.events_by_hour_camera_id WITH (timescaledb.continuous) AS
SELECT time_bucket(INTERVAL '1 hour', created_at) AS bucket, camera_id, count(*) AS row_count, sum(events.id) AS sum_id, count(events.id) AS count_id, max(events.id) AS max_id
FROM public.events GROUP BY bucket, camera_id WITH NO DATA;
SELECT add_continuous_aggregate_policy('public.events_by_hour_camera_id', start_offset => INTERVAL '3 days', end_offset => INTERVAL '1 hour', schedule_interval => INTERVAL '1 hour', if_not_exists => true);
commit;

-- Step 6 of 6: Continuous aggregate public.events_by_day
-- Made empty; the policy fills it. It cannot be made in a transaction WITH DATA.
-- Locks: For a moment.
begin;
CREATE MATERIALIZED VIEW IF NOT EXISTS public.events_by_day WITH (timescaledb.continuous) AS
SELECT time_bucket(INTERVAL '1 day', created_at, 'Asia/Ho_Chi_Minh') AS bucket, count(*) AS row_count
FROM public.events GROUP BY bucket WITH NO DATA;
SELECT add_continuous_aggregate_policy('public.events_by_day', start_offset => INTERVAL '14 days', end_offset => INTERVAL '1 day', schedule_interval => INTERVAL '1 day', if_not_exists => true);
commit;

-- The way back; begin at the last step that was run

-- Back from: Continuous aggregate public.events_by_day
-- DROP MATERIALIZED VIEW IF EXISTS public.events_by_day;

-- Back from: Continuous aggregate public.events_by_hour_camera_id
-- DROP MATERIALIZED VIEW IF EXISTS public.events_by_hour_camera_id;

-- Back from: Drop chunks older than 2 years
-- SELECT remove_retention_policy('public.events', if_exists => true);

-- Back from: Chunks older than 56 days in columns
-- SELECT remove_compression_policy('public.events', if_exists => true);

-- Back from: Widen events_pkey by created_at
-- ALTER TABLE public.events DROP CONSTRAINT events_pkey, ADD CONSTRAINT events_pkey PRIMARY KEY (id);

-- Make public.events a hypertable of TimescaleDB 2.20.0

-- - How many rows come is not known yet: chunks of 7 days, TimescaleDB's own default. Set it anew
--   once rows have come (set_chunk_time_interval): the chunks being written should fit in a quarter
--   of 32 GB memory.
-- - A unique index or primary key of a hypertable must contain the time column.
-- - CREATE INDEX CONCURRENTLY is not possible on a hypertable; WITH
--   (timescaledb.transaction_per_chunk) locks one chunk at a time instead.
-- - Foreign keys of other tables that refer to a hypertable are possible from 2.16 on.

-- Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE

-- Step 1 of 6: Widen events_pkey by created_at
-- (id) alone will be unique within a chunk only. Foreign keys that refer to it have to be dropped
-- first.
-- Locks: ACCESS EXCLUSIVE on the table while the index is built.
ALTER TABLE public.events DROP CONSTRAINT events_pkey, ADD CONSTRAINT events_pkey PRIMARY KEY (id, created_at);

-- Step 2 of 6: A hypertable with chunks of 7 days
-- The table is empty, nothing has to move.
-- Locks: ACCESS EXCLUSIVE on the table, for a moment.
-- No way back: a hypertable becomes a table again only by copying its rows into a new one
SELECT create_hypertable('public.events', by_range('created_at', INTERVAL '7 days'), if_not_exists => true);

-- Step 3 of 6: Chunks older than 14 days in columns
-- Rows of one camera_id lie together, since the workload asks for one of them most often; within,
-- in the order of created_at DESC.
-- Locks: For a moment. Each chunk is locked against writes while it is converted.
begin;
ALTER TABLE public.events SET (timescaledb.enable_columnstore = true, timescaledb.segmentby = 'camera_id', timescaledb.orderby = 'created_at DESC');
CALL add_columnstore_policy('public.events', after => INTERVAL '14 days', if_not_exists => true);
commit;

-- Step 4 of 6: Drop chunks older than 2 years
-- A chunk is dropped as a whole: a file is deleted, nothing is left to vacuum.
-- Locks: None now; ACCESS EXCLUSIVE on a chunk while it is dropped.
-- No way back: dropped chunks are gone
SELECT add_retention_policy('public.events', drop_after => INTERVAL '2 years', if_not_exists => true);

-- Step 5 of 6: Continuous aggregate public.events_by_hour_camera_id
-- Made empty; the policy fills it. It cannot be made in a transaction WITH DATA.
-- Locks: For a moment.
begin;
CREATE MATERIALIZED VIEW IF NOT EXISTS public.events_by_hour_camera_id WITH (timescaledb.continuous) AS
SELECT time_bucket(INTERVAL '1 hour', created_at) AS bucket, camera_id, count(*) AS row_count, sum(events.id) AS sum_id, count(events.id) AS count_id, max(events.id) AS max_id
FROM public.events GROUP BY bucket, camera_id WITH NO DATA;
SELECT add_continuous_aggregate_policy('public.events_by_hour_camera_id', start_offset => INTERVAL '3 days', end_offset => INTERVAL '1 hour', schedule_interval => INTERVAL '1 hour', if_not_exists => true);
commit;

-- Step 6 of 6: Continuous aggregate public.events_by_day
-- Made empty; the policy fills it. It cannot be made in a transaction WITH DATA.
-- Locks: For a moment.
begin;
CREATE MATERIALIZED VIEW IF NOT EXISTS public.events_by_day WITH (timescaledb.continuous) AS
SELECT time_bucket(INTERVAL '1 day', created_at, 'Asia/Ho_Chi_Minh') AS bucket, count(*) AS row_count
FROM public.events GROUP BY bucket WITH NO DATA;
SELECT add_continuous_aggregate_policy('public.events_by_day', start_offset => INTERVAL '14 days', end_offset => INTERVAL '1 day', schedule_interval => INTERVAL '1 day', if_not_exists => true);
commit;

-- The way back; begin at the last step that was run

-- Back from: Continuous aggregate public.events_by_day
-- DROP MATERIALIZED VIEW IF EXISTS public.events_by_day;

-- Back from: Continuous aggregate public.events_by_hour_camera_id
-- DROP MATERIALIZED VIEW IF EXISTS public.events_by_hour_camera_id;

-- Back from: Drop chunks older than 2 years
-- SELECT remove_retention_policy('public.events', if_exists => true);

-- Back from: Chunks older than 14 days in columns
-- CALL remove_columnstore_policy('public.events', if_exists => true);

-- Back from: Widen events_pkey by created_at
-- ALTER TABLE public.events DROP CONSTRAINT events_pkey, ADD CONSTRAINT events_pkey PRIMARY KEY (id);

-- Keep the partitions of public.events by pg_partman 5.2.4

-- - pg_partman makes partitions around today. Where the table has partitions for today that have
--   other names or bounds, create_parent fails on the overlap: begin with p_start_partition after
--   the last of them.
-- - Periods begin at midnight in the time zone of the session that runs the maintenance: have it be
--   Asia/Ho_Chi_Minh.
-- - Maintenance: CALL partman.run_maintenance_proc(), by pg_cron or by its background worker
--   (pg_partman_bgw in shared_preload_libraries).

-- Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE

-- Step 1 of 1: Hand the table to pg_partman
-- Makes the partitions around today and, if there is none, a DEFAULT partition.
-- Locks: The table, against everybody, while partitions are made.
begin;
SELECT partman.create_parent(p_parent_table := 'public.events', p_control := 'created_at', p_type := 'range', p_interval := '1 month', p_premake := 3);
UPDATE partman.part_config SET infinite_time_partitions = true, retention = '24 months', retention_keep_table = true, retention_schema = 'archive' WHERE parent_table = 'public.events';
commit;

-- The way back; begin at the last step that was run

-- Back from: Hand the table to pg_partman
-- DELETE FROM partman.part_config WHERE parent_table = 'public.events';

-- Keep the partitions of public.events by pg_partman 5.2.4

-- - pg_partman makes partitions around today. Where the table has partitions for today that have
--   other names or bounds, create_parent fails on the overlap: begin with p_start_partition after
--   the last of them.
-- - Periods begin at midnight in the time zone of the session that runs the maintenance: have it be
--   Asia/Ho_Chi_Minh.
-- - Maintenance: CALL partman.run_maintenance_proc(), by pg_cron or by its background worker
--   (pg_partman_bgw in shared_preload_libraries).

-- Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE

-- Step 1 of 1: Hand the table to pg_partman
-- Makes the partitions around today and, if there is none, a DEFAULT partition.
-- Locks: The table, against everybody, while partitions are made.
begin;
SELECT partman.create_parent(p_parent_table := 'public.events', p_control := 'created_at', p_type := 'range', p_interval := '1 month', p_premake := 3, p_time_encoder := 'partman.uuid7_time_encoder', p_time_decoder := 'partman.uuid7_time_decoder');
UPDATE partman.part_config SET infinite_time_partitions = true, retention = '24 months', retention_keep_table = false WHERE parent_table = 'public.events';
commit;

-- The way back; begin at the last step that was run

-- Back from: Hand the table to pg_partman
-- DELETE FROM partman.part_config WHERE parent_table = 'public.events';

-- Keep the partitions of public.events by pg_partman 4.7.4

-- - pg_partman makes partitions around today. Where the table has partitions for today that have
--   other names or bounds, create_parent fails on the overlap: begin with p_start_partition after
--   the last of them.
-- - Periods begin at midnight in the time zone of the session that runs the maintenance: have it be
--   Asia/Ho_Chi_Minh.
-- - Maintenance: CALL partman.run_maintenance_proc(), by pg_cron or by its background worker
--   (pg_partman_bgw in shared_preload_libraries).

-- Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE

-- Step 1 of 1: Hand the table to pg_partman
-- Makes the partitions around today and, if there is none, a DEFAULT partition.
-- Locks: The table, against everybody, while partitions are made.
begin;
SELECT partman.create_parent(p_parent_table := 'public.events', p_control := 'created_at', p_type := 'native', p_interval := 'monthly', p_premake := 3, p_epoch := 'milliseconds');
UPDATE partman.part_config SET infinite_time_partitions = true, retention = '24 months', retention_keep_table = true, retention_schema = 'archive' WHERE parent_table = 'public.events';
commit;

-- The way back; begin at the last step that was run

-- Back from: Hand the table to pg_partman
-- DELETE FROM partman.part_config WHERE parent_table = 'public.events';

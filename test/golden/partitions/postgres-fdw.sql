-- Tables of north

-- - Types and functions that columns need must be there.

-- Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE

-- Step 1 of 1: 1 tables
-- With the indexes of the original; a unique one holds for the rows of its own table.
-- Locks: None: the tables are new.
-- No way back: the way back drops the tables with the rows that have come
begin;
CREATE SCHEMA IF NOT EXISTS public;
CREATE TABLE IF NOT EXISTS public.events_north (id bigint NOT NULL, camera_id integer NOT NULL, kind text NOT NULL, created_at timestamp with time zone NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS events_north_1_idx ON public.events_north USING btree (id);
commit;

-- The way back; begin at the last step that was run

-- Back from: 1 tables
-- DROP TABLE IF EXISTS public.events_north;

-- Tables of south

-- - Types and functions that columns need must be there.

-- Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE

-- Step 1 of 1: 1 tables
-- With the indexes of the original; a unique one holds for the rows of its own table.
-- Locks: None: the tables are new.
-- No way back: the way back drops the tables with the rows that have come
begin;
CREATE SCHEMA IF NOT EXISTS public;
CREATE TABLE IF NOT EXISTS public.events_south (id bigint NOT NULL, camera_id integer NOT NULL, kind text NOT NULL, created_at timestamp with time zone NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS events_south_1_idx ON public.events_south USING btree (id);
commit;

-- The way back; begin at the last step that was run

-- Back from: 1 tables
-- DROP TABLE IF EXISTS public.events_south;

-- public.all_events on 2 servers

-- - Run the scripts of the other servers first.
-- - No password is in a script. For roles that are no superuser here: ALTER USER MAPPING FOR
--   CURRENT_USER SERVER name OPTIONS (ADD password ...), typed where no history keeps it, or
--   passwords in .pgpass or certificates.
-- - A partitioned table with foreign partitions has no unique index or primary key of its own: the
--   tables on the other servers have them, each for its own rows.
-- - One transaction over several servers commits on each of them one after the other: a crash in
--   between leaves some committed. Take snapshots across servers for approximate.
-- - An UPDATE of the key that would move a row to another server may be refused (0A000): delete and
--   insert it instead.
-- - A hash cannot be checked by the other servers: write through this table only.

-- Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE

-- Step 1 of 6: postgres_fdw
-- Comes with PostgreSQL.
-- Locks: None.
CREATE EXTENSION IF NOT EXISTS postgres_fdw;

-- Step 2 of 6: Server north
-- async_capable lets an Append ask all servers at once.
-- Locks: None.
begin;
CREATE SERVER IF NOT EXISTS north FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'north.example', port '5432', dbname 'cameras', async_capable 'true', fetch_size '10000', batch_size '1000');
CREATE USER MAPPING IF NOT EXISTS FOR CURRENT_USER SERVER north OPTIONS (user 'events');
commit;

-- Step 3 of 6: Server south
-- async_capable lets an Append ask all servers at once.
-- Locks: None.
begin;
CREATE SERVER IF NOT EXISTS south FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'south.example', port '5433', dbname 'cameras', async_capable 'true', fetch_size '10000', batch_size '1000');
CREATE USER MAPPING IF NOT EXISTS FOR CURRENT_USER SERVER south OPTIONS (user 'events');
commit;

-- Step 4 of 6: Partitioned table public.all_events
-- Has the columns of public.events.
-- Locks: None: the table is new.
CREATE TABLE IF NOT EXISTS public.all_events (id bigint NOT NULL, camera_id integer NOT NULL, kind text NOT NULL, created_at timestamp with time zone NOT NULL) PARTITION BY HASH (camera_id);

-- Step 5 of 6: Foreign partitions
-- Each stands for a table on another server. Nothing is copied.
-- Locks: ACCESS EXCLUSIVE on the new table, for a moment.
begin;
CREATE FOREIGN TABLE IF NOT EXISTS public.events_north PARTITION OF public.all_events FOR VALUES WITH (MODULUS 2, REMAINDER 0) SERVER north OPTIONS (schema_name 'public', table_name 'events_north');
CREATE FOREIGN TABLE IF NOT EXISTS public.events_south PARTITION OF public.all_events FOR VALUES WITH (MODULUS 2, REMAINDER 1) SERVER south OPTIONS (schema_name 'public', table_name 'events_south');
commit;

-- Step 6 of 6: Statistics of the foreign partitions
-- No autovacuum looks at foreign tables: have this run again now and then, after rows have come. It
-- reads a sample of each over the network.
-- Locks: None that readers or writers wait for.
ANALYZE public.events_north;
ANALYZE public.events_south;

-- The way back; begin at the last step that was run

-- Back from: Foreign partitions
-- begin;
-- DROP FOREIGN TABLE IF EXISTS public.events_north;
-- DROP FOREIGN TABLE IF EXISTS public.events_south;
-- commit;

-- Back from: Partitioned table public.all_events
-- DROP TABLE IF EXISTS public.all_events;

-- Back from: Server south
-- begin;
-- DROP USER MAPPING IF EXISTS FOR CURRENT_USER SERVER south;
-- DROP SERVER IF EXISTS south;
-- commit;

-- Back from: Server north
-- begin;
-- DROP USER MAPPING IF EXISTS FOR CURRENT_USER SERVER north;
-- DROP SERVER IF EXISTS north;
-- commit;

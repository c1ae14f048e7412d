-- Keep the partitions of public.events

-- - A partition of each month begins at midnight in Asia/Ho_Chi_Minh; 3 are kept ready after the
--   current one.
-- - Partitions whose rows are all older than 90 days are dropped.
-- - Taking a partition off locks readers of the table out for a moment. DETACH ... CONCURRENTLY
--   does not, but PostgreSQL runs it neither in a routine nor beside a DEFAULT partition: psql runs
--   the statements of "SELECT public.retirements_of_events()" by \gexec.
-- - Watch: SELECT max(upper_at) AS partitions_until, (SELECT coalesce(sum(n_live_tup), 0) FROM
--   pg_stat_user_tables s WHERE s.relid IN (SELECT part FROM public.partitions_of_events() WHERE
--   is_default)) AS rows_in_default FROM public.partitions_of_events()

-- Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE

-- Step 1 of 3: Routines that make and retire partitions
-- They compare bounds, not names; a run may come late, early, twice, or while another one is under
-- way.
-- Locks: None on tables.
begin;
CREATE OR REPLACE FUNCTION public.partitions_of_events()
RETURNS TABLE (part regclass, lower_at timestamp, upper_at timestamp, is_default boolean, is_detaching boolean)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
AS $maintenance$
SELECT i.inhrelid::regclass,
  CASE b.bound[1] WHEN 'MINVALUE' THEN timestamp '-infinity' ELSE btrim(b.bound[1], '''')::timestamptz::timestamp END,
  CASE b.bound[2] WHEN 'MAXVALUE' THEN timestamp 'infinity' ELSE btrim(b.bound[2], '''')::timestamptz::timestamp END,
  b.text = 'DEFAULT',
  i.inhdetachpending
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid
CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid)) e (text)
CROSS JOIN LATERAL (SELECT e.text, regexp_match(e.text, '^FOR VALUES FROM [(](.*)[)] TO [(](.*)[)]$')) b (text, bound)
WHERE i.inhparent = 'public.events'::regclass
$maintenance$;
CREATE OR REPLACE FUNCTION public.maintain_partitions_of_events(p_now timestamp with time zone DEFAULT now(), p_most integer DEFAULT NULL)
RETURNS SETOF text LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
SET lock_timeout = '5s'
AS $maintenance$
DECLARE
  v_parent CONSTANT regclass := 'public.events';
  v_step CONSTANT interval := '1 month';
  v_local CONSTANT timestamp := p_now AT TIME ZONE 'Asia/Ho_Chi_Minh';
  v_current CONSTANT timestamp := date_trunc('month', v_local);
  -- rows older than this are not kept; partitions for them are not made
  v_cut CONSTANT timestamp := ((v_local - interval '90 days') AT TIME ZONE 'Asia/Ho_Chi_Minh') AT TIME ZONE 'UTC';
  v_begin timestamp;
  v_end timestamp;
  v_piece record;
  v_old record;
  v_default regclass;
  v_base text;
  v_name text;
  v_new text;
  v_create text;
  v_columns text;
  v_owner name;
  v_suffix integer;
  v_done integer := 0;
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_partitioned_table t JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
    WHERE t.partrelid = v_parent AND t.partstrat = 'r' AND t.partnatts = 1 AND a.attname = 'created_at')
  THEN
    RAISE EXCEPTION '% is not partitioned by the range of %', v_parent, 'created_at' USING ERRCODE = 'wrong_object_type';
  END IF;
  IF NOT pg_try_advisory_xact_lock(hashtextextended('partition maintenance of ' || v_parent::oid::text, 0)) THEN
    RAISE NOTICE 'another session is at it: nothing was done';
    RETURN;
  END IF;
  SELECT p.part INTO v_default FROM public.partitions_of_events() p WHERE p.is_default;
  SELECT pg_get_userbyid(c.relowner) INTO v_owner FROM pg_class c WHERE c.oid = v_parent;
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO v_columns
  FROM pg_attribute a
  WHERE a.attrelid = v_parent AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';

  -- begins where the past ends, so that what a missed run did not make is made now
  SELECT max(p.upper_at) INTO v_begin FROM public.partitions_of_events() p
  WHERE p.upper_at <= (v_current AT TIME ZONE 'Asia/Ho_Chi_Minh') AT TIME ZONE 'UTC' AND p.upper_at > timestamp '-infinity';
  v_begin := greatest(least(v_current, date_trunc('month', (v_begin AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Ho_Chi_Minh')), v_current - 500 * v_step);

  WHILE v_begin <= v_current + 3 * v_step LOOP
    v_end := v_begin + v_step;
    -- the parts of the period that no partition has
    FOR v_piece IN
      WITH taken AS (SELECT p.lower_at, p.upper_at FROM public.partitions_of_events() p WHERE NOT p.is_default),
      period AS (SELECT (v_begin AT TIME ZONE 'Asia/Ho_Chi_Minh') AT TIME ZONE 'UTC' AS lower_at, (v_end AT TIME ZONE 'Asia/Ho_Chi_Minh') AT TIME ZONE 'UTC' AS upper_at),
      ends AS (
        SELECT lower_at AS at FROM period UNION SELECT upper_at FROM period
        UNION SELECT t.upper_at FROM taken t, period p WHERE t.upper_at > p.lower_at AND t.upper_at < p.upper_at
        UNION SELECT t.lower_at FROM taken t, period p WHERE t.lower_at > p.lower_at AND t.lower_at < p.upper_at),
      pieces AS (SELECT at AS lower_at, lead(at) OVER (ORDER BY at) AS upper_at FROM ends)
      SELECT i.lower_at, i.upper_at FROM pieces i
      WHERE i.upper_at > v_cut
        AND NOT EXISTS (SELECT FROM taken t WHERE t.lower_at < i.upper_at AND t.upper_at > i.lower_at)
      ORDER BY i.lower_at
    LOOP
      v_base := 'events' || '_p' || to_char((v_piece.lower_at AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Ho_Chi_Minh',
        CASE (v_piece.lower_at AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Ho_Chi_Minh' WHEN v_begin THEN 'YYYY_MM' ELSE 'YYYYMMDD_HH24MISS' END);
      v_name := v_base;
      v_suffix := 1;
      WHILE to_regclass(format('%I.%I', 'public', v_name)) IS NOT NULL LOOP
        v_suffix := v_suffix + 1;
        v_name := v_base || '_' || v_suffix;
      END LOOP;
      v_new := format('%I.%I', 'public', v_name);
      -- made apart and attached: CREATE TABLE ... PARTITION OF would lock out all readers of the table
      v_create := format('CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY)', v_new, v_parent)
        || (SELECT coalesce(' TABLESPACE ' || quote_ident(t.spcname), '') FROM pg_class c
            LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace WHERE c.oid = v_parent);
      BEGIN
        EXECUTE v_create;
        IF v_owner <> current_user THEN
          EXECUTE format('ALTER TABLE %s OWNER TO %I', v_new, v_owner);
        END IF;
        EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', v_parent, v_new,
          (v_piece.lower_at)::timestamptz::text, (v_piece.upper_at)::timestamptz::text);
      EXCEPTION WHEN check_violation THEN
        IF v_default IS NULL THEN
          RAISE;
        END IF;
        -- rows of the period wait in the DEFAULT partition. It is taken off while they move, so that neither its
        -- triggers nor foreign keys see a DELETE; readers wait for the end of this transaction
        BEGIN
          EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', v_parent, v_default);
          EXECUTE v_create;
          IF v_owner <> current_user THEN
            EXECUTE format('ALTER TABLE %s OWNER TO %I', v_new, v_owner);
          END IF;
          EXECUTE format(
            'WITH moved AS (DELETE FROM %1$s WHERE %2$I >= %3$L AND %2$I < %4$L RETURNING *)
             INSERT INTO %5$s (%6$s) SELECT %6$s FROM moved',
            v_default, 'created_at', (v_piece.lower_at)::timestamptz::text, (v_piece.upper_at)::timestamptz::text, v_new, v_columns);
          EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', v_parent, v_new,
            (v_piece.lower_at)::timestamptz::text, (v_piece.upper_at)::timestamptz::text);
          EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s DEFAULT', v_parent, v_default);
        EXCEPTION WHEN foreign_key_violation THEN
          RAISE WARNING 'rows from % to % stay in %: other tables refer to it', v_piece.lower_at, v_piece.upper_at, v_default
            USING HINT = 'Drop the foreign keys that refer to the table, run this again, and add them again.';
          CONTINUE;
        END;
      END;
      RETURN NEXT format('created %s for %s to %s', v_new, v_piece.lower_at, v_piece.upper_at);
      v_done := v_done + 1;
      IF v_done >= p_most THEN
        RETURN;
      END IF;
    END LOOP;
    v_begin := v_end;
  END LOOP;

  FOR v_old IN
    SELECT p.part, p.lower_at, p.upper_at, p.is_detaching FROM public.partitions_of_events() p
    WHERE NOT p.is_default AND p.upper_at <= v_cut ORDER BY p.upper_at
  LOOP
    v_name := v_old.part::text;
    BEGIN
      EXECUTE format('ALTER TABLE %s DETACH PARTITION %s%s', v_parent, v_name,
        CASE WHEN v_old.is_detaching THEN ' FINALIZE' ELSE '' END);
      EXECUTE format('DROP TABLE %s', v_name);
    EXCEPTION WHEN foreign_key_violation OR dependent_objects_still_exist OR duplicate_table THEN
      RAISE WARNING '% stays: %', v_name, SQLERRM;
      CONTINUE;
    END;
    RETURN NEXT format('dropped %s of %s to %s', v_name, v_old.lower_at, v_old.upper_at);
    v_done := v_done + 1;
    IF v_done >= p_most THEN
      RETURN;
    END IF;
  END LOOP;
END
$maintenance$;
CREATE OR REPLACE PROCEDURE public.run_maintenance_of_events(p_now timestamp with time zone DEFAULT now())
LANGUAGE plpgsql
AS $maintenance$
DECLARE
  v_did text;
  v_tries integer := 0;
BEGIN
  LOOP
    BEGIN
      SELECT string_agg(a, '; ') INTO v_did FROM public.maintain_partitions_of_events(p_now, 1) a;
      v_tries := 0;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      v_tries := v_tries + 1;
      IF v_tries >= 10 THEN
        RAISE;
      END IF;
      v_did := 'waiting for a lock';
    END;
    -- locks are given back after each change
    COMMIT;
    EXIT WHEN v_did IS NULL;
    IF v_tries > 0 THEN
      PERFORM pg_sleep(v_tries);
    END IF;
  END LOOP;
END
$maintenance$;
CREATE OR REPLACE FUNCTION public.retirements_of_events(p_now timestamp with time zone DEFAULT now())
RETURNS SETOF text LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
AS $maintenance$
DECLARE
  v_parent CONSTANT regclass := 'public.events';
  v_cut CONSTANT timestamp := (((p_now AT TIME ZONE 'Asia/Ho_Chi_Minh') - interval '90 days') AT TIME ZONE 'Asia/Ho_Chi_Minh') AT TIME ZONE 'UTC';
  v_old record;
BEGIN
  FOR v_old IN
    SELECT p.part, p.is_detaching FROM public.partitions_of_events() p
    WHERE NOT p.is_default AND p.upper_at <= v_cut ORDER BY p.upper_at
  LOOP
    -- with a DEFAULT partition PostgreSQL does not detach others CONCURRENTLY
    RETURN NEXT format('ALTER TABLE %s DETACH PARTITION %s%s', v_parent, v_old.part,
      CASE WHEN v_old.is_detaching THEN ' FINALIZE'
        WHEN EXISTS (SELECT FROM public.partitions_of_events() d WHERE d.is_default) THEN '' ELSE ' CONCURRENTLY' END);
    RETURN NEXT format('DROP TABLE %s', v_old.part);
  END LOOP;
END
$maintenance$;
REVOKE ALL ON FUNCTION public.partitions_of_events() FROM PUBLIC;
REVOKE ALL ON FUNCTION public.maintain_partitions_of_events(timestamp with time zone, integer) FROM PUBLIC;
REVOKE ALL ON PROCEDURE public.run_maintenance_of_events(timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.retirements_of_events(timestamp with time zone) FROM PUBLIC;
commit;

-- Step 2 of 3: The first run
-- Makes the partitions that are missing, each in a transaction of its own.
-- Locks: For a moment, a new partition locks the table against other DDL and its DEFAULT partition
-- against everybody; rows that wait there are moved while the table is locked.
-- No way back: partitions older than 90 days are dropped with their rows
CALL public.run_maintenance_of_events();

-- Step 3 of 3: A job of pg_cron
-- pg_cron reads the schedule in the time zone cron.timezone (GMT unless set). A job of that name is
-- replaced. Failures are in cron.job_run_details: watch it.
-- Locks: None.
-- Only when pg_cron is installed
SELECT cron.schedule_in_database('partitions of public.events', '17 3 * * *', 'CALL public.run_maintenance_of_events()', 'cameras');

-- The way back; begin at the last step that was run

-- Back from: A job of pg_cron
-- SELECT cron.unschedule('partitions of public.events');

-- Back from: Routines that make and retire partitions
-- begin;
-- DROP FUNCTION IF EXISTS public.retirements_of_events(timestamp with time zone);
-- DROP PROCEDURE IF EXISTS public.run_maintenance_of_events(timestamp with time zone);
-- DROP FUNCTION IF EXISTS public.maintain_partitions_of_events(timestamp with time zone, integer);
-- DROP FUNCTION IF EXISTS public.partitions_of_events();
-- commit;

-- Keep the partitions of public."Odd ""events"""

-- - A partition of each month begins at midnight in Asia/Ho_Chi_Minh; 3 are kept ready after the
--   current one.
-- - Partitions whose rows are all older than 24 months are detached and moved to the archive.
-- - Taking a partition off locks readers of the table out for a moment. DETACH ... CONCURRENTLY
--   does not, but PostgreSQL runs it neither in a routine nor beside a DEFAULT partition: psql runs
--   the statements of "SELECT public."retirements_of_Odd ""events"""()" by \gexec.
-- - pg_cron is not installed here. A line for cron instead: 17 3 * * * psql -X -v ON_ERROR_STOP=1
--   -d "service=YOUR_SERVICE" -c 'CALL public."run_maintenance_of_Odd ""events"""()'
-- - Watch: SELECT max(upper_at) AS partitions_until, (SELECT coalesce(sum(n_live_tup), 0) FROM
--   pg_stat_user_tables s WHERE s.relid IN (SELECT part FROM public."partitions_of_Odd
--   ""events"""() WHERE is_default)) AS rows_in_default FROM public."partitions_of_Odd
--   ""events"""()

-- Run it with: psql -X -v ON_ERROR_STOP=1 -f FILE

-- Step 1 of 3: Schema archive for what is archived
-- It stays when the rest is taken back: it may hold partitions by then.
-- Locks: None.
CREATE SCHEMA IF NOT EXISTS archive;

-- Step 2 of 3: Routines that make and retire partitions
-- They compare bounds, not names; a run may come late, early, twice, or while another one is under
-- way.
-- Locks: None on tables.
begin;
CREATE OR REPLACE FUNCTION public."partitions_of_Odd ""events"""()
RETURNS TABLE (part regclass, lower_at timestamp, upper_at timestamp, is_default boolean, is_detaching boolean)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
AS $maintenance$
SELECT i.inhrelid::regclass,
  CASE b.bound[1] WHEN 'MINVALUE' THEN timestamp '-infinity' ELSE btrim(b.bound[1], '''')::timestamptz::timestamp END,
  CASE b.bound[2] WHEN 'MAXVALUE' THEN timestamp 'infinity' ELSE btrim(b.bound[2], '''')::timestamptz::timestamp END,
  b.text = 'DEFAULT',
  i.inhdetachpending
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid
CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid)) e (text)
CROSS JOIN LATERAL (SELECT e.text, regexp_match(e.text, '^FOR VALUES FROM [(](.*)[)] TO [(](.*)[)]$')) b (text, bound)
WHERE i.inhparent = 'public."Odd ""events"""'::regclass
$maintenance$;
CREATE OR REPLACE FUNCTION public."maintain_partitions_of_Odd ""events"""(p_now timestamp with time zone DEFAULT now(), p_most integer DEFAULT NULL)
RETURNS SETOF text LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
SET lock_timeout = '5s'
AS $maintenance$
DECLARE
  v_parent CONSTANT regclass := 'public."Odd ""events"""';
  v_step CONSTANT interval := '1 month';
  v_local CONSTANT timestamp := p_now AT TIME ZONE 'Asia/Ho_Chi_Minh';
  v_current CONSTANT timestamp := date_trunc('month', v_local);
  -- rows older than this are not kept; partitions for them are not made
  v_cut CONSTANT timestamp := ((v_local - interval '24 months') AT TIME ZONE 'Asia/Ho_Chi_Minh') AT TIME ZONE 'UTC';
  v_begin timestamp;
  v_end timestamp;
  v_piece record;
  v_old record;
  v_default regclass;
  v_base text;
  v_name text;
  v_new text;
  v_create text;
  v_columns text;
  v_owner name;
  v_suffix integer;
  v_done integer := 0;
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_partitioned_table t JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
    WHERE t.partrelid = v_parent AND t.partstrat = 'r' AND t.partnatts = 1 AND a.attname = 'created_at')
  THEN
    RAISE EXCEPTION '% is not partitioned by the range of %', v_parent, 'created_at' USING ERRCODE = 'wrong_object_type';
  END IF;
  IF NOT pg_try_advisory_xact_lock(hashtextextended('partition maintenance of ' || v_parent::oid::text, 0)) THEN
    RAISE NOTICE 'another session is at it: nothing was done';
    RETURN;
  END IF;
  SELECT p.part INTO v_default FROM public."partitions_of_Odd ""events"""() p WHERE p.is_default;
  SELECT pg_get_userbyid(c.relowner) INTO v_owner FROM pg_class c WHERE c.oid = v_parent;
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO v_columns
  FROM pg_attribute a
  WHERE a.attrelid = v_parent AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';

  -- begins where the past ends, so that what a missed run did not make is made now
  SELECT max(p.upper_at) INTO v_begin FROM public."partitions_of_Odd ""events"""() p
  WHERE p.upper_at <= (v_current AT TIME ZONE 'Asia/Ho_Chi_Minh') AT TIME ZONE 'UTC' AND p.upper_at > timestamp '-infinity';
  v_begin := greatest(least(v_current, date_trunc('month', (v_begin AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Ho_Chi_Minh')), v_current - 500 * v_step);

  WHILE v_begin <= v_current + 3 * v_step LOOP
    v_end := v_begin + v_step;
    -- the parts of the period that no partition has
    FOR v_piece IN
      WITH taken AS (SELECT p.lower_at, p.upper_at FROM public."partitions_of_Odd ""events"""() p WHERE NOT p.is_default),
      period AS (SELECT (v_begin AT TIME ZONE 'Asia/Ho_Chi_Minh') AT TIME ZONE 'UTC' AS lower_at, (v_end AT TIME ZONE 'Asia/Ho_Chi_Minh') AT TIME ZONE 'UTC' AS upper_at),
      ends AS (
        SELECT lower_at AS at FROM period UNION SELECT upper_at FROM period
        UNION SELECT t.upper_at FROM taken t, period p WHERE t.upper_at > p.lower_at AND t.upper_at < p.upper_at
        UNION SELECT t.lower_at FROM taken t, period p WHERE t.lower_at > p.lower_at AND t.lower_at < p.upper_at),
      pieces AS (SELECT at AS lower_at, lead(at) OVER (ORDER BY at) AS upper_at FROM ends)
      SELECT i.lower_at, i.upper_at FROM pieces i
      WHERE i.upper_at > v_cut
        AND NOT EXISTS (SELECT FROM taken t WHERE t.lower_at < i.upper_at AND t.upper_at > i.lower_at)
      ORDER BY i.lower_at
    LOOP
      v_base := 'Odd "events"' || '_p' || to_char((v_piece.lower_at AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Ho_Chi_Minh',
        CASE (v_piece.lower_at AT TIME ZONE 'UTC') AT TIME ZONE 'Asia/Ho_Chi_Minh' WHEN v_begin THEN 'YYYY_MM' ELSE 'YYYYMMDD_HH24MISS' END);
      v_name := v_base;
      v_suffix := 1;
      WHILE to_regclass(format('%I.%I', 'public', v_name)) IS NOT NULL LOOP
        v_suffix := v_suffix + 1;
        v_name := v_base || '_' || v_suffix;
      END LOOP;
      v_new := format('%I.%I', 'public', v_name);
      -- made apart and attached: CREATE TABLE ... PARTITION OF would lock out all readers of the table
      v_create := format('CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY)', v_new, v_parent)
        || (SELECT coalesce(' TABLESPACE ' || quote_ident(t.spcname), '') FROM pg_class c
            LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace WHERE c.oid = v_parent);
      BEGIN
        EXECUTE v_create;
        IF v_owner <> current_user THEN
          EXECUTE format('ALTER TABLE %s OWNER TO %I', v_new, v_owner);
        END IF;
        EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', v_parent, v_new,
          (v_piece.lower_at)::timestamptz::text, (v_piece.upper_at)::timestamptz::text);
      EXCEPTION WHEN check_violation THEN
        IF v_default IS NULL THEN
          RAISE;
        END IF;
        -- rows of the period wait in the DEFAULT partition. It is taken off while they move, so that neither its
        -- triggers nor foreign keys see a DELETE; readers wait for the end of this transaction
        BEGIN
          EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', v_parent, v_default);
          EXECUTE v_create;
          IF v_owner <> current_user THEN
            EXECUTE format('ALTER TABLE %s OWNER TO %I', v_new, v_owner);
          END IF;
          EXECUTE format(
            'WITH moved AS (DELETE FROM %1$s WHERE %2$I >= %3$L AND %2$I < %4$L RETURNING *)
             INSERT INTO %5$s (%6$s) SELECT %6$s FROM moved',
            v_default, 'created_at', (v_piece.lower_at)::timestamptz::text, (v_piece.upper_at)::timestamptz::text, v_new, v_columns);
          EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', v_parent, v_new,
            (v_piece.lower_at)::timestamptz::text, (v_piece.upper_at)::timestamptz::text);
          EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s DEFAULT', v_parent, v_default);
        EXCEPTION WHEN foreign_key_violation THEN
          RAISE WARNING 'rows from % to % stay in %: other tables refer to it', v_piece.lower_at, v_piece.upper_at, v_default
            USING HINT = 'Drop the foreign keys that refer to the table, run this again, and add them again.';
          CONTINUE;
        END;
      END;
      RETURN NEXT format('created %s for %s to %s', v_new, v_piece.lower_at, v_piece.upper_at);
      v_done := v_done + 1;
      IF v_done >= p_most THEN
        RETURN;
      END IF;
    END LOOP;
    v_begin := v_end;
  END LOOP;

  FOR v_old IN
    SELECT p.part, p.lower_at, p.upper_at, p.is_detaching FROM public."partitions_of_Odd ""events"""() p
    WHERE NOT p.is_default AND p.upper_at <= v_cut ORDER BY p.upper_at
  LOOP
    v_name := v_old.part::text;
    BEGIN
      EXECUTE format('ALTER TABLE %s DETACH PARTITION %s%s', v_parent, v_name,
        CASE WHEN v_old.is_detaching THEN ' FINALIZE' ELSE '' END);
      SELECT c.relname INTO v_base FROM pg_class c WHERE c.oid = v_old.part;
      v_new := v_base;
      WHILE to_regclass(format('%I.%I', 'archive', v_new)) IS NOT NULL LOOP
        v_new := 'p' || v_old.part::oid::text || '_' || v_base;
        EXECUTE format('ALTER TABLE %s RENAME TO %I', v_old.part, v_new);
      END LOOP;
      EXECUTE format('ALTER TABLE %s SET SCHEMA %I', v_old.part, 'archive');
    EXCEPTION WHEN foreign_key_violation OR dependent_objects_still_exist OR duplicate_table THEN
      RAISE WARNING '% stays: %', v_name, SQLERRM;
      CONTINUE;
    END;
    RETURN NEXT format('archived %s of %s to %s', v_name, v_old.lower_at, v_old.upper_at);
    v_done := v_done + 1;
    IF v_done >= p_most THEN
      RETURN;
    END IF;
  END LOOP;
END
$maintenance$;
CREATE OR REPLACE PROCEDURE public."run_maintenance_of_Odd ""events"""(p_now timestamp with time zone DEFAULT now())
LANGUAGE plpgsql
AS $maintenance$
DECLARE
  v_did text;
  v_tries integer := 0;
BEGIN
  LOOP
    BEGIN
      SELECT string_agg(a, '; ') INTO v_did FROM public."maintain_partitions_of_Odd ""events"""(p_now, 1) a;
      v_tries := 0;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      v_tries := v_tries + 1;
      IF v_tries >= 10 THEN
        RAISE;
      END IF;
      v_did := 'waiting for a lock';
    END;
    -- locks are given back after each change
    COMMIT;
    EXIT WHEN v_did IS NULL;
    IF v_tries > 0 THEN
      PERFORM pg_sleep(v_tries);
    END IF;
  END LOOP;
END
$maintenance$;
CREATE OR REPLACE FUNCTION public."retirements_of_Odd ""events"""(p_now timestamp with time zone DEFAULT now())
RETURNS SETOF text LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
AS $maintenance$
DECLARE
  v_parent CONSTANT regclass := 'public."Odd ""events"""';
  v_cut CONSTANT timestamp := (((p_now AT TIME ZONE 'Asia/Ho_Chi_Minh') - interval '24 months') AT TIME ZONE 'Asia/Ho_Chi_Minh') AT TIME ZONE 'UTC';
  v_old record;
BEGIN
  FOR v_old IN
    SELECT p.part, p.is_detaching FROM public."partitions_of_Odd ""events"""() p
    WHERE NOT p.is_default AND p.upper_at <= v_cut ORDER BY p.upper_at
  LOOP
    -- with a DEFAULT partition PostgreSQL does not detach others CONCURRENTLY
    RETURN NEXT format('ALTER TABLE %s DETACH PARTITION %s%s', v_parent, v_old.part,
      CASE WHEN v_old.is_detaching THEN ' FINALIZE'
        WHEN EXISTS (SELECT FROM public."partitions_of_Odd ""events"""() d WHERE d.is_default) THEN '' ELSE ' CONCURRENTLY' END);
    RETURN NEXT format('ALTER TABLE %s SET SCHEMA %I', v_old.part, 'archive');
  END LOOP;
END
$maintenance$;
REVOKE ALL ON FUNCTION public."partitions_of_Odd ""events"""() FROM PUBLIC;
REVOKE ALL ON FUNCTION public."maintain_partitions_of_Odd ""events"""(timestamp with time zone, integer) FROM PUBLIC;
REVOKE ALL ON PROCEDURE public."run_maintenance_of_Odd ""events"""(timestamp with time zone) FROM PUBLIC;
REVOKE ALL ON FUNCTION public."retirements_of_Odd ""events"""(timestamp with time zone) FROM PUBLIC;
commit;

-- Step 3 of 3: The first run
-- Makes the partitions that are missing, each in a transaction of its own.
-- Locks: For a moment, a new partition locks the table against other DDL and its DEFAULT partition
-- against everybody; rows that wait there are moved while the table is locked.
CALL public."run_maintenance_of_Odd ""events"""();

-- The way back; begin at the last step that was run

-- Back from: Routines that make and retire partitions
-- begin;
-- DROP FUNCTION IF EXISTS public."retirements_of_Odd ""events"""(timestamp with time zone);
-- DROP PROCEDURE IF EXISTS public."run_maintenance_of_Odd ""events"""(timestamp with time zone);
-- DROP FUNCTION IF EXISTS public."maintain_partitions_of_Odd ""events"""(timestamp with time zone, integer);
-- DROP FUNCTION IF EXISTS public."partitions_of_Odd ""events"""();
-- commit;

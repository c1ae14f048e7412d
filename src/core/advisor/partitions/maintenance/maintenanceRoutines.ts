import { dollarQuoted } from '../../migration/migrationScript';
import { quoteLiteral, quoteQualified } from '../../../sql/identifiers';
import { PERIOD_INTERVALS, type PeriodUnit } from '../scheme';
import { keyConversions } from './keyConversions';
import { checkSpec, type MaintenanceSpec } from './maintenanceSpec';
import { partitionPrefix, routineNames } from './routineNames';

/** The routines of one table, each a CREATE OR REPLACE of its own, in the order they need each other. */
export interface MaintenanceRoutines {
  readonly create: readonly string[];
  readonly drop: readonly string[];
  /** Statements a scheduler runs: in one transaction, and with a transaction for each change. */
  readonly call: string;
  readonly callStepwise: string;
  /** Gives the statements that retire old partitions; psql runs them by `\gexec`. */
  readonly listRetirements: string;
  /** One row: rows in the DEFAULT partition, and until when partitions are there. */
  readonly monitor: string;
}

/** How a period is written in a partition's name. */
const NAME_FORMATS: Readonly<Record<PeriodUnit, string>> = {
  day: 'YYYYMMDD',
  week: 'IYYY"w"IW',
  month: 'YYYY_MM',
  quarter: 'YYYY"q"Q',
  year: 'YYYY',
};

/** A job that did not run for so many periods, or a partition bound so far back, is not filled up without asking. */
const MOST_MISSED = 500;

/** How long a statement of ours may make others wait behind it. The caller tries again. */
const LOCK_TIMEOUT = '5s';

/** Attempts of the stepwise procedure to get a lock, with a pause of 1, 2, 3 ... seconds between them. */
const MOST_TRIES = 10;

/**
 * PL/pgSQL that keeps the partitions of a range-partitioned table, for PostgreSQL 14 and newer. It compares bounds and
 * not names, may run at any time, twice, or twice at once, and takes rows that wait in a DEFAULT partition along.
 * @throws RangeError for a specification that makes no sense, saying what to write instead.
 */
export function maintenanceRoutines(spec: MaintenanceSpec): MaintenanceRoutines {
  checkSpec(spec);
  const names = routineNames(spec.table);
  const schema = spec.routineSchema ?? spec.schema;
  const bounds = quoteQualified(schema, names.bounds);
  const maintain = quoteQualified(schema, names.maintain);
  const run = quoteQualified(schema, names.run);
  const retirements = quoteQualified(schema, names.retirements);
  const table = quoteQualified(spec.schema, spec.table);
  const time = 'p_now timestamp with time zone DEFAULT now()';
  const routines = [
    `CREATE OR REPLACE FUNCTION ${bounds}()
RETURNS TABLE (part regclass, lower_at timestamp, upper_at timestamp, is_default boolean, is_detaching boolean)
LANGUAGE sql STABLE
${SETTINGS}
AS ${body(boundsBody(spec))}`,
    `CREATE OR REPLACE FUNCTION ${maintain}(${time}, p_most integer DEFAULT NULL)
RETURNS SETOF text LANGUAGE plpgsql
${SETTINGS}
SET lock_timeout = '${LOCK_TIMEOUT}'
AS ${body(maintainBody(spec, bounds))}`,
    `CREATE OR REPLACE PROCEDURE ${run}(${time})
LANGUAGE plpgsql
AS ${body(runBody(maintain))}`,
    `CREATE OR REPLACE FUNCTION ${retirements}(${time})
RETURNS SETOF text LANGUAGE plpgsql STABLE
${SETTINGS}
AS ${body(retirementsBody(spec, bounds))}`,
  ];
  const signatures = [
    `FUNCTION ${bounds}()`,
    `FUNCTION ${maintain}(timestamp with time zone, integer)`,
    `PROCEDURE ${run}(timestamp with time zone)`,
    `FUNCTION ${retirements}(timestamp with time zone)`,
  ];
  return {
    create: [...routines, ...signatures.map(each => `REVOKE ALL ON ${each} FROM PUBLIC`)],
    drop: signatures.map(each => `DROP ${each.replace(/^(\w+) /, '$1 IF EXISTS ')}`).reverse(),
    call: `SELECT ${maintain}()`,
    callStepwise: `CALL ${run}()`,
    listRetirements: `SELECT ${retirements}()`,
    monitor: `SELECT max(upper_at) AS partitions_until,
  (SELECT coalesce(sum(n_live_tup), 0) FROM pg_stat_user_tables s
   WHERE s.relid IN (SELECT part FROM ${bounds}() WHERE is_default)) AS rows_in_default
FROM ${bounds}() -- of ${table}`,
  };
}

/** Whatever the caller's settings are, names, times and bounds mean the same. */
const SETTINGS = `SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'`;

function body(text: string): string {
  return dollarQuoted(`\n${text.trim()}\n`, 'maintenance');
}

function boundsBody({ schema, table, scheme }: MaintenanceSpec): string {
  const { toTime } = keyConversions(scheme.keyKind, scheme.timeZone);
  // a bound of one column holds no parenthesis; [(] instead of \( is right whatever standard_conforming_strings is
  return `
SELECT i.inhrelid::regclass,
  CASE b.bound[1] WHEN 'MINVALUE' THEN timestamp '-infinity' ELSE ${toTime(`btrim(b.bound[1], '''')`)} END,
  CASE b.bound[2] WHEN 'MAXVALUE' THEN timestamp 'infinity' ELSE ${toTime(`btrim(b.bound[2], '''')`)} END,
  b.text = 'DEFAULT',
  i.inhdetachpending
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid
CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, c.oid)) e (text)
CROSS JOIN LATERAL (SELECT e.text, regexp_match(e.text, '^FOR VALUES FROM [(](.*)[)] TO [(](.*)[)]$')) b (text, bound)
WHERE i.inhparent = ${quoteLiteral(quoteQualified(schema, table))}::regclass`;
}

function maintainBody(spec: MaintenanceSpec, bounds: string): string {
  const { schema, table, scheme, ahead, keep } = spec;
  const key = keyConversions(scheme.keyKind, scheme.timeZone);
  const unit = quoteLiteral(scheme.period);
  const column = quoteLiteral(scheme.column);
  const retiring = keep === undefined ? '' : retireLoop(spec, bounds);
  return `
DECLARE
  v_parent CONSTANT regclass := ${quoteLiteral(quoteQualified(schema, table))};
  v_step CONSTANT interval := '${PERIOD_INTERVALS[scheme.period]}';
  v_local CONSTANT timestamp := p_now AT TIME ZONE ${quoteLiteral(scheme.timeZone)};
  v_current CONSTANT timestamp := date_trunc(${unit}, v_local);
  -- rows older than this are not kept; partitions for them are not made
  v_cut CONSTANT timestamp := ${keep === undefined ? "'-infinity'" : key.fromLocal(`(v_local - interval '${keep}')`)};
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
  IF NOT pg_try_advisory_xact_lock(hashtextextended('partition maintenance of ' || v_parent::oid::text, 0)) THEN
    RAISE NOTICE 'another session is at it: nothing was done';
    RETURN;
  END IF;
  SELECT p.part INTO v_default FROM ${bounds}() p WHERE p.is_default;
  SELECT pg_get_userbyid(c.relowner) INTO v_owner FROM pg_class c WHERE c.oid = v_parent;
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO v_columns
  FROM pg_attribute a
  WHERE a.attrelid = v_parent AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';

  -- begins where the past ends, so that what a missed run did not make is made now
  SELECT max(p.upper_at) INTO v_begin FROM ${bounds}() p
  WHERE p.upper_at <= ${key.fromLocal('v_current')} AND p.upper_at > timestamp '-infinity';
  v_begin := greatest(least(v_current, date_trunc(${unit}, ${key.toLocal('v_begin')})), v_current - ${MOST_MISSED} * v_step);

  WHILE v_begin <= v_current + ${ahead} * v_step LOOP
    v_end := v_begin + v_step;
    -- the parts of the period that no partition has
    FOR v_piece IN
      WITH taken AS (SELECT p.lower_at, p.upper_at FROM ${bounds}() p WHERE NOT p.is_default),
      period AS (SELECT ${key.fromLocal('v_begin')} AS lower_at, ${key.fromLocal('v_end')} AS upper_at),
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
      v_base := ${quoteLiteral(partitionPrefix(table))} || '_p' || to_char(${key.toLocal('v_piece.lower_at')},
        CASE ${key.toLocal('v_piece.lower_at')} WHEN v_begin THEN '${NAME_FORMATS[scheme.period]}' ELSE 'YYYYMMDD_HH24MISS' END);
      v_name := v_base;
      v_suffix := 1;
      WHILE to_regclass(format('%I.%I', ${quoteLiteral(schema)}, v_name)) IS NOT NULL LOOP
        v_suffix := v_suffix + 1;
        v_name := v_base || '_' || v_suffix;
      END LOOP;
      v_new := format('%I.%I', ${quoteLiteral(schema)}, v_name);
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
          ${key.toBound('v_piece.lower_at')}, ${key.toBound('v_piece.upper_at')});
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
            v_default, ${column}, ${key.toBound('v_piece.lower_at')}, ${key.toBound('v_piece.upper_at')}, v_new, v_columns);
          EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)', v_parent, v_new,
            ${key.toBound('v_piece.lower_at')}, ${key.toBound('v_piece.upper_at')});
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
${retiring}END`;
}

function retireLoop(spec: MaintenanceSpec, bounds: string): string {
  const retirement = spec.retirement ?? { action: 'drop' };
  const archive = retirement.action === 'archive' ? quoteLiteral(retirement.schema) : '';
  const further = {
    detach: '',
    drop: `
      EXECUTE format('DROP TABLE %s', v_name);`,
    archive: `
      SELECT c.relname INTO v_base FROM pg_class c WHERE c.oid = v_old.part;
      v_new := v_base;
      WHILE to_regclass(format('%I.%I', ${archive}, v_new)) IS NOT NULL LOOP
        v_new := 'p' || v_old.part::oid::text || '_' || v_base;
        EXECUTE format('ALTER TABLE %s RENAME TO %I', v_old.part, v_new);
      END LOOP;
      EXECUTE format('ALTER TABLE %s SET SCHEMA %I', v_old.part, ${archive});`,
  }[retirement.action];
  const done = { detach: 'detached', drop: 'dropped', archive: 'archived' }[retirement.action];
  return `
  FOR v_old IN
    SELECT p.part, p.lower_at, p.upper_at, p.is_detaching FROM ${bounds}() p
    WHERE NOT p.is_default AND p.upper_at <= v_cut ORDER BY p.upper_at
  LOOP
    v_name := v_old.part::text;
    BEGIN
      EXECUTE format('ALTER TABLE %s DETACH PARTITION %s%s', v_parent, v_name,
        CASE WHEN v_old.is_detaching THEN ' FINALIZE' ELSE '' END);${further}
    EXCEPTION WHEN foreign_key_violation OR dependent_objects_still_exist OR duplicate_table THEN
      RAISE WARNING '% stays: %', v_name, SQLERRM;
      CONTINUE;
    END;
    RETURN NEXT format('${done} %s of %s to %s', v_name, v_old.lower_at, v_old.upper_at);
    v_done := v_done + 1;
    IF v_done >= p_most THEN
      RETURN;
    END IF;
  END LOOP;
`;
}

function runBody(maintain: string): string {
  return `
DECLARE
  v_did text;
  v_tries integer := 0;
BEGIN
  LOOP
    BEGIN
      SELECT string_agg(a, '; ') INTO v_did FROM ${maintain}(p_now, 1) a;
      v_tries := 0;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
      v_tries := v_tries + 1;
      IF v_tries >= ${MOST_TRIES} THEN
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
END`;
}

function retirementsBody(spec: MaintenanceSpec, bounds: string): string {
  const { schema, table, scheme, keep } = spec;
  if (keep === undefined) return 'BEGIN\n  RETURN; -- nothing is retired\nEND';
  const { fromLocal } = keyConversions(scheme.keyKind, scheme.timeZone);
  const retirement = spec.retirement ?? { action: 'drop' };
  const further = {
    detach: '',
    drop: `\n    RETURN NEXT format('DROP TABLE %s', v_old.part);`,
    archive:
      retirement.action === 'archive'
        ? `\n    RETURN NEXT format('ALTER TABLE %s SET SCHEMA %I', v_old.part, ${quoteLiteral(retirement.schema)});`
        : '',
  }[retirement.action];
  return `
DECLARE
  v_parent CONSTANT regclass := ${quoteLiteral(quoteQualified(schema, table))};
  v_cut CONSTANT timestamp := ${fromLocal(`((p_now AT TIME ZONE ${quoteLiteral(scheme.timeZone)}) - interval '${keep}')`)};
  v_old record;
BEGIN
  FOR v_old IN
    SELECT p.part, p.is_detaching FROM ${bounds}() p
    WHERE NOT p.is_default AND p.upper_at <= v_cut ORDER BY p.upper_at
  LOOP
    -- with a DEFAULT partition PostgreSQL does not detach others CONCURRENTLY
    RETURN NEXT format('ALTER TABLE %s DETACH PARTITION %s%s', v_parent, v_old.part,
      CASE WHEN v_old.is_detaching THEN ' FINALIZE'
        WHEN EXISTS (SELECT FROM ${bounds}() d WHERE d.is_default) THEN '' ELSE ' CONCURRENTLY' END);${further}
  END LOOP;
END`;
}

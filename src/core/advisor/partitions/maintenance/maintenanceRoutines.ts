import { dollarQuoted } from '../../migration/migrationScript';
import { quoteLiteral, quoteQualified } from '../../../sql/identifiers';
import { keyConversions } from './keyConversions';
import { maintainBody } from './maintainBody';
import { checkSpec, type MaintenanceSpec } from './maintenanceSpec';
import { routineNames } from './routineNames';

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
FROM ${bounds}()`,
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

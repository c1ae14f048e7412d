import { quoteLiteral, quoteQualified } from '../../../sql/identifiers';
import { PERIOD_INTERVALS, type PeriodUnit } from '../scheme';
import { keyConversions } from './keyConversions';
import type { MaintenanceSpec } from './maintenanceSpec';
import { partitionPrefix } from './routineNames';

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

/**
 * The PL/pgSQL that makes the partitions that are missing and retires those that are too old, one by one, and tells of
 * each. `bounds` is the function that lists the partitions.
 */
export function maintainBody(spec: MaintenanceSpec, bounds: string): string {
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
  IF NOT EXISTS (
    SELECT FROM pg_partitioned_table t JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]
    WHERE t.partrelid = v_parent AND t.partstrat = 'r' AND t.partnatts = 1 AND a.attname = ${column})
  THEN
    RAISE EXCEPTION '% is not partitioned by the range of %', v_parent, ${column} USING ERRCODE = 'wrong_object_type';
  END IF;
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
      v_create := format('CREATE TABLE %s (LIKE %s INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY)${storageClause(spec)}', v_new, v_parent)
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

/** Of the partitions: a partitioned table has no storage parameters to take over. Percent signs are format's. */
function storageClause({ storageParameters }: MaintenanceSpec): string {
  const given = Object.entries(storageParameters ?? {}).map(([name, value]) => `${name} = ${quoteLiteral(value)}`);
  if (given.length === 0) return '';
  return ` WITH (${given.join(', ')})`.replaceAll("'", "''").replaceAll('%', '%%');
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

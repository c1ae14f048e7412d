import type { CancelSignal } from '../../core/base/cancelSignal';
import type { Database } from '../../core/ports';

/** Objects made by users have numbers from here on. */
const FIRST_USER_OID = 16384;

/** System catalogs in which DDL leaves its traces, and which of their rows are about lasting objects of users. */
const TRACES: readonly (readonly [table: string, condition: string])[] = [
  ['pg_class', lasting('t.oid')],
  ['pg_attribute', `t.attnum > 0 and t.attrelid in (select oid from lasting where kind not in ('i', 'I'))`],
  ['pg_index', lasting('t.indrelid')],
  ['pg_constraint', `t.conrelid = 0 or ${lasting('t.conrelid')}`],
  ['pg_attrdef', lasting('t.adrelid')],
  ['pg_inherits', lasting('t.inhrelid')],
  ['pg_rewrite', lasting('t.ev_class')],
  ['pg_trigger', lasting('t.tgrelid')],
  ['pg_policy', 'true'],
  ['pg_statistic_ext', 'true'],
  ['pg_enum', 'true'],
  ['pg_extension', 'true'],
  ['pg_namespace', `t.nspname !~ '^pg_'`],
  ['pg_proc', `t.oid >= ${FIRST_USER_OID} and t.pronamespace not in (select oid from temporary)`],
  [
    'pg_type',
    `t.oid >= ${FIRST_USER_OID} and t.typrelid = 0 and t.typelem = 0 and t.typnamespace not in (select oid from temporary)`,
  ],
];

function lasting(oid: string): string {
  return `${oid} in (select oid from lasting)`;
}

/**
 * The transactions that wrote each row are added up: making, changing or dropping anything changes the sum or the
 * count. VACUUM and ANALYZE write their counts in place and leave it as it is; temporary tables are not counted.
 */
const FINGERPRINT = `
  with temporary as materialized (select oid from pg_namespace where nspname ~ '^pg_(toast_)?temp_'),
  lasting as materialized (
    select oid, relkind as kind from pg_class
    where oid >= ${FIRST_USER_OID} and relpersistence <> 't' and relkind in ('r', 'p', 'v', 'm', 'f', 'i', 'I', 'c'))
  select md5(string_agg(trace, ' ' order by trace)) as fingerprint from (${TRACES.map(
    ([table, condition]) => `
    select '${table} ' || count(*) || ' ' || coalesce(sum(t.xmin::text::int8 % 4294967291), 0) as trace
    from ${table} t where ${condition}`,
  ).join(' union all ')}) traces`;

/** A text that is another one once the schema is another one. One query, about a tenth of the work of reading the catalog. */
export async function readSchemaFingerprint(database: Database, signal?: CancelSignal): Promise<string> {
  const [row] = await database.query<{ fingerprint: string }>(FINGERPRINT, [], signal);
  return row?.fingerprint ?? '';
}

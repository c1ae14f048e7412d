import type { CancelSignal } from '../../../core/base/cancelSignal';
import type { Database } from '../../../core/ports';

export interface NamedDefinition extends Record<string, unknown> {
  readonly schema: string;
  readonly name: string;
  readonly sql: string;
}

/** Extensions the shadow can have, since their archives lie beside its worker. */
export const KNOWN_EXTENSIONS = [
  'btree_gin',
  'btree_gist',
  'citext',
  'cube',
  'earthdistance',
  'fuzzystrmatch',
  'hstore',
  'intarray',
  'isn',
  'ltree',
  'pg_trgm',
  'seg',
  'tablefunc',
  'unaccent',
  'uuid-ossp',
  'bloom',
];

/** Functions called by name, except those of extensions that the shadow has itself. */
export function readRoutines(
  db: Database,
  names: readonly string[],
  signal?: CancelSignal,
): Promise<NamedDefinition[]> {
  return db.query<NamedDefinition>(ROUTINES, [names, KNOWN_EXTENSIONS], signal);
}

/** Types named in the texts or used by columns of the relations, with the types they are made of. */
export function readTypes(
  db: Database,
  names: readonly string[],
  oids: readonly number[],
  signal?: CancelSignal,
): Promise<NamedDefinition[]> {
  return db.query<NamedDefinition>(TYPES, [names, oids, KNOWN_EXTENSIONS], signal);
}

/** Collations named in the texts that PostgreSQL does not have everywhere. */
export function readCollations(
  db: Database,
  names: readonly string[],
  signal?: CancelSignal,
): Promise<NamedDefinition[]> {
  return db.query<NamedDefinition>(COLLATIONS, [names], signal);
}

const USER_SCHEMA = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`;

/** Not brought by an extension that the shadow brings too. */
const notOfExtension = (catalog: string, known: string): string => `not exists (
  select from pg_depend d join pg_extension e on e.oid = d.refobjid
  where d.classid = '${catalog}'::regclass and d.objid = o.oid and d.deptype = 'e' and e.extname = any(${known}))`;

/**
 * SQL and PL/pgSQL as they are. Of the rest, a stand-in with the properties the planner asks for; should the planner
 * want its value, it says what is missing.
 */
const STAND_IN = `
  'create or replace function ' || quote_ident(n.nspname) || '.' || quote_ident(o.proname)
  || '(' || pg_get_function_arguments(o.oid) || ') returns ' || pg_get_function_result(o.oid) || ' language plpgsql '
  || case o.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end
  || case when o.proisstrict then ' strict' else '' end || case when o.proleakproof then ' leakproof' else '' end
  || case o.proparallel when 's' then ' parallel safe' when 'r' then ' parallel restricted' else '' end
  || ' cost ' || o.procost || case when o.proretset then ' rows ' || o.prorows else '' end
  || ' as ' || quote_literal('begin raise feature_not_supported using message = '
    || quote_literal('the function ' || o.proname || ' is written in ' || l.lanname) || '; end')`;

const AGGREGATE = `
  'create aggregate ' || quote_ident(n.nspname) || '.' || quote_ident(o.proname)
  || '(' || coalesce(nullif(pg_get_function_arguments(o.oid), ''), '*') || ') (sfunc = ' || a.aggtransfn::regproc
  || ', stype = ' || format_type(a.aggtranstype, null)
  || case when a.aggfinalfn::oid <> 0 then ', finalfunc = ' || a.aggfinalfn::regproc else '' end
  || case when a.aggcombinefn::oid <> 0 then ', combinefunc = ' || a.aggcombinefn::regproc else '' end
  || case when a.agginitval is not null then ', initcond = ' || quote_literal(a.agginitval) else '' end
  || case o.proparallel when 's' then ', parallel = safe' else '' end || ')'`;

const ROUTINES = `
select n.nspname::text as schema, o.proname::text as name,
  case when o.prokind = 'a' then ${AGGREGATE}
    when l.lanname in ('sql', 'plpgsql') then pg_get_functiondef(o.oid) else ${STAND_IN} end as sql
from pg_proc o join pg_namespace n on n.oid = o.pronamespace join pg_language l on l.oid = o.prolang
left join pg_aggregate a on a.aggfnoid = o.oid
where o.prokind in ('f', 'w', 'a') and o.proname = any($1) and ${USER_SCHEMA} and ${notOfExtension('pg_proc', '$2')}
order by o.oid limit 2000`;

const BASE_TYPES = `
select unnest(array[t.typbasetype, t.typelem, coalesce(r.rngsubtype, 0)]) as oid
union all select a.atttypid from pg_attribute a
  join pg_class ac on ac.oid = a.attrelid and ac.relkind = 'c' where a.attrelid = t.typrelid and a.attnum > 0`;

const TYPES = `
with recursive used(oid) as (
  (select a.atttypid from pg_attribute a where a.attrelid = any($2::int8[]::oid[]) and a.attnum > 0
   union select t.oid from pg_type t where t.typname = any($1) and t.oid >= 16384)
  union select b.oid from used u join pg_type t on t.oid = u.oid left join pg_range r on r.rngtypid = t.oid
    cross join lateral (${BASE_TYPES}) b where b.oid <> 0 and b.oid >= 16384
)
select n.nspname::text as schema, o.typname::text as name,
  'create ' || case o.typtype when 'd' then 'domain ' else 'type ' end || quote_ident(n.nspname) || '.' || quote_ident(o.typname)
  || case o.typtype
    when 'e' then ' as enum (' || coalesce((select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
      from pg_enum e where e.enumtypid = o.oid), '') || ')'
    when 'd' then ' as ' || format_type(o.typbasetype, o.typtypmod)
    when 'r' then ' as range (subtype = ' || format_type(r.rngsubtype, null) || ')'
    else ' as (' || coalesce((select string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod),
      ', ' order by a.attnum) from pg_attribute a where a.attrelid = o.typrelid and a.attnum > 0 and not a.attisdropped), '')
      || ')' end as sql
from pg_type o join pg_namespace n on n.oid = o.typnamespace left join pg_class c on c.oid = o.typrelid
left join pg_range r on r.rngtypid = o.oid
where o.oid in (select oid from used) and (o.typtype in ('e', 'd', 'r') or (o.typtype = 'c' and c.relkind = 'c'))
  and ${USER_SCHEMA} and ${notOfExtension('pg_type', '$3')} order by o.oid`;

/** Any language will do that is not bytewise: the order of values is in the statistics, not in the shadow. */
const COLLATIONS = `
select distinct n.nspname::text as schema, o.collname::text as name,
  'create collation if not exists ' || quote_ident(n.nspname) || '.' || quote_ident(o.collname)
  || ' (provider = icu, locale = ''und''' || case when o.collisdeterministic then '' else ', deterministic = false' end || ')' as sql
from pg_collation o join pg_namespace n on n.oid = o.collnamespace
where o.collname = any($1) and o.collname not in ('default', 'C', 'POSIX', 'ucs_basic', 'unicode', 'pg_c_utf8', 'und-x-icu')`;

import type { Routine, RoutineParameter, UserType } from '../../core/catalog/catalog';
import type { Row } from '../../core/ports';
import { isOfExtension, USER_SCHEMA } from './shared';

export interface RoutineRow extends Row {
  schema: string;
  name: string;
  kind: string;
  types: string[];
  modes: string[] | null;
  names: string[] | null;
  defaults: number;
  returns: string | null;
  language: string;
  volatility: string;
  strict: boolean;
  comment: string | null;
  extension: string | null;
}

/** Routines in users' schemas, with those that extensions put there: a call may mean them. */
export const ROUTINES = `
  select n.nspname as schema, f.proname as name, f.prokind::text as kind,
    array(select format_type(p.type, null)
      from unnest(coalesce(f.proallargtypes, f.proargtypes::oid[])) with ordinality p(type, place) order by p.place)
      as types,
    f.proargmodes::text[] as modes, f.proargnames as names, f.pronargdefaults as defaults,
    case when f.prokind <> 'p' then pg_get_function_result(f.oid) end as returns,
    l.lanname as language, f.provolatile::text as volatility, f.proisstrict as strict, o.description as comment,
    (select e.extname from pg_depend x join pg_extension e on e.oid = x.refobjid
      where x.classid = 'pg_proc'::regclass and x.objid = f.oid and x.deptype = 'e') as extension
  from pg_proc f
  join pg_namespace n on n.oid = f.pronamespace
  join pg_language l on l.oid = f.prolang
  left join pg_description o on o.classoid = 'pg_proc'::regclass and o.objoid = f.oid and o.objsubid = 0
  where ${USER_SCHEMA}
  order by n.nspname, f.proname, f.oid`;

const KINDS: Readonly<Record<string, Routine['kind']>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
};
const MODES: Readonly<Record<string, RoutineParameter['mode']>> = {
  i: 'in',
  o: 'out',
  b: 'inout',
  v: 'variadic',
  t: 'table',
};
const VOLATILITIES: Readonly<Record<string, Routine['volatility']>> = { i: 'immutable', s: 'stable', v: 'volatile' };

export function toRoutine(row: RoutineRow): Routine {
  const modes = row.types.map((_type, i) => MODES[row.modes?.[i] ?? 'i'] ?? 'in');
  const inputs = modes.flatMap((mode, i) => (mode === 'out' || mode === 'table' ? [] : [i]));
  // Defaults belong to the last of the inputs.
  const optional = new Set(inputs.slice(inputs.length - row.defaults));
  const volatility = VOLATILITIES[row.volatility];
  return {
    schema: row.schema,
    name: row.name,
    kind: KINDS[row.kind] ?? 'function',
    parameters: row.types.map((type, i) => ({
      ...(row.names?.[i] ? { name: row.names[i] } : {}),
      type,
      mode: modes[i]!,
      hasDefault: optional.has(i),
    })),
    ...(row.returns === null ? {} : { returns: row.returns }),
    language: row.language,
    ...(volatility && { volatility }),
    strict: row.strict,
    ...(row.comment === null ? {} : { comment: row.comment }),
    ...(row.extension === null ? {} : { extension: row.extension }),
  };
}

export interface TypeRow extends Row {
  schema: string;
  name: string;
  kind: string;
  labels: string[] | null;
  base: string | null;
}

export const TYPES = `
  select n.nspname as schema, t.typname as name, t.typtype::text as kind,
    case when t.typtype = 'e' then array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid
      order by e.enumsortorder) end as labels,
    case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end as base
  from pg_type t
  join pg_namespace n on n.oid = t.typnamespace
  left join pg_class c on c.oid = t.typrelid
  where (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c'))
    and ${USER_SCHEMA} and not (${isOfExtension('t.oid')})
  order by n.nspname, t.typname`;

const TYPE_KINDS: Readonly<Record<string, UserType['kind']>> = {
  e: 'enum',
  d: 'domain',
  c: 'composite',
  r: 'range',
};

export function toUserType(row: TypeRow): UserType {
  return {
    schema: row.schema,
    name: row.name,
    kind: TYPE_KINDS[row.kind] ?? 'composite',
    ...(row.labels === null ? {} : { labels: row.labels }),
    ...(row.base === null ? {} : { baseType: row.base }),
  };
}

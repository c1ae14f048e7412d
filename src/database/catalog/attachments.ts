import type { ExtendedStatistics, Policy, Trigger } from '../../core/catalog/catalog';
import { isLocked, USER_SCHEMA, type OwnedRow } from './shared';

export interface TriggerRow extends OwnedRow {
  name: string;
  function: string;
  definition: string;
}

/** Triggers as they were written; those that partitions have from their parent are left out. */
export const TRIGGERS = `
  select t.tgrelid::int8::float8 as oid, t.tgname as name, f.proname as function,
    case when t.tgqual is not null and ${isLocked('t.tgrelid')} then '' else pg_get_triggerdef(t.oid, true) end
      as definition
  from pg_trigger t
  join pg_class c on c.oid = t.tgrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_proc f on f.oid = t.tgfoid
  where not t.tgisinternal and ${USER_SCHEMA}
    and not (c.relispartition and exists (
      select from pg_inherits h join pg_trigger p on p.tgrelid = h.inhparent
      where h.inhrelid = c.oid and p.tgname = t.tgname and p.tgfoid = t.tgfoid))
  order by t.tgrelid, t.tgname`;

export function toTrigger({ name, function: called, definition }: TriggerRow): Trigger {
  return { name, function: called, definition };
}

export interface PolicyRow extends OwnedRow {
  name: string;
  command: Policy['command'];
  permissive: boolean;
  roles: string[];
  using: string | null;
  with_check: string | null;
}

export const POLICIES = `
  select p.polrelid::int8::float8 as oid, p.polname as name,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
      else 'all' end as command,
    p.polpermissive as permissive,
    array(select coalesce(r.rolname::text, 'public') from unnest(p.polroles) with ordinality m(role, place)
      left join pg_roles r on r.oid = m.role order by m.place) as roles,
    case when not (${isLocked('p.polrelid')}) then pg_get_expr(p.polqual, p.polrelid, true) end as using,
    case when not (${isLocked('p.polrelid')}) then pg_get_expr(p.polwithcheck, p.polrelid, true) end as with_check
  from pg_policy p
  join pg_class c on c.oid = p.polrelid
  join pg_namespace n on n.oid = c.relnamespace
  where ${USER_SCHEMA}
  order by p.polrelid, p.polname`;

export function toPolicy(row: PolicyRow): Policy {
  return {
    name: row.name,
    command: row.command,
    permissive: row.permissive,
    roles: row.roles,
    ...(row.using === null ? {} : { using: row.using }),
    ...(row.with_check === null ? {} : { check: row.with_check }),
  };
}

export interface ExtendedStatisticsRow extends OwnedRow {
  name: string;
  kinds: string[];
  columns: string[];
  expressions: string[] | null;
}

/** Expressions in statistics exist since PostgreSQL 14. */
export const extendedStatisticsQuery = (serverVersion: number): string => `
  select s.stxrelid::int8::float8 as oid, s.stxname as name,
    array(select case k when 'd' then 'ndistinct' when 'f' then 'dependencies' else 'mcv' end
      from unnest(s.stxkind) k where k in ('d', 'f', 'm')) as kinds,
    array(select quote_ident(a.attname) from unnest(s.stxkeys::int2[]) with ordinality m(number, place)
      join pg_attribute a on a.attrelid = s.stxrelid and a.attnum = m.number order by m.place) as columns,
    ${
      serverVersion >= 140000
        ? `case when not (${isLocked('s.stxrelid')}) then pg_get_statisticsobjdef_expressions(s.oid) end`
        : 'null'
    } as expressions
  from pg_statistic_ext s
  join pg_class c on c.oid = s.stxrelid
  join pg_namespace n on n.oid = c.relnamespace
  where ${USER_SCHEMA}
  order by s.stxrelid, s.stxname`;

export function toExtendedStatistics(row: ExtendedStatisticsRow): ExtendedStatistics {
  return { name: row.name, kinds: row.kinds, columns: [...row.columns, ...(row.expressions ?? [])] };
}

import { isLocked } from '../../catalog/shared';
import type { Row } from '../../../core/ports';

/** A table, a view or a partition that the model needs, with its size as it is now. */
export interface RelationRow extends Row {
  oid: number;
  schema: string;
  name: string;
  /** `pg_class.relkind`. */
  kind: string;
  bound: string | null;
  partition_key: string | null;
  /** Quoted and qualified, in the order of inheritance. */
  parents: string[];
  parent_oids: number[];
  view: string | null;
  options: string[] | null;
  /** Row security filters what this role reads. */
  filtered: boolean;
  method: string | null;
}

/** Blocks that a relation's file has now; `otherwise` while somebody rewrites it, since asking would wait for them. */
export const blocksOf = (oid: string, otherwise: string): string =>
  `case when ${isLocked(oid)} then ${otherwise} else pg_relation_size(${oid}) / current_setting('block_size')::int8 end`;

/** $1, $2: schemas and names. With their partitions and parents, and the relations that views among them read. */
export const RELATIONS = `
with recursive wanted(oid) as (
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where (n.nspname, c.relname) in (select * from unnest($1::text[], $2::text[]))
  union
  select x.oid from wanted w cross join lateral (
    select inhrelid as oid from pg_inherits where inhparent = w.oid
    union all select inhparent from pg_inherits where inhrelid = w.oid
    union all select d.refobjid from pg_rewrite r
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
      join pg_class v on v.oid = r.ev_class and v.relkind = 'v'
      where r.ev_class = w.oid and d.refobjid <> w.oid
  ) x
)
select c.oid::int8::float8 as oid, n.nspname::text as schema, c.relname::text as name, c.relkind::text as kind,
  case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end as bound,
  case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partition_key,
  array(select quote_ident(pn.nspname) || '.' || quote_ident(p.relname)
    from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_namespace pn on pn.oid = p.relnamespace
    where i.inhrelid = c.oid order by i.inhseqno) as parents,
  array(select i.inhparent::int8::float8 from pg_inherits i where i.inhrelid = c.oid) as parent_oids,
  case when c.relkind = 'v' then pg_get_viewdef(c.oid) end as view,
  c.reloptions::text[] as options, row_security_active(c.oid) as filtered,
  (select a.amname::text from pg_am a where a.oid = c.relam) as method
from wanted w join pg_class c on c.oid = w.oid join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
order by c.oid`;

/** Parents before their children, whatever the order they were made in. */
export function inOrderOfInheritance(tables: readonly RelationRow[]): RelationRow[] {
  const here = new Set(tables.map(({ oid }) => oid));
  const done = new Set<number>();
  const ordered: RelationRow[] = [];
  let waiting = [...tables];
  while (waiting.length > 0) {
    // a parent that is not among them was loaded earlier
    const ready = waiting.filter(table => table.parent_oids.every(parent => done.has(parent) || !here.has(parent)));
    if (ready.length === 0) return [...ordered, ...waiting];
    for (const { oid } of ready) done.add(oid);
    ordered.push(...ready);
    waiting = waiting.filter(({ oid }) => !done.has(oid));
  }
  return ordered;
}

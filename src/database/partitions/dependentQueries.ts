import { aclOf, commentOf, columnNames, restOfIndex } from './definitionQueries';

/** Queries of what depends on a table, in the form of those in `definitionQueries.ts`. */

export const INCOMING = `
  select coalesce(json_agg(json_build_object(
    'name', k.conname, 'table', k.conrelid::regclass::text, 'isThisTable', k.conrelid = k.confrelid,
    'tableIsPartitioned', c.relkind = 'p', 'definition', pg_get_constraintdef(k.oid),
    'referencedColumns', ${columnNames('k.confrelid', 'k.confkey')}, 'validated', k.convalidated,
    'comment', ${commentOf('pg_constraint', 'k.oid')}) order by k.conrelid::regclass::text, k.conname), '[]') as value
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where k.confrelid = $1 and k.contype = 'f' and k.conparentid = 0`;

const viewFields = (oid: string): string => `
  'name', ${oid}::regclass::text, 'definition', rtrim(pg_get_viewdef(${oid}), ';'),
  'options', to_json(array(select quote_ident(o.option_name) || '=' || quote_literal(o.option_value)
    from pg_options_to_table(v.reloptions) o)),
  'needsPrimaryKey', exists (select from pg_rewrite w join pg_depend d on d.classid = 'pg_rewrite'::regclass
    and d.objid = w.oid join pg_constraint k on d.refclassid = 'pg_constraint'::regclass and k.oid = d.refobjid
    where w.ev_class = ${oid} and k.conrelid = $1)`;

const readsIt = (kind: string): string => `
  v.relkind = '${kind}' and exists (select from pg_rewrite w join pg_depend d on d.classid = 'pg_rewrite'::regclass
    and d.objid = w.oid where w.ev_class = v.oid and d.refclassid = 'pg_class'::regclass and d.refobjid = $1)`;

export const VIEWS = `
  select coalesce(json_agg(json_build_object(${viewFields('v.oid')}) order by v.oid), '[]') as value
  from pg_class v where ${readsIt('v')}`;

export const MATERIALIZED_VIEWS = `
  select coalesce(json_agg(json_build_object(${viewFields('v.oid')},
    'schema', n.nspname, 'bareName', v.relname, 'owner', pg_get_userbyid(v.relowner), 'populated', v.relispopulated,
    'tablespace', (select quote_ident(spcname) from pg_tablespace where oid = v.reltablespace),
    'indexes', coalesce((select json_agg(json_build_object('name', ci.relname, 'unique', i.indisunique,
        'rest', ${restOfIndex('i')}) order by ci.relname)
      from pg_index i join pg_class ci on ci.oid = i.indexrelid where i.indrelid = v.oid and i.indisvalid), '[]'),
    'grants', (${aclOf('v.relacl')}), 'comment', ${commentOf('pg_class', 'v.oid')},
    'dependents', to_json(array(select distinct pg_describe_object(d.classid, d.objid, 0)
      from pg_depend d left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
      where d.refclassid = 'pg_class'::regclass and d.refobjid = v.oid and d.deptype = 'n'
        and w.ev_class is distinct from v.oid order by 1))) order by v.oid), '[]') as value
  from pg_class v join pg_namespace n on n.oid = v.relnamespace where ${readsIt('m')}`;

export const FUNCTIONS = `
  select coalesce(json_agg(json_build_object('name', p.oid::regprocedure::text,
    'definition', pg_get_functiondef(p.oid)) order by p.oid), '[]') as value
  from pg_proc p where p.prokind in ('f', 'p') and exists (select from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.refclassid = 'pg_class'::regclass
      and d.refobjid = $1)`;

/** Everything else that would go on with the old table: uses of the row type, other tables' policies and rules. */
export const OTHERS = `
  with found as (
    select d.classid, d.objid, d.objsubid from pg_depend d
    where d.deptype = 'n' and d.refclassid = 'pg_class'::regclass and d.refobjid = $1
    union
    select d.classid, d.objid, d.objsubid from pg_depend d join pg_type t on t.oid = d.refobjid
    where d.refclassid = 'pg_type'::regclass and d.deptype = 'n'
      and (t.typrelid = $1 or t.oid = (select e.typarray from pg_type e where e.typrelid = $1)))
  select coalesce(json_agg(distinct pg_describe_object(f.classid, f.objid, f.objsubid)), '[]') as value
  from found f
  where not (f.classid = 'pg_proc'::regclass and exists (select from pg_depend d where d.classid = f.classid
      and d.objid = f.objid and d.refclassid = 'pg_class'::regclass and d.refobjid = $1)
      and not exists (select from pg_depend d join pg_type t on t.oid = d.refobjid
        where d.classid = f.classid and d.objid = f.objid and d.refclassid = 'pg_type'::regclass
          and (t.typrelid = $1 or t.oid = (select e.typarray from pg_type e where e.typrelid = $1))))
    and not (f.classid = 'pg_rewrite'::regclass and exists (select from pg_rewrite w join pg_class c on c.oid = w.ev_class
      where w.oid = f.objid and (c.relkind in ('v', 'm') or c.oid = $1)))
    and not (f.classid = 'pg_constraint'::regclass and exists (select from pg_constraint k
      where k.oid = f.objid and (k.conrelid = $1 or k.confrelid = $1)))
    and not (f.classid = 'pg_policy'::regclass and exists (select from pg_policy p
      where p.oid = f.objid and p.polrelid = $1))
    and not (f.classid = 'pg_trigger'::regclass and exists (select from pg_trigger t
      where t.oid = f.objid and (t.tgrelid = $1 or t.tgisinternal)))
    and not (f.classid = 'pg_attrdef'::regclass and exists (select from pg_attrdef a
      where a.oid = f.objid and a.adrelid = $1))
    and f.classid not in ('pg_statistic_ext'::regclass, 'pg_publication_rel'::regclass)
    and not (f.classid = 'pg_class'::regclass and f.objid = $1)
    and not (f.classid = 'pg_class'::regclass and exists (select from pg_index i
      where i.indexrelid = f.objid and i.indrelid = $1))`;

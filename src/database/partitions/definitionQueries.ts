import { tableFingerprint } from '../../core/advisor/partitions/tableFingerprint';

/**
 * Queries of the parts of a table; `$1` is its oid. Each returns one row with one JSON array. To be run with an empty
 * `search_path`, so that every name is printed with its schema.
 */

export const aclOf = (acl: string, column = 'null'): string => `
  select json_agg(json_build_object('grantee', case when g.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
    'privilege', g.privilege_type, 'grantable', g.is_grantable, 'column', ${column})
    order by g.grantee, g.privilege_type, g.is_grantable)
  from aclexplode(${acl}) g`;

export const commentOf = (classId: string, oid: string): string => `obj_description(${oid}, '${classId}')`;

/** From the method on. The text before it is known: names are printed by `quote_ident`. */
export const restOfIndex = (index: string): string => `
  substr(pg_get_indexdef(${index}.indexrelid), 1 + length((select format('CREATE %sINDEX %I ON %s%I.%I USING ',
      case when ${index}.indisunique then 'UNIQUE ' else '' end, ci.relname,
      case when ct.relkind = 'p' then 'ONLY ' else '' end, nt.nspname, ct.relname)
    from pg_class ci, pg_class ct, pg_namespace nt
    where ci.oid = ${index}.indexrelid and ct.oid = ${index}.indrelid and nt.oid = ct.relnamespace)))`;

export const columnNames = (relation: string, numbers: string): string => `coalesce((
  select json_agg(ka.attname order by pos.place) from unnest(${numbers}) with ordinality pos(attnum, place)
  join pg_attribute ka on ka.attrelid = ${relation} and ka.attnum = pos.attnum), '[]')`;

const splitIndexKey = (index: string, which: 'key' | 'include'): string => `coalesce((
  select json_agg(ka.attname order by pos.place) from unnest(${index}.indkey) with ordinality pos(attnum, place)
  join pg_attribute ka on ka.attrelid = ${index}.indrelid and ka.attnum = pos.attnum
  where pos.attnum > 0 and pos.place ${which === 'key' ? '<=' : '>'} ${index}.indnkeyatts), '[]')`;

/** Schemas of the operators by which a btree index compares; `pg_catalog` alone, but for types of extensions. */
const operatorSchemas = (index: string): string => `to_json(array(
  select distinct opn.nspname from unnest(${index}.indclass) class(oid)
  join pg_opclass opc on opc.oid = class.oid
  join pg_amop amo on amo.amopfamily = opc.opcfamily and amo.amoplefttype = opc.opcintype
    and amo.amoprighttype = opc.opcintype and amo.amopstrategy = 3
  join pg_operator opr on opr.oid = amo.amopopr join pg_namespace opn on opn.oid = opr.oprnamespace))`;

/** For new objects that the reading role makes in the table's schema. */
const defaultGrantees = (kind: 'r' | 'S'): string => `to_json(array(
  select distinct case when g.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end
  from pg_default_acl d, aclexplode(d.defaclacl) g
  where d.defaclobjtype = '${kind}' and d.defaclnamespace in (0, n.oid) and d.defaclrole = r.oid order by 1))`;

export const TABLE = `
  select json_build_object(
    'oid', c.oid::int8, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind,
    'persistence', case c.relpersistence when 'u' then 'unlogged' when 't' then 'temporary' else 'permanent' end,
    'owner', pg_get_userbyid(c.relowner),
    'runner', json_build_object('role', current_user,
      'ownsTable', pg_has_role(c.relowner, 'USAGE'),
      'mayCreateInSchema', has_schema_privilege(n.oid, 'CREATE'),
      'seesAllRows', r.rolsuper or r.rolbypassrls or not c.relforcerowsecurity,
      'isReadOnlyServer', pg_is_in_recovery(),
      'deadlockTimeoutMs', (select setting::int from pg_settings where name = 'deadlock_timeout')),
    'rowEstimate', case when c.reltuples >= 0 then c.reltuples end,
    'sizeBytes', pg_table_size(c.oid),
    'tablespace', (select quote_ident(spcname) from pg_tablespace where oid = c.reltablespace),
    'accessMethod', (select quote_ident(amname) from pg_am where oid = c.relam and amname <> 'heap'),
    'options', to_json(array(
      select quote_ident(o.option_name) || '=' || quote_literal(o.option_value) from pg_options_to_table(c.reloptions) o
      union all
      select 'toast.' || quote_ident(o.option_name) || '=' || quote_literal(o.option_value)
      from pg_class t, pg_options_to_table(t.reloptions) o where t.oid = c.reltoastrelid)),
    'comment', ${commentOf('pg_class', 'c.oid')},
    'rowSecurity', json_build_object('enabled', c.relrowsecurity, 'forced', c.relforcerowsecurity),
    'grants', case when c.relacl is null and not exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attacl is not null) then null
      else (select json_agg(x.each) from (
        select json_array_elements((${aclOf("coalesce(c.relacl, acldefault('r', c.relowner))")})) as each
        union all
        select json_array_elements((${aclOf('a.attacl', 'a.attname')})) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attacl is not null) x) end,
    'defaultGrantees', json_build_object('table', ${defaultGrantees('r')}, 'sequence', ${defaultGrantees('S')}),
    'replicaIdentity', case c.relreplident when 'n' then 'nothing' when 'f' then 'full' when 'i' then 'index'
      else 'default' end,
    'inheritance', to_json(array(
      select h.inhparent::regclass::text from pg_inherits h where h.inhrelid = c.oid
      union all select h.inhrelid::regclass::text from pg_inherits h where h.inhparent = c.oid)),
    'extension', (select e.extname from pg_depend d join pg_extension e on e.oid = d.refobjid
      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
        and d.refclassid = 'pg_extension'::regclass),
    'securityLabels', (select count(*) from pg_seclabel l where l.classoid = 'pg_class'::regclass and l.objoid = c.oid),
    'isTyped', c.reloftype <> 0,
    'fingerprint', (${tableFingerprint('c.oid')}),
    'takenNames', to_json(array(
      select relname from pg_class where relnamespace = n.oid
      union select typname from pg_type where typnamespace = n.oid
      union select proname from pg_proc where pronamespace = n.oid
      union select stxname from pg_statistic_ext where stxnamespace = n.oid order by 1))) as value
  from pg_class c join pg_namespace n on n.oid = c.relnamespace, pg_roles r
  where c.oid = $1 and r.rolname = current_user`;

/** Compression is stored since 14; a statistics target of -1 became null in 17. */
export const COLUMNS = `
  select coalesce(json_agg(json_build_object(
    'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
    'collation', (select format('%I.%I', cn.nspname, co.collname) from pg_collation co
      join pg_namespace cn on cn.oid = co.collnamespace where co.oid = a.attcollation and co.oid <> t.typcollation),
    'notNull', a.attnotnull,
    'defaultExpression', pg_get_expr(d.adbin, d.adrelid),
    'generated', nullif(a.attgenerated, ''), 'identity', nullif(a.attidentity, ''),
    'storage', case when a.attstorage <> t.typstorage then
      case a.attstorage when 'm' then 'main' when 'e' then 'external' when 'x' then 'extended' else 'plain' end end,
    'compression', case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end,
    'statisticsTarget', case when a.attstattarget >= 0 then a.attstattarget end,
    'options', to_json(array(select quote_ident(o.option_name) || '=' || quote_literal(o.option_value)
      from pg_options_to_table(a.attoptions) o)),
    'comment', col_description(a.attrelid, a.attnum)) order by a.attnum), '[]') as value
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped`;

/** Columns of the system catalogs that came with 15 and 18 are asked for only there. */
export const constraints = (serverVersion: number): string => `
  select coalesce(json_agg(json_build_object(
    'name', k.conname, 'kind', k.contype, 'definition', pg_get_constraintdef(k.oid),
    'columns', ${columnNames('k.conrelid', 'k.conkey')},
    'validated', k.convalidated, 'comment', ${commentOf('pg_constraint', 'k.oid')},
    'references', case when k.contype = 'f' then
      (select format('%I.%I', fn.nspname, fc.relname) from pg_class fc join pg_namespace fn on fn.oid = fc.relnamespace
       where fc.oid = k.confrelid) end,
    'referencesItself', k.confrelid = k.conrelid, 'noInherit', k.connoinherit,
    'isTemporal', ${serverVersion >= 180000 ? 'k.conperiod' : 'false'},
    'deferrable', k.condeferrable, 'deferred', k.condeferred,
    'index', case when i.indexrelid is not null then json_build_object(
      'name', ci.relname, 'include', ${splitIndexKey('i', 'include')},
      'operatorSchemas', ${operatorSchemas('i')},
      'nullsNotDistinct', ${serverVersion >= 150000 ? 'i.indnullsnotdistinct' : 'false'},
      'options', to_json(array(select quote_ident(o.option_name) || '=' || quote_literal(o.option_value)
        from pg_options_to_table(ci.reloptions) o)),
      'tablespace', (select quote_ident(spcname) from pg_tablespace where oid = ci.reltablespace),
      'clustered', i.indisclustered, 'replicaIdentity', i.indisreplident,
      'equalityColumns', coalesce((select json_agg(ka.attname order by e.place)
        from unnest(k.conkey, k.conexclop) with ordinality e(attnum, operator, place)
        join pg_attribute ka on ka.attrelid = k.conrelid and ka.attnum = e.attnum
        join pg_operator op on op.oid = e.operator where op.oprname = '='), '[]')) end)
    order by k.contype, k.conname), '[]') as value
  from pg_constraint k
  left join pg_index i on i.indexrelid = k.conindid and k.contype in ('p', 'u', 'x')
  left join pg_class ci on ci.oid = i.indexrelid
  where k.conrelid = $1 and k.contype in ('p', 'u', 'c', 'n', 'x', 'f')`;

export const INDEXES = `
  select coalesce(json_agg(json_build_object(
    'name', ci.relname, 'unique', i.indisunique, 'valid', i.indisvalid, 'rest', ${restOfIndex('i')},
    'columns', ${splitIndexKey('i', 'key')}, 'operatorSchemas', ${operatorSchemas('i')},
    'isPlain', i.indpred is null and i.indexprs is null, 'comment', ${commentOf('pg_class', 'ci.oid')},
    'clustered', i.indisclustered, 'replicaIdentity', i.indisreplident,
    'statisticsTargets', coalesce((select json_agg(json_build_object('column', a.attnum, 'target', a.attstattarget))
      from pg_attribute a where a.attrelid = ci.oid and a.attstattarget >= 0), '[]'))
    order by ci.relname), '[]') as value
  from pg_index i join pg_class ci on ci.oid = i.indexrelid
  where i.indrelid = $1 and not exists (
    select from pg_constraint k where k.conindid = i.indexrelid and k.conrelid = $1 and k.contype in ('p', 'u', 'x'))`;

export const TRIGGERS = `
  select coalesce(json_agg(json_build_object(
    'name', t.tgname, 'definition', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled,
    'rowWithTransitionTables', t.tgtype & 1 = 1 and (t.tgoldtable is not null or t.tgnewtable is not null),
    'comment', ${commentOf('pg_trigger', 't.oid')}) order by t.tgname), '[]') as value
  from pg_trigger t where t.tgrelid = $1 and not t.tgisinternal`;

export const RULES = `
  select coalesce(json_agg(json_build_object(
    'name', w.rulename, 'definition', rtrim(pg_get_ruledef(w.oid), ';'), 'enabled', w.ev_enabled,
    'rowWithTransitionTables', false,
    'comment', ${commentOf('pg_rewrite', 'w.oid')}) order by w.rulename), '[]') as value
  from pg_rewrite w where w.ev_class = $1`;

export const POLICIES = `
  select coalesce(json_agg(json_build_object(
    'name', p.polname, 'permissive', p.polpermissive,
    'command', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
      when 'd' then 'delete' else 'all' end,
    'roles', to_json(array(select case when r = 0 then 'public' else quote_ident(pg_get_userbyid(r)) end
      from unnest(p.polroles) r)),
    'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid),
    'comment', ${commentOf('pg_policy', 'p.oid')}) order by p.polname), '[]') as value
  from pg_policy p where p.polrelid = $1`;

export const STATISTICS = `
  select coalesce(json_agg(json_build_object(
    'schema', n.nspname, 'name', s.stxname,
    'middle', substr(d.def, 1 + length(d.head), length(d.def) - length(d.head) - length(d.tail)),
    'target', case when s.stxstattarget >= 0 then s.stxstattarget end,
    'comment', ${commentOf('pg_statistic_ext', 's.oid')}) order by n.nspname, s.stxname), '[]') as value
  from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace,
    lateral (select pg_get_statisticsobjdef(s.oid) as def, format('CREATE STATISTICS %I.%I', n.nspname, s.stxname) as head,
      format(' FROM %s', s.stxrelid::regclass) as tail) d
  where s.stxrelid = $1`;

export const publications = (serverVersion: number): string => `
  select coalesce(json_agg(x.each), '[]') as value from (
    select json_build_object('name', p.pubname, 'implicit', false, 'viaRoot', p.pubviaroot, 'suffix', ${
      serverVersion >= 150000
        ? `coalesce((select ' (' || string_agg(quote_ident(a.attname), ', ' order by a.attnum) || ')'
             from unnest(r.prattrs::int2[]) k join pg_attribute a on a.attrelid = r.prrelid and a.attnum = k), '')
           || coalesce(' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')', '')`
        : "''"
    }) as each
    from pg_publication_rel r join pg_publication p on p.oid = r.prpubid where r.prrelid = $1
    union all
    select json_build_object('name', p.pubname, 'implicit', true, 'viaRoot', p.pubviaroot, 'suffix', '')
    from pg_publication p where p.puballtables${
      serverVersion >= 150000
        ? ` or exists (select from pg_publication_namespace s join pg_class c on c.relnamespace = s.pnnspid
             where s.pnpubid = p.oid and c.oid = $1)`
        : ' and $1::oid is not null'
    }) x`;

export const SEQUENCES = `
  select coalesce(json_agg(json_build_object(
    'schema', n.nspname, 'name', c.relname, 'column', a.attname, 'isIdentity', d.deptype = 'i',
    'options', format('start with %s increment by %s minvalue %s maxvalue %s cache %s %s',
      s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
      case when s.seqcycle then 'cycle' else 'no cycle' end),
    'grants', (${aclOf('c.relacl')}), 'comment', ${commentOf('pg_class', 'c.oid')}) order by a.attnum, c.relname),
    '[]') as value
  from pg_depend d join pg_class c on c.oid = d.objid and c.relkind = 'S' join pg_sequence s on s.seqrelid = c.oid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = $1
    and d.deptype in ('a', 'i')`;

import type { Database, Row } from '../../../core/ports';
import type { CancelSignal } from '../../../core/base/cancelSignal';

export interface ColumnDefinition {
  readonly relation: number;
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** `default` for the database's own; null for types without one. */
  readonly collation: string | null;
  /** `pg_attribute.attidentity` and `attgenerated`: one letter or nothing. */
  readonly identity: string;
  readonly generated: string;
  readonly expression: string | null;
  /** The column's own, not one of a parent's. */
  readonly own: boolean;
}

export interface IndexDefinitionRow {
  readonly oid: number;
  readonly relation: number;
  readonly schema: string;
  readonly name: string;
  readonly definition: string;
  /** Of a primary key or a unique constraint. */
  readonly constraint: string | null;
}

export interface NamedSql {
  readonly name: string;
  readonly sql: string;
}

export interface Definitions {
  readonly columns: readonly ColumnDefinition[];
  readonly indexes: readonly IndexDefinitionRow[];
  /** Sequences that defaults call. */
  readonly sequences: readonly NamedSql[];
  readonly checks: readonly NamedSql[];
  readonly statistics: readonly NamedSql[];
  readonly foreignKeys: readonly NamedSql[];
}

/** What the relations numbered `oids` are made of; foreign keys also between them and those of `before`. One round trip. */
export async function readDefinitions(
  db: Database,
  oids: readonly number[],
  before: readonly number[],
  signal?: CancelSignal,
): Promise<Definitions> {
  const [row] = await db.query<Row & { definitions: Definitions }>(QUERY, [oids, [...before, ...oids]], signal);
  return row!.definitions;
}

const list = (query: string): string => `(select coalesce(json_agg(x), '[]') from (${query}) x)`;

const COLUMNS = `
select a.attrelid::int8 as relation, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
  a.attnotnull as required,
  case when co.collname is not null and cn.nspname <> 'pg_catalog' then quote_ident(cn.nspname) || '.' else '' end
    || co.collname as collation,
  a.attidentity as identity, a.attgenerated as generated, pg_get_expr(d.adbin, d.adrelid) as expression,
  a.attislocal as own
from pg_attribute a left join pg_collation co on co.oid = a.attcollation
left join pg_namespace cn on cn.oid = co.collnamespace
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = any($1::int8[]::oid[]) and a.attnum > 0 and not a.attisdropped order by a.attrelid, a.attnum`;

const INDEXES = `
select c.oid::int8 as oid, x.indrelid::int8 as relation, n.nspname as schema, c.relname as name,
  pg_get_indexdef(c.oid) as definition,
  (select pg_get_constraintdef(k.oid) from pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u') limit 1)
    as constraint
from pg_index x join pg_class c on c.oid = x.indexrelid join pg_namespace n on n.oid = c.relnamespace
where x.indrelid = any($1::int8[]::oid[]) and x.indisvalid order by c.oid`;

const SEQUENCES = `
select distinct s.relname as name,
  'create sequence if not exists ' || quote_ident(n.nspname) || '.' || quote_ident(s.relname) as sql
from pg_attrdef d join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid
  and p.refclassid = 'pg_class'::regclass
join pg_class s on s.oid = p.refobjid and s.relkind = 'S' join pg_namespace n on n.oid = s.relnamespace
where d.adrelid = any($1::int8[]::oid[])`;

const tableOf = (oid: string): string =>
  `(select quote_ident(n.nspname) || '.' || quote_ident(c.relname)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${oid})`;

const CHECKS = `
select k.conname as name, 'alter table ' || ${tableOf('k.conrelid')} || ' add constraint ' || quote_ident(k.conname)
  || ' ' || pg_get_constraintdef(k.oid) as sql
from pg_constraint k where k.contype = 'c' and k.conislocal and k.conrelid = any($1::int8[]::oid[]) order by k.oid`;

const STATISTICS = `
select s.stxname as name, pg_get_statisticsobjdef(s.oid) as sql from pg_statistic_ext s
where s.stxrelid = any($1::int8[]::oid[]) order by s.oid`;

const FOREIGN_KEYS = `
select k.conname as name, 'alter table ' || ${tableOf('k.conrelid')} || ' add constraint ' || quote_ident(k.conname)
  || ' ' || pg_get_constraintdef(k.oid) as sql
from pg_constraint k
where k.contype = 'f' and k.conparentid = 0
  and k.conrelid = any($2::int8[]::oid[]) and k.confrelid = any($2::int8[]::oid[])
  and (k.conrelid = any($1::int8[]::oid[]) or k.confrelid = any($1::int8[]::oid[])) order by k.oid`;

const QUERY = `select json_build_object(
  'columns', ${list(COLUMNS)}, 'indexes', ${list(INDEXES)}, 'sequences', ${list(SEQUENCES)}, 'checks', ${list(CHECKS)},
  'statistics', ${list(STATISTICS)}, 'foreignKeys', ${list(FOREIGN_KEYS)}) as definitions`;

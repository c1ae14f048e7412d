import type { CancelSignal } from '../../core/base/cancelSignal';
import type { Catalog } from '../../core/catalog/catalog';
import { estimateTreeHeight } from '../../core/advisor/indexes/indexSize';
import { DatabaseError, type Database } from '../../core/ports';
import { quoteIdentifier, quoteQualified } from '../../core/sql/identifiers';
import type { AttributeStatistics, ModelStep, ShadowModel, StorageFacts } from './shadowProtocol';

/** Extensions the shadow can have, since their archives lie beside its worker. */
const KNOWN_EXTENSIONS = ['pg_trgm', 'btree_gin', 'btree_gist', 'citext', 'hstore', 'intarray', 'ltree', 'unaccent'];

/** More relations than this in one statement, partitions included, take longer to copy than they are worth. */
const MAX_RELATIONS = 2000;

interface RelationRow extends Record<string, unknown> {
  oid: number;
  schema: string;
  name: string;
  kind: string;
  pages: number;
  tuples: number;
  visible: number;
  current: number;
  bound: string | null;
  partition_key: string | null;
  parent: string | null;
  view: string | null;
}

interface ColumnRow extends Record<string, unknown> {
  relation: number;
  name: string;
  type: string;
  required: boolean;
  collation: string | null;
}

interface IndexRow extends Record<string, unknown> {
  relation: number;
  schema: string;
  name: string;
  definition: string;
  constraint_definition: string | null;
  pages: number;
  tuples: number;
  current: number;
  columns: string[];
  method: string;
}

/** What a shadow model was made of, so that the next one adds only what is missing. */
export interface ShadowContents {
  readonly oids: Set<number>;
  hasTypes: boolean;
}

/**
 * Reads what the planner looks at of the named relations, and of the partitions, parents and view sources they bring.
 * @throws DatabaseError `unsupported` for relations a shadow cannot stand in for.
 */
export async function readShadowModel(
  db: Database,
  catalog: Catalog,
  relations: readonly { readonly schema: string; readonly name: string }[],
  text: string,
  contents: ShadowContents,
  signal?: CancelSignal,
): Promise<ShadowModel> {
  const ask = <T extends Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []) =>
    db.query<T>(sql, parameters, signal);
  const found = await ask<RelationRow>(RELATIONS, [
    relations.map(({ schema }) => schema),
    relations.map(({ name }) => name),
  ]);
  const fresh = found.filter(({ oid }) => !contents.oids.has(oid));
  if (fresh.length > MAX_RELATIONS)
    throw new DatabaseError('unsupported', `cannot model ${fresh.length} relations at once`);
  const foreign = fresh.find(({ kind }) => kind === 'f');
  if (foreign)
    throw new DatabaseError('unsupported', `cannot model the foreign table ${foreign.schema}.${foreign.name}`);
  const oids = fresh.map(({ oid }) => oid);
  const [columns, indexes, statistics, foreignKeys] = await Promise.all([
    ask<ColumnRow>(COLUMNS, [oids]),
    ask<IndexRow>(INDEXES, [oids]),
    ask<AttributeStatistics & { relation: number } & Record<string, unknown>>(statisticsQuery(db.serverVersion), [
      oids,
    ]),
    ask<{ sql: string; name: string }>(FOREIGN_KEYS, [[...contents.oids, ...oids], oids]),
  ]);
  const [locale] = await ask<{ collate: string }>(
    'select datcollate as collate from pg_database where datname = current_database()',
  );
  const sortsByByte = /^(C|POSIX)(\.|$)/.test(locale?.collate ?? 'C') && !/UTF-?8/i.test(locale?.collate ?? '');

  const steps: ModelStep[] = [];
  const schemas = new Set([...fresh.map(({ schema }) => schema), ...catalog.searchPath]);
  if (!contents.hasTypes) {
    for (const { schema } of await ask<{ schema: string }>(TYPE_SCHEMAS)) schemas.add(schema);
  }
  for (const schema of schemas) {
    if (!schema.startsWith('pg_'))
      steps.push({
        sql: `create schema if not exists ${quoteIdentifier(schema)}`,
        what: `schema ${schema}`,
        optional: true,
      });
  }
  if (!contents.hasTypes) {
    steps.push(
      ...(await ask<{ sql: string; name: string }>(TYPES)).map(({ sql, name }) => ({
        sql,
        what: `type ${name}`,
        optional: true,
      })),
    );
  }
  const definitions = [
    text,
    ...fresh.map(({ view }) => view ?? ''),
    ...indexes.map(({ definition }) => definition),
  ].join('\n');
  for (const { sql, name } of await ask<{ sql: string; name: string }>(FUNCTIONS)) {
    if (mentions(definitions, name)) steps.push({ sql, what: `function ${name}`, optional: true });
  }
  // parents before partitions, everything before views
  const tables = fresh.filter(({ kind }) => kind !== 'v').sort((a, b) => a.oid - b.oid);
  const withParents = tables.filter(({ parent }) => parent === null).concat(inOrderOfInheritance(tables));
  for (const table of withParents) {
    const own = columns.filter(({ relation }) => relation === table.oid);
    steps.push({ sql: createTable(table, own, sortsByByte), what: `table ${table.schema}.${table.name}` });
  }
  // partitions' indexes first: those of the parent then attach to them instead of making new ones
  const isParent = new Set(tables.filter(({ kind }) => kind === 'p').map(({ oid }) => oid));
  for (const index of [...indexes].sort(
    (a, b) => Number(isParent.has(a.relation)) - Number(isParent.has(b.relation)),
  )) {
    const table = fresh.find(({ oid }) => oid === index.relation)!;
    const sql = index.constraint_definition
      ? `alter table ${quoteQualified(table.schema, table.name)} add constraint ${quoteIdentifier(index.name)} ${index.constraint_definition}`
      : index.definition.replace(/ ON ONLY /, ' ON ');
    steps.push({ sql, what: `index ${index.name}`, optional: true });
  }
  for (const view of fresh.filter(({ kind }) => kind === 'v').sort((a, b) => a.oid - b.oid)) {
    const sql = `create view ${quoteQualified(view.schema, view.name)} as ${view.view ?? ''}`;
    steps.push({ sql, what: `view ${view.schema}.${view.name}` });
  }

  const storage: StorageFacts[] = tables.map(table => ({
    schema: table.schema,
    name: table.name,
    analyzedPages: table.pages,
    tuples: table.tuples,
    allVisiblePages: table.visible,
    currentPages: table.current,
    attributes: statistics.filter(({ relation }) => relation === table.oid),
  }));
  for (const index of indexes.filter(({ relation }) => !isParent.has(relation))) {
    const relation = fresh.find(({ oid }) => oid === index.relation)!;
    const known = catalog.relations.find(({ schema, name }) => schema === relation.schema && name === relation.name);
    const keys = index.columns.map(name => known?.columns.find(column => column.name === name));
    storage.push({
      schema: index.schema,
      name: index.name,
      analyzedPages: index.pages,
      tuples: index.tuples,
      allVisiblePages: 0,
      currentPages: index.current,
      treeHeight: index.method === 'btree' ? estimateTreeHeight(index.current, keys) : 0,
      attributes: [],
    });
  }
  for (const oid of oids) contents.oids.add(oid);
  contents.hasTypes = true;
  return {
    extensions: await ask<{ name: string; schema: string }>(EXTENSIONS, [KNOWN_EXTENSIONS]),
    steps,
    lateSteps: foreignKeys.map(({ sql, name }) => ({ sql, what: `foreign key ${name}` })),
    storage,
    settings: [
      ...(await ask<{ name: string; value: string }>(SETTINGS)),
      { name: 'search_path', value: catalog.searchPath.map(quoteIdentifier).join(', ') },
    ],
  };
}

/** True if the word occurs in a text, whatever the case or quotes around it. */
export function mentions(text: string, name: string): boolean {
  const at = text.toLowerCase().indexOf(name.toLowerCase());
  if (at < 0) return false;
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${escaped}(?![\\p{L}\\p{N}_$])`, 'iu').test(text);
}

function inOrderOfInheritance(tables: readonly RelationRow[]): RelationRow[] {
  const done = new Set(
    tables.filter(({ parent }) => parent === null).map(({ schema, name }) => quoteQualified(schema, name)),
  );
  const ordered: RelationRow[] = [];
  let waiting = tables.filter(({ parent }) => parent !== null);
  while (waiting.length > 0) {
    const ready = waiting.filter(({ parent }) => done.has(parent!));
    // a parent loaded earlier is there already
    const next = ready.length > 0 ? ready : waiting;
    for (const table of next) done.add(quoteQualified(table.schema, table.name));
    ordered.push(...next);
    waiting = waiting.filter(table => !next.includes(table));
  }
  return ordered;
}

function createTable(table: RelationRow, columns: readonly ColumnRow[], sortsByByte: boolean): string {
  const name = quoteQualified(table.schema, table.name);
  const partitioned = table.partition_key ? ` partition by ${table.partition_key}` : '';
  if (table.bound !== null && table.parent !== null)
    return `create table ${name} partition of ${table.parent} ${table.bound}${partitioned}`;
  const definitions = columns.map(column => {
    const collation =
      column.collation === null || sortsLikeBytes(column.collation, sortsByByte) ? '' : ' collate "unicode"';
    return `${quoteIdentifier(column.name)} ${column.type}${collation}${column.required ? ' not null' : ''}`;
  });
  return `create table ${name} (${definitions.join(', ')})${table.parent ? ` inherits (${table.parent})` : ''}${partitioned}`;
}

/** The shadow's own collation is C. Under any other one a plain B-tree does not serve LIKE 'prefix%'. */
function sortsLikeBytes(collation: string, databaseDoes: boolean): boolean {
  return collation === 'default' ? databaseDoes : /^(C|POSIX|ucs_basic)$/.test(collation);
}

const RELATIONS = `
with recursive wanted(oid) as (
  select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where (n.nspname, c.relname) in (select * from unnest($1::text[], $2::text[]))
  union
  select x.oid from wanted w cross join lateral (
    select inhrelid as oid from pg_inherits where inhparent = w.oid
    union all select inhparent from pg_inherits where inhrelid = w.oid
    union all select d.refobjid from pg_rewrite r
      join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
      where r.ev_class = w.oid and d.refobjid <> w.oid
  ) x
)
select c.oid::int8::float8 as oid, n.nspname::text as schema, c.relname::text as name, c.relkind::text as kind,
  greatest(c.relpages, 0) as pages, c.reltuples::float8 as tuples, c.relallvisible as visible,
  case when c.relkind in ('r', 'm') then (pg_relation_size(c.oid) / 8192)::float8 else 0 end as current,
  case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end as bound,
  case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end as partition_key,
  (select quote_ident(pn.nspname) || '.' || quote_ident(p.relname) from pg_inherits i join pg_class p on p.oid = i.inhparent
     join pg_namespace pn on pn.oid = p.relnamespace where i.inhrelid = c.oid order by i.inhseqno limit 1) as parent,
  case when c.relkind = 'v' then pg_get_viewdef(c.oid) end as view
from wanted w join pg_class c on c.oid = w.oid join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema')`;

const COLUMNS = `
select a.attrelid::int8::float8 as relation, a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type,
  a.attnotnull as required, case when a.attcollation <> 0 then co.collname::text end as collation
from pg_attribute a left join pg_collation co on co.oid = a.attcollation
where a.attrelid = any($1::int8[]::oid[]) and a.attnum > 0 and not a.attisdropped order by a.attrelid, a.attnum`;

const INDEXES = `
select x.indrelid::int8::float8 as relation, n.nspname::text as schema, c.relname::text as name,
  pg_get_indexdef(c.oid) as definition, am.amname::text as method,
  (select pg_get_constraintdef(k.oid) from pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u') limit 1) as constraint_definition,
  greatest(c.relpages, 0) as pages, c.reltuples::float8 as tuples,
  case when c.relkind = 'i' then (pg_relation_size(c.oid) / 8192)::float8 else 0 end as current,
  array(select a.attname::text from pg_attribute a where a.attrelid = c.oid order by a.attnum) as columns
from pg_index x join pg_class c on c.oid = x.indexrelid join pg_namespace n on n.oid = c.relnamespace join pg_am am on am.oid = c.relam
where x.indrelid = any($1::int8[]::oid[]) and x.indisvalid order by c.oid`;

const FOREIGN_KEYS = `
select 'alter table ' || k.conrelid::regclass || ' add constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid) as sql,
  k.conname::text as name
from pg_constraint k
where k.contype = 'f' and k.conparentid = 0 and k.conrelid = any($1::int8[]::oid[]) and k.confrelid = any($1::int8[]::oid[])
  and (k.conrelid = any($2::int8[]::oid[]) or k.confrelid = any($2::int8[]::oid[]))`;

/** Nothing that an extension brings: the extension itself does. */
const NOT_OF_EXTENSION = `n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  and not exists (select from pg_depend d where d.objid = o.oid and d.deptype = 'e')`;

const TYPES = `
select t.sql, t.name from (
  select o.oid, o.typname::text as name, 'create type ' || quote_ident(n.nspname) || '.' || quote_ident(o.typname) || ' as enum (' ||
    (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = o.oid) || ')' as sql
  from pg_type o join pg_namespace n on n.oid = o.typnamespace where o.typtype = 'e' and ${NOT_OF_EXTENSION}
  union all
  select o.oid, o.typname, 'create domain ' || quote_ident(n.nspname) || '.' || quote_ident(o.typname) || ' as ' || format_type(o.typbasetype, o.typtypmod)
  from pg_type o join pg_namespace n on n.oid = o.typnamespace where o.typtype = 'd' and ${NOT_OF_EXTENSION}
  union all
  select o.oid, o.typname, 'create type ' || quote_ident(n.nspname) || '.' || quote_ident(o.typname) || ' as (' ||
    (select string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
     from pg_attribute a where a.attrelid = o.typrelid and a.attnum > 0 and not a.attisdropped) || ')'
  from pg_type o join pg_namespace n on n.oid = o.typnamespace join pg_class c on c.oid = o.typrelid
  where o.typtype = 'c' and c.relkind = 'c' and ${NOT_OF_EXTENSION}
) t where t.sql is not null order by t.oid`;

const TYPE_SCHEMAS = `
select distinct n.nspname::text as schema from pg_type o join pg_namespace n on n.oid = o.typnamespace
where o.typtype in ('e', 'd', 'c') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`;

const FUNCTIONS = `
select o.proname::text as name, pg_get_functiondef(o.oid) as sql from pg_proc o join pg_namespace n on n.oid = o.pronamespace
join pg_language l on l.oid = o.prolang
where o.prokind in ('f', 'w') and l.lanname in ('sql', 'plpgsql') and ${NOT_OF_EXTENSION} order by o.oid limit 5000`;

const EXTENSIONS = `
select e.extname::text as name, n.nspname::text as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname = any($1::text[])`;

/** All that the manual lists under query tuning, and the few others that the planner or the text of statistics depend on. */
const SETTINGS = `
select name, setting as value from pg_settings
where (category like 'Query Tuning%' and name not like 'jit%' and name not like 'geqo_seed')
  or name in ('work_mem', 'hash_mem_multiplier', 'effective_io_concurrency', 'TimeZone', 'DateStyle', 'IntervalStyle')`;

function statisticsQuery(serverVersion: number): string {
  const ranges =
    serverVersion >= 170000
      ? `, s.range_length_histogram::text, s.range_empty_frac::text, s.range_bounds_histogram::text`
      : '';
  return `
select c.oid::int8::float8 as relation, s.attname::text, s.inherited, s.null_frac::text, s.avg_width::text, s.n_distinct::text,
  s.most_common_vals::text, s.most_common_freqs::text, s.histogram_bounds::text, s.correlation::text,
  s.most_common_elems::text, s.most_common_elem_freqs::text, s.elem_count_histogram::text${ranges}
from pg_stats s join pg_namespace n on n.nspname = s.schemaname join pg_class c on c.relnamespace = n.oid and c.relname = s.tablename
where c.oid = any($1::int8[]::oid[])`;
}

import type { CancelSignal } from '../../../core/base/cancelSignal';
import type { Database, Row } from '../../../core/ports';
import type { AttributeStatistics, ExtendedStatisticsFacts } from '../shadowProtocol';
import { readIndexEnds, withEnds } from './indexEnds';
import { blocksOf } from './relations';

/** A table or index as it lies on disk. */
export interface SizeRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** Of an index: its table, its method and the columns it holds, as `pg_attribute` names them. */
  readonly relation: number | null;
  readonly method: string | null;
  readonly columns: readonly string[];
  readonly pages: number;
  readonly tuples: number;
  readonly visible: number;
  readonly current: number;
}

/** What ANALYZE and VACUUM found: everything of the model that changes without DDL. */
export interface Facts {
  readonly sizes: readonly SizeRow[];
  readonly attributes: readonly (AttributeStatistics & { readonly relation: number })[];
  readonly extended: readonly ExtendedStatisticsFacts[];
}

/** Sizes and statistics of the relations numbered `oids` and their indexes. One round trip. */
export async function readFacts(db: Database, oids: readonly number[], signal?: CancelSignal): Promise<Facts> {
  const [row] = await db.query<Row & { facts: Facts }>(factsQuery(db.serverVersion), [oids], signal);
  const facts = row!.facts;
  // before 17 no view shows what is known of ranges
  const ranges = db.serverVersion < 170000 ? await readRanges(db, oids, signal) : [];
  const ends = await readIndexEnds(db, oids, signal);
  return {
    ...facts,
    attributes: facts.attributes.map(each => {
      const isThis = (other: { relation: number; attname: string }): boolean =>
        other.relation === each.relation && other.attname === each.attname;
      return withEnds({ ...each, ...ranges.find(isThis) }, ends.find(isThis));
    }),
  };
}

/**
 * A text that is another one once the facts are others: sizes now, and what the last ANALYZE counted.
 * $1: the relations. Reads no file but its length.
 */
export async function readFactsFingerprint(
  db: Database,
  oids: readonly number[],
  signal?: CancelSignal,
): Promise<ReadonlyMap<number, string>> {
  const rows = await db.query<{ oid: number; trace: string }>(FINGERPRINT, [oids], signal);
  return new Map(rows.map(({ oid, trace }) => [oid, trace]));
}

const FINGERPRINT = `
select c.oid::int8::float8 as oid, concat_ws(' ', c.relpages, c.reltuples, c.relallvisible,
    case when c.relkind in ('r', 'm') then ${blocksOf('c.oid', 'c.relpages')} end,
    pg_stat_get_analyze_count(c.oid), pg_stat_get_autoanalyze_count(c.oid),
    extract(epoch from pg_stat_get_last_analyze_time(c.oid)),
    (select string_agg(concat_ws(' ', i.indexrelid, x.relpages,
       case when x.relkind = 'i' then ${blocksOf('x.oid', 'x.relpages')} end), ',' order by i.indexrelid)
     from pg_index i join pg_class x on x.oid = i.indexrelid where i.indrelid = c.oid)) as trace
from pg_class c where c.oid = any($1::int8[]::oid[])`;

const SIZES = `
select c.oid::int8 as oid, n.nspname as schema, c.relname as name, i.indrelid::int8 as relation,
  case when i.indrelid is not null then (select a.amname from pg_am a where a.oid = c.relam) end as method,
  case when i.indrelid is null then '{}' else
    array(select a.attname::text from pg_attribute a where a.attrelid = c.oid order by a.attnum) end as columns,
  greatest(c.relpages, 0) as pages, c.reltuples::float8 as tuples, c.relallvisible as visible,
  case when c.relkind in ('r', 'm', 'i') then ${blocksOf('c.oid', 'c.relpages')} else 0 end as current
from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_index i on i.indexrelid = c.oid
where c.relkind in ('r', 'm', 'p', 'i')
  and (c.oid = any($1::int8[]::oid[]) or (i.indrelid = any($1::int8[]::oid[]) and i.indisvalid))`;

const VALUES = [
  'null_frac avg_width n_distinct most_common_vals most_common_freqs histogram_bounds correlation',
  'most_common_elems most_common_elem_freqs elem_count_histogram',
].flatMap(names => names.split(' '));
const RANGE_VALUES = ['range_length_histogram', 'range_empty_frac', 'range_bounds_histogram'];

/** As text: only that keeps numbers exact and values of any type whole. */
const asText = (alias: string, names: readonly string[]): string =>
  names.map(name => `${alias}.${name}::text`).join(', ');

/** Index columns go by number, since the shadow may name an expression otherwise. */
function attributesQuery(serverVersion: number): string {
  const values = serverVersion >= 170000 ? [...VALUES, ...RANGE_VALUES] : VALUES;
  return `
select c.oid::int8 as relation, s.inherited, ${asText('s', values)},
  case when c.relkind in ('i', 'I') then '#' || a.attnum else s.attname::text end as attname
from pg_stats s join pg_namespace n on n.nspname = s.schemaname
join pg_class c on c.relnamespace = n.oid and c.relname = s.tablename
join pg_attribute a on a.attrelid = c.oid and a.attname = s.attname and a.attnum > 0
where c.oid = any($1::int8[]::oid[])
  or c.oid in (select i.indexrelid from pg_index i where i.indrelid = any($1::int8[]::oid[]) and i.indexprs is not null)`;
}

function extendedQuery(serverVersion: number): string {
  const inherited = serverVersion >= 150000;
  const expressions = `(select json_agg(json_strip_nulls(row_to_json(y))) from (
    select ${inherited ? 'e.inherited' : 'false as inherited'}, ${asText('e', VALUES)} from pg_stats_ext_exprs e
    where e.statistics_schemaname = v.statistics_schemaname and e.statistics_name = v.statistics_name
      ${inherited ? 'and e.inherited = v.inherited' : ''}) y)`;
  return `
select n.nspname as schema, s.stxname as name, ${inherited ? 'v.inherited' : 'false'} as inherited,
  ${tableName('s.stxrelid')} as "table",
  array(select a.attname::text from unnest(s.stxkeys) with ordinality k(number, place)
    join pg_attribute a on a.attrelid = s.stxrelid and a.attnum = k.number order by k.place) as columns,
  s.stxkeys::int2[] as keys, ${serverVersion >= 140000 ? `to_json(v.exprs)` : 'null'} as expressions,
  v.n_distinct::text as ndistinct, v.dependencies::text as dependencies,
  to_json(v.most_common_vals) as values, to_json(v.most_common_val_nulls) as nulls,
  (select json_agg(f::text order by place) from unnest(v.most_common_freqs) with ordinality u(f, place)) as frequencies,
  (select json_agg(f::text order by place) from unnest(v.most_common_base_freqs) with ordinality u(f, place))
    as "baseFrequencies",
  ${serverVersion >= 140000 ? expressions : 'null'} as "expressionStatistics"
from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace
join pg_stats_ext v on v.statistics_schemaname = n.nspname and v.statistics_name = s.stxname
where s.stxrelid = any($1::int8[]::oid[])`;
}

const tableName = (oid: string): string =>
  `(select quote_ident(tn.nspname) || '.' || quote_ident(t.relname)
    from pg_class t join pg_namespace tn on tn.oid = t.relnamespace where t.oid = ${oid})`;

function factsQuery(serverVersion: number): string {
  const list = (query: string): string => `(select coalesce(json_agg(x), '[]') from (${query}) x)`;
  return `select json_build_object('sizes', ${list(SIZES)}, 'attributes', ${list(attributesQuery(serverVersion))},
    'extended', ${serverVersion >= 120000 ? list(extendedQuery(serverVersion)) : `'[]'::json`}) as facts`;
}

interface RangeRow extends Row {
  relation: number;
  attname: string;
  range_length_histogram: string | null;
  range_empty_frac: string | null;
  range_bounds_histogram: string | null;
}

/** STATISTIC_KIND_RANGE_LENGTH_HISTOGRAM and _BOUNDS_HISTOGRAM of pg_statistic.h; for those who may read the table itself. */
async function readRanges(db: Database, oids: readonly number[], signal?: CancelSignal): Promise<RangeRow[]> {
  const [allowed] = await db.query<{ yes: boolean }>(
    `select has_table_privilege('pg_catalog.pg_statistic', 'select') as yes`,
    [],
    signal,
  );
  if (!allowed?.yes) return [];
  const slot = (kind: number, what: string): string =>
    `case ${[1, 2, 3, 4, 5].map(n => `when s.stakind${n} = ${kind} then ${what}${n}::text`).join(' ')} end`;
  return db.query<RangeRow>(
    `select s.starelid::int8::float8 as relation, a.attname::text as attname,
       ${slot(6, 's.stavalues')} as range_length_histogram, ${slot(7, 's.stavalues')} as range_bounds_histogram,
       (case ${[1, 2, 3, 4, 5].map(n => `when s.stakind${n} = 6 then s.stanumbers${n}[1]`).join(' ')} end)::text
         as range_empty_frac
     from pg_statistic s join pg_attribute a on a.attrelid = s.starelid and a.attnum = s.staattnum
     where s.starelid = any($1::int8[]::oid[]) and 6 in (s.stakind1, s.stakind2, s.stakind3, s.stakind4, s.stakind5)`,
    [oids],
    signal,
  );
}

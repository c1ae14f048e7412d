import type { CancelSignal } from '../../../core/base/cancelSignal';
import type { Database, Row } from '../../../core/ports';
import type { AttributeStatistics } from '../shadowProtocol';
import { queryWithin } from './queryWithin';

/** Looking up two ends takes microseconds, unless there are many dead rows at them. */
const LIMIT_MS = 2_000;

/** More columns than that would be asked for one by one for too long. */
const MAX_COLUMNS = 300;

/** The smallest and largest value of a column that leads an index. */
export interface IndexEnds extends Row {
  readonly relation: number;
  readonly attname: string;
  readonly least: string | null;
  readonly greatest: string | null;
}

/** Only of tables written since they were analysed: for others the histogram has the ends. */
const LEADING_COLUMNS = `
select distinct c.oid::int8::float8 as relation, a.attname::text as attname, quote_ident(a.attname) as quoted,
  quote_ident(n.nspname) || '.' || quote_ident(c.relname) as "table"
from pg_index x join pg_class c on c.oid = x.indrelid join pg_namespace n on n.oid = c.relnamespace
join pg_class i on i.oid = x.indexrelid join pg_am m on m.oid = i.relam and m.amname = 'btree'
join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0] join pg_opclass o on o.oid = x.indclass[0]
where c.oid = any($1::int8[]::oid[]) and c.relkind in ('r', 'm') and x.indisvalid and x.indpred is null and o.opcdefault
  and pg_stat_get_mod_since_analyze(c.oid) > 0 and has_column_privilege(c.oid, a.attnum, 'select')
limit ${MAX_COLUMNS}`;

/**
 * Where the planner compares with the end of a histogram, it looks the end up in an index of the column, if there is
 * one (`get_actual_variable_range`): values have grown since. The shadow's indexes are empty, so it is told.
 */
export async function readIndexEnds(
  db: Database,
  oids: readonly number[],
  signal?: CancelSignal,
): Promise<readonly IndexEnds[]> {
  const columns = await db.query<{ relation: number; attname: string; quoted: string; table: string }>(
    LEADING_COLUMNS,
    [oids],
    signal,
  );
  if (columns.length === 0) return [];
  const ends = columns.map(
    ({ quoted, table }, i) => `select ${i} as place,
      (select ${quoted} from only ${table} where ${quoted} is not null order by ${quoted} limit 1)::text as least,
      (select ${quoted} from only ${table} where ${quoted} is not null order by ${quoted} desc limit 1)::text as greatest`,
  );
  const rows = await queryWithin<{ place: number; least: string | null; greatest: string | null }>(
    db,
    ends.join(' union all '),
    LIMIT_MS,
    signal,
  );
  return (rows ?? []).map(({ place, least, greatest }) => {
    const { relation, attname } = columns[place]!;
    return { relation, attname, least, greatest };
  });
}

/** The statistics with the ends of their histogram moved to where they are now. */
export function withEnds<T extends AttributeStatistics>(statistics: T, ends: IndexEnds | undefined): T {
  const bounds = statistics.histogram_bounds;
  if (!ends || ends.least === null || ends.greatest === null || !bounds) return statistics;
  const values = elementsOf(bounds);
  if (values.length < 2) return statistics;
  values[0] = arrayElement(ends.least);
  values[values.length - 1] = arrayElement(ends.greatest);
  return { ...statistics, histogram_bounds: `{${values.join(',')}}` };
}

/** The elements of an array in PostgreSQL's text form, as they stand there. */
export function elementsOf(array: string): string[] {
  return array.slice(1, -1).match(/"(?:[^"\\]|\\.)*"|[^,]+/gs) ?? [];
}

function arrayElement(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

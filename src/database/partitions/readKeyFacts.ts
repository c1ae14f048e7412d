import type { KeyFacts } from '../../core/advisor/partitions/partitionFacts';
import type { KeyKind } from '../../core/advisor/partitions/scheme';
import type { CancelSignal } from '../../core/base/cancelSignal';
import type { Column, Relation } from '../../core/catalog/catalog';
import type { Database, Row } from '../../core/ports';
import { quoteIdentifier, quoteQualified } from '../../core/sql/identifiers';

interface StatisticsRow extends Row {
  nulls: number | null;
  bounds: (number | null)[] | null;
  values: (number | null)[] | null;
  frequencies: number[] | null;
}

/** Times as numbers, whose unit is told apart by their size: from the year 2000 to 2100. */
const EPOCHS: readonly (readonly [KeyKind, number])[] = [
  ['epoch seconds', 1],
  ['epoch milliseconds', 1_000],
  ['epoch microseconds', 1_000_000],
];
const YEAR_2000 = 946_684_800;
const YEAR_2100 = 4_102_444_800;

/** The columns of a table whose values tell a time, with their statistics; those never analysed have none. */
export async function readKeyFacts(db: Database, relation: Relation, signal?: CancelSignal): Promise<KeyFacts[]> {
  const found: KeyFacts[] = [];
  for (const column of relation.columns) {
    const type = TYPES.find(({ name }) => name.test(column.type));
    if (!type || column.generated === 'virtual' || isCounter(column)) continue;
    const facts = await readColumn(db, relation, column, type, signal);
    if (facts) found.push(facts);
  }
  return found;
}

/** A number that a sequence gives is no time, however large it is. */
function isCounter({ generated, defaultExpression }: Column): boolean {
  return generated === 'identity' || /\bnextval\(/.test(defaultExpression ?? '');
}

interface TimeType {
  readonly name: RegExp;
  /** Of the elements of `histogram_bounds`. */
  readonly elements: string;
  /** From a value to a number. */
  number(value: string): string;
  /** From the least and the greatest such number to what kind of key it is, with the units in a second. */
  kind(least: number, most: number): readonly [KeyKind, number] | undefined;
}

const seconds = (value: string): string => `extract(epoch from ${value})`;

const TYPES: readonly TimeType[] = [
  { name: /^date$/, elements: 'date', number: seconds, kind: () => ['date', 1] },
  { name: /^timestamp.* without/, elements: 'timestamp', number: seconds, kind: () => ['timestamp', 1] },
  { name: /^timestamp.* with /, elements: 'timestamptz', number: seconds, kind: () => ['timestamptz', 1] },
  {
    name: /^bigint$|^integer$/,
    elements: 'int8',
    number: value => value,
    kind: (least, most) => EPOCHS.find(([, unit]) => least >= YEAR_2000 * unit && most <= YEAR_2100 * unit),
  },
  {
    name: /^uuid$/,
    elements: 'uuid',
    // milliseconds of version 7; any other version is no time
    number: value =>
      `case when substr(${value}::text, 15, 1) = '7' then ('x' || left(replace(${value}::text, '-', ''), 12))::bit(48)::int8 end`,
    kind: (least, most) => (least >= YEAR_2000 * 1000 && most <= YEAR_2100 * 1000 ? ['uuid v7', 1_000] : undefined),
  },
];

async function readColumn(
  db: Database,
  relation: Relation,
  column: Column,
  type: TimeType,
  signal: CancelSignal | undefined,
): Promise<KeyFacts | undefined> {
  const numbers = (values: string): string =>
    `(select array_agg((${type.number('v')})::float8 order by place)
      from unnest(${values}::text::${type.elements}[]) with ordinality u (v, place))`;
  const [row] = await db.query<StatisticsRow>(
    `select s.null_frac as nulls, ${numbers('s.histogram_bounds')} as bounds, ${numbers('s.most_common_vals')} as values,
       s.most_common_freqs as frequencies
     from pg_stats s where s.schemaname = $1 and s.tablename = $2 and s.attname = $3 and not s.inherited`,
    [relation.schema, relation.name, column.name],
    signal,
  );
  const all = [...(row?.bounds ?? []), ...(row?.values ?? [])];
  if (!row || all.length === 0 || all.some(value => value === null)) return undefined;
  const finite = all.filter(value => value !== null && Number.isFinite(value)) as number[];
  if (finite.length === 0) return undefined;
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const kind = type.kind(least, most);
  if (!kind) return undefined;
  const [name, unit] = kind;
  const ends = await readEnds(db, relation, column, type, signal);
  return {
    column: column.name,
    kind: name,
    nullFraction: row.nulls ?? 0,
    bounds: (row.bounds ?? []).filter(isFinite).map(value => value! / unit),
    mostCommon: (row.values ?? []).flatMap((value, i) =>
      isFinite(value) ? [{ at: value! / unit, fraction: row.frequencies?.[i] ?? 0 }] : [],
    ),
    first: (ends?.first ?? least) / unit,
    last: (ends?.last ?? most) / unit,
    endsFrom: ends ? 'index' : 'statistics',
  };
}

function isFinite(value: number | null): boolean {
  return value !== null && Number.isFinite(value);
}

/** First and last value, where an index knows them: a look at its two ends. */
async function readEnds(
  db: Database,
  relation: Relation,
  { name, type: typeName }: Column,
  type: TimeType,
  signal: CancelSignal | undefined,
): Promise<{ first: number; last: number } | undefined> {
  const column = quoteIdentifier(name);
  const isIndexed = relation.indexes.some(
    ({ method, valid, predicate, keys }) => method === 'btree' && valid && !predicate && keys[0] === column,
  );
  // there is no min(uuid) before 18
  if (!isIndexed || typeName === 'uuid') return undefined;
  const table = quoteQualified(relation.schema, relation.name);
  const [row] = await db.query<{ first: number | null; last: number | null }>(
    `select (${type.number(`min(${column})`)})::float8 as first, (${type.number(`max(${column})`)})::float8 as last from ${table}`,
    [],
    signal,
  );
  if (!row || !isFinite(row.first) || !isFinite(row.last)) return undefined;
  return { first: row.first!, last: row.last! };
}

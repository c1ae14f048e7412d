import { PERIOD_DAYS, type KeyKind, type PeriodUnit, type RangeScheme } from '../../core/advisor/partitions/scheme';
import type { CancelSignal } from '../../core/base/cancelSignal';
import type { Relation } from '../../core/catalog/catalog';
import { DatabaseError, type Database } from '../../core/ports';
import { identifierOf, quoteQualified } from '../../core/sql/identifiers';

export interface GivenScheme {
  readonly period?: PeriodUnit;
  readonly timeZone?: string;
}

/** Lengths of months and years differ by less than this from their mean. */
const SAME_LENGTH = 0.15;

/** How values of a type become seconds, and what kind of key they are. */
const TYPES: readonly (readonly [RegExp, string, (most: number) => readonly [KeyKind, number]])[] = [
  [/^date$/, 'extract(epoch from x::date)', () => ['date', 1]],
  [/^timestamp.* without/, 'extract(epoch from x::timestamp)', () => ['timestamp', 1]],
  [/^timestamp.* with /, 'extract(epoch from x::timestamptz)', () => ['timestamptz', 1]],
  [
    /^(?:bigint|integer)$/,
    'x::int8',
    most =>
      most < 1e11 ? ['epoch seconds', 1] : most < 1e14 ? ['epoch milliseconds', 1e3] : ['epoch microseconds', 1e6],
  ],
  [/^uuid$/, `('x' || left(replace(x, '-', ''), 12))::bit(48)::int8`, () => ['uuid v7', 1e3]],
];

/**
 * By what a table is partitioned, read from the bounds of its partitions: the period they last, and the zone whose
 * midnight they begin at.
 * @throws DatabaseError `unsupported` that says what to give instead, if the bounds do not tell.
 */
export async function readRangeScheme(
  db: Database,
  relation: Relation,
  given: GivenScheme = {},
  signal?: CancelSignal,
): Promise<RangeScheme> {
  const name = quoteQualified(relation.schema, relation.name);
  const no = (reason: string): DatabaseError => new DatabaseError('unsupported', reason);
  const key = /^RANGE \(("(?:[^"]|"")+"|[^"(),\s]+)\)$/i.exec(relation.partitionKey ?? '')?.[1];
  if (!key) throw no(`${name} is not partitioned by the range of one column`);
  const column = relation.columns.find(each => each.name === identifierOf(key));
  const type = TYPES.find(([pattern]) => pattern.test(column?.type ?? ''));
  if (!column || !type) throw no(`${name} is partitioned by ${key}, whose values tell no time`);
  const ends = await readEnds(db, name, type[1], signal);
  const [keyKind, unit] = type[2](Math.max(0, ...ends.map(({ upper }) => upper)));
  const lengths = ends.map(({ lower, upper }) => (upper - lower) / unit / 86_400).sort((a, b) => a - b);
  const period = given.period ?? periodOf(lengths[Math.floor(lengths.length / 2)]);
  if (!period)
    throw no(`the partitions of ${name} do not tell their period; name it (day, week, month, quarter, year)`);
  const starts = ends.map(({ lower }) => lower / unit);
  const timeZone = given.timeZone ?? (await readZone(db, keyKind, starts, signal));
  if (timeZone === undefined)
    throw no(`the partitions of ${name} begin at midnight neither in the server's time zone nor in UTC; name the zone`);
  return { method: 'range', column: column.name, keyKind, period, timeZone };
}

async function readEnds(
  db: Database,
  table: string,
  seconds: string,
  signal: CancelSignal | undefined,
): Promise<{ lower: number; upper: number }[]> {
  const value = (place: number): string =>
    `(select (${seconds})::float8 from (select btrim(b.bound[${place}], '''')) v (x))`;
  return db.query<{ lower: number; upper: number }>(
    `select ${value(1)} as lower, ${value(2)} as upper
     from pg_inherits i join pg_class c on c.oid = i.inhrelid
     cross join lateral (select regexp_match(pg_get_expr(c.relpartbound, c.oid),
       '^FOR VALUES FROM [(](.*)[)] TO [(](.*)[)]$')) b (bound)
     where i.inhparent = $1::text::regclass and b.bound is not null
       and not b.bound && array['MINVALUE', 'MAXVALUE'] order by 1`,
    [table],
    signal,
  );
}

function periodOf(days: number | undefined): PeriodUnit | undefined {
  if (days === undefined) return undefined;
  const units = Object.entries(PERIOD_DAYS) as [PeriodUnit, number][];
  return units.find(([, length]) => Math.abs(days / length - 1) < SAME_LENGTH)?.[0];
}

/** The zone in which most partitions begin at midnight: the server's, or UTC. */
async function readZone(
  db: Database,
  keyKind: KeyKind,
  starts: readonly number[],
  signal: CancelSignal | undefined,
): Promise<string | undefined> {
  const [row] = await db.query<{ zone: string; here: number; utc: number }>(
    `select current_setting('TimeZone') as zone,
       count(*) filter (where (to_timestamp(s) at time zone current_setting('TimeZone'))::time = time '00:00')::int as here,
       count(*) filter (where (to_timestamp(s) at time zone 'UTC')::time = time '00:00')::int as utc
     from unnest($1::float8[]) s`,
    [starts],
    signal,
  );
  const { zone, here, utc } = row!;
  // a key without time zone begins at its own midnight; nothing tells whose
  if (keyKind === 'date' || keyKind === 'timestamp' || here * 2 > starts.length) return zone;
  return utc * 2 > starts.length ? 'UTC' : undefined;
}

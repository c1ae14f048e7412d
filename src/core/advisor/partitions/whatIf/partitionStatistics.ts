import type { KeyFacts } from '../partitionFacts';
import type { KeyKind } from '../scheme';
import { formatArrayText, parseArrayText } from './arrayText';
import { keyText, type ModelPartition } from './layout';

/** A row of `pg_stats`, its values as text; see the manual, 53.27. */
export interface ColumnStatisticsText {
  readonly attname: string;
  readonly n_distinct: string | null;
  readonly most_common_vals?: string | null;
  readonly most_common_freqs?: string | null;
  readonly histogram_bounds?: string | null;
  readonly correlation?: string | null;
}

/** From this correlation with the order of rows on, two columns are taken to grow together. Our own choice. */
const GROWS_TOGETHER = 0.95;

/** What a partition is cut from. */
export interface Cut {
  readonly column: string;
  readonly rows: number;
  /** Of a range. */
  readonly key?: KeyFacts;
  /** `pg_stats.correlation` of the key. */
  readonly keyCorrelation?: number;
  /** The shares of all partitions before this one, in the order of the key. */
  readonly shareBefore: number;
}

/**
 * What ANALYZE would find of a column in one partition, as far as the table's own statistics tell: the key's values
 * within the bounds; of a hashed one so many values fewer; of a column that grows along with the key the same part of its values; any other column is taken
 * to be spread as in the whole table.
 */
export function statisticsWithin<T extends ColumnStatisticsText>(column: T, partition: ModelPartition, cut: Cut): T {
  if (column.attname === cut.column) {
    if (partition.value !== undefined) return ofOneValue(column, partition.value);
    if (partition.range && cut.key) return ofRange(column, partition, cut, cut.key);
    return ofHash(column, partition.share);
  }
  const grows = Math.abs(Number(column.correlation ?? 0));
  if (partition.range && grows >= GROWS_TOGETHER && Math.abs(cut.keyCorrelation ?? 0) >= GROWS_TOGETHER) {
    const isOpposed = Math.sign(Number(column.correlation)) !== Math.sign(cut.keyCorrelation!);
    return ofSlice(column, partition.share, isOpposed ? 1 - cut.shareBefore - partition.share : cut.shareBefore);
  }
  return { ...column, n_distinct: distinctAmong(column.n_distinct, cut.rows, partition.share) };
}

/** Each value lies in one partition, with all its rows; which ones lie here, the hash alone knows. */
function ofHash<T extends ColumnStatisticsText>(column: T, share: number): T {
  const distinct = Number(column.n_distinct ?? 0);
  return {
    ...column,
    n_distinct: distinct > 0 ? String(Math.max(1, Math.round(distinct * share))) : column.n_distinct,
    most_common_vals: null,
    most_common_freqs: null,
  };
}

function ofOneValue<T extends ColumnStatisticsText>(column: T, value: string): T {
  return {
    ...column,
    null_frac: '0',
    n_distinct: '1',
    most_common_vals: formatArrayText([value]),
    most_common_freqs: '{1}',
    histogram_bounds: null,
  };
}

function ofRange<T extends ColumnStatisticsText>(
  column: T,
  { range, share }: ModelPartition,
  cut: Cut,
  key: KeyFacts,
): T {
  const { from, to } = range!;
  const common = parseArrayText(column.most_common_vals ?? '{}');
  const inside = key.mostCommon.flatMap(({ at, fraction }, i) =>
    at >= from && at < to && common[i] !== undefined && share > 0
      ? [{ value: common[i], fraction: fraction / share }]
      : [],
  );
  const ends = [Math.max(from, key.first), Math.min(to - unitOf(key.kind), key.last)];
  const bounds = key.bounds.filter(at => at > ends[0]! && at < ends[1]!);
  const histogram =
    share > 0 && ends[0]! < ends[1]! ? [ends[0]!, ...bounds, ends[1]!].map(at => keyText(key.kind, at)) : undefined;
  const distinct = Number(column.n_distinct ?? 0);
  return {
    ...column,
    null_frac: '0',
    n_distinct: distinct > 0 ? String(Math.max(1, Math.round(distinct * share))) : column.n_distinct,
    most_common_vals: inside.length > 0 ? formatArrayText(inside.map(({ value }) => value)) : null,
    most_common_freqs: inside.length > 0 ? `{${inside.map(({ fraction }) => Math.min(1, fraction)).join(',')}}` : null,
    histogram_bounds: histogram ? formatArrayText(histogram) : null,
  };
}

/** The part of a histogram from one quantile to another; numbers are cut between two bounds. */
function ofSlice<T extends ColumnStatisticsText>(column: T, share: number, before: number): T {
  const bounds = parseArrayText(column.histogram_bounds ?? '{}');
  if (bounds.length < 2 || share <= 0) return column;
  const last = bounds.length - 1;
  const [low, high] = [Math.max(0, before) * last, Math.min(1, before + share) * last];
  const inner = bounds.filter((_, i) => i > low && i < high);
  const distinct = Number(column.n_distinct ?? 0);
  return {
    ...column,
    n_distinct: distinct > 0 ? String(Math.max(1, Math.round(distinct * share))) : column.n_distinct,
    histogram_bounds: formatArrayText([valueAt(bounds, low), ...inner, valueAt(bounds, high)]),
  };
}

function valueAt(bounds: readonly (string | null)[], place: number): string | null {
  const [below, above] = [bounds[Math.floor(place)] ?? null, bounds[Math.ceil(place)] ?? null];
  if (below === null || above === null || !/^-?\d+$/.test(below) || !/^-?\d+$/.test(above)) return below;
  return String(Math.round(Number(below) + (Number(above) - Number(below)) * (place - Math.floor(place))));
}

/** Distinct values among a part of the rows, if they are spread evenly: each is missing with (1 - share)^(rows of it). */
function distinctAmong(distinct: string | null, rows: number, share: number): string | null {
  const all = Number(distinct ?? 0);
  if (all <= 0 || share <= 0) return distinct;
  return String(Math.max(1, Math.round(all * (1 - (1 - share) ** (rows / all)))));
}

/** The least step of a key, in seconds. */
function unitOf(kind: KeyKind): number {
  return { date: 86_400, 'epoch seconds': 1 }[kind as string] ?? 0.001;
}

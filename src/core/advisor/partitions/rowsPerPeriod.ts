import type { KeyFacts, TableFacts } from './partitionFacts';

const DAY = 86_400;

/** What counts as recent: the last 30 days of the key, or the last tenth of its span if that is shorter. Our own choice. */
const RECENT_DAYS = 30;

/** How fast a table grows along a key, from the key's histogram. */
export interface Growth {
  /** Rows a day, over all of the key's span and lately. */
  readonly meanRows: number;
  readonly recentRows: number;
  readonly recentDays: number;
  /** Days between the first and the last value; values of the future do not count. */
  readonly spanDays: number;
}

export function growthAlong(table: TableFacts, key: KeyFacts, now: number): Growth {
  const last = Math.min(key.last, Math.max(now, key.first));
  const spanDays = Math.max(0, last - key.first) / DAY;
  if (spanDays === 0) return { meanRows: 0, recentRows: 0, recentDays: 0, spanDays };
  const recentDays = Math.min(RECENT_DAYS, spanDays / 10);
  const since = last - recentDays * DAY;
  return {
    meanRows: rowsBetween(table, key, key.first, last) / spanDays,
    recentRows: rowsBetween(table, key, since, last) / recentDays,
    recentDays,
    spanDays,
  };
}

/**
 * Estimated rows with `from <= key <= to`: buckets of the histogram by the part of them inside, as the planner itself
 * estimates ranges (`ineq_histogram_selectivity`), and the most common values inside.
 */
export function rowsBetween({ rows }: Pick<TableFacts, 'rows'>, key: KeyFacts, from: number, to: number): number {
  const common = key.mostCommon.reduce((sum, { fraction }) => sum + fraction, 0);
  const inHistogram = Math.max(0, 1 - key.nullFraction - common);
  const inside = key.mostCommon.reduce((sum, { at, fraction }) => sum + (at >= from && at <= to ? fraction : 0), 0);
  const below = shareBelow(key, to) - shareBelow(key, from);
  return rows * (inside + inHistogram * Math.max(0, below));
}

function shareBelow({ bounds, first, last }: KeyFacts, at: number): number {
  // the ends of an index reach further than those of a sample
  const ends =
    bounds.length < 2
      ? [first, last]
      : [Math.min(first, bounds[0]!), ...bounds.slice(1, -1), Math.max(last, bounds.at(-1)!)];
  if (at <= ends[0]!) return 0;
  if (at >= ends.at(-1)!) return 1;
  const place = ends.findIndex(bound => bound > at) - 1;
  const [low, high] = [ends[place]!, ends[place + 1]!];
  return (place + (high > low ? (at - low) / (high - low) : 1)) / (ends.length - 1);
}

import type { HistoryEntry } from './history';

/** One run in a sparkline. */
export interface SparklinePoint {
  readonly id: string;
  readonly at: string;
  readonly value: number;
  /** 0..1 between nothing and the largest value. */
  readonly height: number;
  /** The plan is another one than in the run before. */
  readonly planChanged: boolean;
}

export interface Sparkline {
  readonly measure: 'time' | 'blocks' | 'cost';
  readonly points: readonly SparklinePoint[];
  readonly lowest: number;
  readonly highest: number;
}

/** Fewer points than these are no line. */
const LEAST_POINTS = 2;

/**
 * The runs of a statement as a line: by time if two or more were executed, else by cost; estimates and measurements are
 * never in one line. Undefined if there are too few.
 */
export function sparkline(runs: readonly HistoryEntry[], wanted?: Sparkline['measure']): Sparkline | undefined {
  const measures: readonly Sparkline['measure'][] = wanted ? [wanted] : ['time', 'cost'];
  for (const measure of measures) {
    const known = runs.flatMap(run => {
      const value = valueOf(run, measure);
      return value === undefined ? [] : [{ run, value }];
    });
    if (known.length < LEAST_POINTS) continue;
    const values = known.map(({ value }) => value);
    const highest = Math.max(...values);
    const points = known.map(({ run, value }, i) => ({
      id: run.id,
      at: run.at,
      value,
      height: highest === 0 ? 0 : value / highest,
      planChanged: i > 0 && known[i - 1]?.run.shape !== run.shape,
    }));
    return { measure, points, lowest: Math.min(...values), highest };
  }
  return undefined;
}

function valueOf(run: HistoryEntry, measure: Sparkline['measure']): number | undefined {
  return { time: run.executionMs, blocks: run.blocks, cost: run.totalCost }[measure];
}

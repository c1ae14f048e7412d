/** An interval that holds the true value in 95 of 100 cases, in the unit of the values it was made of. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** What was measured of many runs of the same thing, in milliseconds. */
export interface Latencies {
  readonly runs: number;
  readonly averageMs: number;
  /** Of single runs; 0 for one run. */
  readonly standardDeviationMs: number;
  readonly minimumMs: number;
  readonly maximumMs: number;
  readonly p50Ms: number;
  /** Null below 20 runs: it would be the slowest run, whatever the truth. */
  readonly p95Ms: number | null;
  /** Null below 100 runs. */
  readonly p99Ms: number | null;
  /** Averages of equally many successive runs, oldest first: what comparisons stand on. */
  readonly batchesMs: readonly number[];
  /** Of the average; null with fewer than {@link FEWEST_BATCHES} runs. */
  readonly averageInterval: Interval | null;
}

/**
 * Runs that follow one another are alike (caches, other load), and their times are skewed, so single times are no
 * sample for a t-test. Averages of batches of successive runs nearly are: 10 to 30 batches are enough, more gain
 * nothing. B. Schmeiser, Batch Size Effects in the Analysis of Simulation Output, Operations Research 30 (1982).
 */
const MOST_BATCHES = 20;
export const FEWEST_BATCHES = 10;

/**
 * Figures of runs in the order in which they ended.
 * @param timesMs at least one
 */
export function latenciesOf(timesMs: readonly number[]): Latencies {
  if (timesMs.length === 0) throw new RangeError('no run, no latencies');
  const sorted = Float64Array.from(timesMs).sort();
  const batchesMs = batchAverages(timesMs);
  return {
    runs: timesMs.length,
    averageMs: averageOf(timesMs),
    standardDeviationMs: Math.sqrt(varianceOf(timesMs)),
    minimumMs: sorted[0]!,
    maximumMs: sorted[sorted.length - 1]!,
    p50Ms: percentileOf(sorted, 0.5),
    p95Ms: sorted.length < 20 ? null : percentileOf(sorted, 0.95),
    p99Ms: sorted.length < 100 ? null : percentileOf(sorted, 0.99),
    batchesMs,
    averageInterval: intervalOf(batchesMs),
  };
}

/**
 * The smallest value that at least this share of all values does not exceed (nearest rank: a time that was measured,
 * nothing in between).
 * @param sorted ascending, at least one
 * @param share above 0, up to 1
 */
export function percentileOf(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

export function averageOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of a sample (divided by n - 1); 0 for one value. In two passes: times that hardly differ lose nothing. */
export function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const average = averageOf(values);
  return values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1);
}

/** Averages of up to 20 batches; what does not divide evenly is left out at the beginning, where runs are least settled. */
function batchAverages(timesMs: readonly number[]): number[] {
  const batches = Math.min(MOST_BATCHES, timesMs.length);
  const size = Math.floor(timesMs.length / batches);
  const first = timesMs.length - batches * size;
  return Array.from({ length: batches }, (_, batch) => {
    const start = first + batch * size;
    return averageOf(timesMs.slice(start, start + size));
  });
}

/** Student's interval of the average of batches. */
function intervalOf(batchesMs: readonly number[]): Interval | null {
  if (batchesMs.length < FEWEST_BATCHES) return null;
  const average = averageOf(batchesMs);
  const margin = studentT975(batchesMs.length - 1) * Math.sqrt(varianceOf(batchesMs) / batchesMs.length);
  return { low: average - margin, high: average + margin };
}

/** The standard normal distribution's 97.5 % point. */
const Z = 1.959963984540054;

/**
 * Student's t below which 97.5 % lie: Cornish-Fisher expansion, off by less than 0.001 from 9 degrees of freedom on,
 * the fewest that occur here. Abramowitz and Stegun, formula 26.7.5.
 * @param degrees of freedom, not necessarily whole
 */
export function studentT975(degrees: number): number {
  const terms = [
    (Z ** 3 + Z) / 4,
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96,
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384,
    (79 * Z ** 9 + 776 * Z ** 7 + 1482 * Z ** 5 - 1920 * Z ** 3 - 945 * Z) / 92_160,
  ];
  return terms.reduce((sum, term, power) => sum + term / degrees ** (power + 1), Z);
}

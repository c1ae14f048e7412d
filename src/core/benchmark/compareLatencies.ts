import { averageOf, FEWEST_BATCHES, studentT975, varianceOf, type Interval, type Latencies } from './statistics';

/** Whether two measurements differ by more than they vary. */
export interface LatencyComparison {
  readonly verdict: 'faster' | 'slower' | 'no difference' | 'too few runs';
  /** (after - before) / before of the averages: -0.25 is a quarter less time. */
  readonly change: number;
  /** Of `change`, at 95 %; null with too few runs. */
  readonly interval: Interval | null;
}

/** How the comparison is made, for people. */
export const COMPARISON_METHOD =
  "Welch's t-test at 95 % on the averages of batches of successive runs (10 to 30 batches: Schmeiser 1982), as " +
  'confidence intervals (Georges, Buytaert, Eeckhout: Statistically Rigorous Java Performance Evaluation, OOPSLA 2007). ' +
  'Differences below 2 % are not claimed.';

/**
 * Below so small a share a difference is real for these two measurements and may still come from the process's memory
 * layout or another hour of the day, which one measurement never sees vary (T. Kalibera, R. Jones: Rigorous
 * Benchmarking in Reasonable Time, ISMM 2013). The figure is our own.
 */
const SMALLEST_CHANGE = 0.02;

/**
 * Compares the averages of two measurements of the same thing. Their difference is more than noise if 0 lies outside
 * its 95 % interval: Welch's, for unequal variances (B. L. Welch, Biometrika 34, 1947), on batch averages.
 */
export function compareLatencies(before: Latencies, after: Latencies): LatencyComparison {
  const [a, b] = [before.batchesMs, after.batchesMs];
  const change = (after.averageMs - before.averageMs) / before.averageMs;
  if (a.length < FEWEST_BATCHES || b.length < FEWEST_BATCHES)
    return { verdict: 'too few runs', change, interval: null };
  const [errorA, errorB] = [varianceOf(a) / a.length, varianceOf(b) / b.length];
  const error = errorA + errorB;
  // Welch-Satterthwaite; two measurements without any variation have nothing to estimate.
  const degrees = error === 0 ? a.length : error ** 2 / (errorA ** 2 / (a.length - 1) + errorB ** 2 / (b.length - 1));
  const margin = studentT975(degrees) * Math.sqrt(error);
  const difference = averageOf(b) - averageOf(a);
  const base = averageOf(a);
  const interval = { low: (difference - margin) / base, high: (difference + margin) / base };
  const isNoise = (interval.low <= 0 && interval.high >= 0) || Math.abs(change) < SMALLEST_CHANGE;
  return { verdict: isNoise ? 'no difference' : change < 0 ? 'faster' : 'slower', change, interval };
}

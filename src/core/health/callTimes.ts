/** What `pg_stat_statements` keeps of the calls of one statement. */
export interface CallTimes {
  readonly calls: number;
  readonly meanMs: number;
  readonly deviationMs: number;
}

/**
 * The time below which a share of all calls lies, in milliseconds. Single times are not kept, so each statement's
 * calls are taken for log-normally distributed with its mean and standard deviation (response times are skewed to the
 * right and never negative; sigma^2 = ln(1 + deviation^2 / mean^2), mu = ln mean - sigma^2 / 2), and the mixture's
 * percentile is found by bisection.
 * @param share between 0 and 1, e.g. 0.95.
 */
export function callTimePercentile(statements: readonly CallTimes[], share: number): number {
  const called = statements.filter(({ calls, meanMs }) => calls > 0 && meanMs > 0);
  const total = called.reduce((sum, { calls }) => sum + calls, 0);
  if (total === 0) return 0;
  let low = 0;
  let high = Math.max(...called.map(({ meanMs, deviationMs }) => meanMs + 20 * deviationMs)) * 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    const below = called.reduce((sum, statement) => sum + statement.calls * shareBelow(middle, statement), 0);
    if (below / total < share) low = middle;
    else high = middle;
  }
  return high;
}

function shareBelow(ms: number, { meanMs, deviationMs }: CallTimes): number {
  // A single call has no deviation.
  if (deviationMs === 0) return ms >= meanMs ? 1 : 0;
  const variance = Math.log(1 + (deviationMs / meanMs) ** 2);
  return normalCdf((Math.log(ms) - Math.log(meanMs) + variance / 2) / Math.sqrt(variance));
}

/** Abramowitz and Stegun, formula 7.1.26: error below 1.5e-7. */
function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x);
  return z >= 0 ? 1 - tail / 2 : tail / 2;
}

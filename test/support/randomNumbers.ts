/**
 * Numbers that look like chance and are the same on every run with a seed: a linear congruential generator with the
 * constants of Numerical Recipes. Each is at least 0 and below what is asked for.
 */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

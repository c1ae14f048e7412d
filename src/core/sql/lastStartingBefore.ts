import type { LocatedStatement } from './statement';

/** Number of the last statement that begins at or before `offset`, or -1. */
export function lastStartingBefore(statements: readonly LocatedStatement[], offset: number): number {
  let low = 0;
  let high = statements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (statements[middle]!.range.start <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

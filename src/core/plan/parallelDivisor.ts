/**
 * By how much the planner divides the work below a Gather with so many workers, as `get_parallel_divisor` of
 * PostgreSQL's costsize.c has it: the leader helps less the more workers it has to serve.
 */
export function parallelDivisor(workers: number, leaderHelps = true): number {
  return Math.max(1, workers + (leaderHelps ? Math.max(0, 1 - 0.3 * workers) : 0));
}

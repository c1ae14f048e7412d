import { selfCosts } from './costFigures';
import { exclusiveCounters } from './counters';
import type { DraftNode } from './draftNode';
import { isGather, round } from './draftNode';
import { exclusive } from './exclusive';
import { findInitPlanReaders } from './initPlanReaders';
import { parallelShares } from './parallelShares';
import type { PlanFigures } from './planTree';
import { rawNumber } from './rawValue';
import { rowFigures } from './rowFigures';
import { workerFigures } from './workerFigures';

export type { DraftNode } from './draftNode';

/**
 * Figures of every node, by node id. How PostgreSQL counts (manual, "Using EXPLAIN", and instrument.c):
 * - times and rows are averages per loop; below a Gather `Actual Loops` counts the loops of all processes, so the
 *   wall-clock time, averaged over the processes, is `Actual Total Time` x loops / processes;
 * - buffers, I/O times and WAL are sums over loops and processes, children included;
 * - an InitPlan and a CTE run once, inside the node that first needs their result, although they are listed below
 *   the top node of their query: they are subtracted where they ran, and nowhere else.
 *
 * @param nodes depth-first, parents before children
 * @param executionMs what shares refer to; the root's total when EXPLAIN did not say
 */
export function computeFigures(nodes: readonly DraftNode[], executionMs: number | undefined): PlanFigures[] {
  const shares = parallelShares(nodes);
  const readers = findInitPlanReaders(nodes, shares);
  const timed = nodes.some(node => rawNumber(node.raw, 'Actual Total Time') !== undefined);
  const totalMs = nodes.map(node => (timed ? wallClockMs(node, shares[node.id]?.processes ?? 1) : undefined));
  const selfMs = exclusive(nodes, readers, totalMs);
  const counters = exclusiveCounters(nodes, readers);
  const costs = selfCosts(nodes);
  const whole = executionMs ?? totalMs[0];

  return nodes.map(node => {
    const self = selfMs[node.id];
    const share = shares[node.id] ?? { processes: 1, partial: false, divisor: 1 };
    const loops = rawNumber(node.raw, 'Actual Loops');
    return {
      totalMs: totalMs[node.id],
      selfMs: self,
      selfShare: self === undefined || !whole ? undefined : Math.min(1, self / whole),
      loops,
      ...rowFigures(node, share),
      neverExecuted: loops === 0,
      startupCost: rawNumber(node.raw, 'Startup Cost'),
      totalCost: rawNumber(node.raw, 'Total Cost'),
      selfCost: costs[node.id],
      ...counters[node.id],
      workersPlanned: rawNumber(node.raw, 'Workers Planned'),
      workersLaunched: rawNumber(node.raw, 'Workers Launched'),
      processes: loops && share.processes > 1 ? share.processes : undefined,
      workers: isGather(node) ? undefined : workerFigures(node),
    };
  });
}

function wallClockMs(node: DraftNode, processes: number): number | undefined {
  const loops = rawNumber(node.raw, 'Actual Loops');
  if (loops === 0) return 0;
  const perLoop = rawNumber(node.raw, 'Actual Total Time');
  return perLoop === undefined ? undefined : round((perLoop * (loops ?? 1)) / processes);
}

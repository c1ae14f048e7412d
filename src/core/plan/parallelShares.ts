import { parallelDivisor } from './parallelDivisor';
import type { DraftNode } from './draftNode';
import { isGather, isInitPlan } from './draftNode';
import { rawFlag, rawNumber } from './rawValue';

/** How the work of a node is spread over processes. */
export interface ParallelShare {
  /** The Gather whose workers run the node; absent for what runs in the leader alone. */
  readonly gather?: DraftNode;
  /** Processes that run the node side by side; 1 without a Gather. */
  readonly processes: number;
  /** True if each process sees only a part of the node's rows: it or what feeds it is parallel aware. */
  readonly partial: boolean;
  /** What the planner divided the rows of a partial node by. */
  readonly divisor: number;
}

/** The share of each node, by node id. */
export function parallelShares(nodes: readonly DraftNode[]): ParallelShare[] {
  const gathers: (DraftNode | undefined)[] = [];
  const processes: number[] = [];
  const divisors: number[] = [];
  const partial: boolean[] = nodes.map(() => false);
  for (const node of nodes) {
    const { parent } = node;
    const starts = parent !== undefined && isGather(parent) && !isInitPlan(node) && node.relationship !== 'SubPlan';
    gathers.push(starts ? parent : parent && gathers[parent.id]);
    processes.push(starts ? processesBelow(parent, node) : parent ? (processes[parent.id] ?? 1) : 1);
    divisors.push(starts ? divisorBelow(parent, node) : parent ? (divisors[parent.id] ?? 1) : 1);
  }
  for (const node of [...nodes].reverse()) {
    const aware = rawFlag(node.raw, 'Parallel Aware') && gathers[node.id] !== undefined;
    const fed = node.children.some(
      child => partial[child.id] && !isInitPlan(child) && child.relationship !== 'SubPlan',
    );
    partial[node.id] = !isGather(node) && (aware || fed);
  }
  return nodes.map(({ id }) => ({
    gather: gathers[id],
    processes: processes[id] ?? 1,
    partial: partial[id] ?? false,
    divisor: divisors[id] ?? 1,
  }));
}

/**
 * A Gather's child loops once in each process per loop of the Gather, so the ratio of the two counts the leader exactly
 * when it took part. Without measured loops everybody planned is expected, and the leader.
 */
function processesBelow(gather: DraftNode, child: DraftNode): number {
  const own = rawNumber(child.raw, 'Actual Loops');
  const loops = rawNumber(gather.raw, 'Actual Loops');
  if (own !== undefined && loops) return Math.max(1, own / loops);
  return 1 + (rawNumber(gather.raw, 'Workers Launched') ?? rawNumber(gather.raw, 'Workers Planned') ?? 0);
}

/** With parallel_leader_participation = off the leader does not help, which shows in loops that the workers alone account for. */
function divisorBelow(gather: DraftNode, child: DraftNode): number {
  const planned = rawNumber(gather.raw, 'Workers Planned') ?? 0;
  const launched = rawNumber(gather.raw, 'Workers Launched') ?? 0;
  const leaderHelps = launched === 0 || processesBelow(gather, child) > launched;
  return parallelDivisor(planned, leaderHelps);
}

import type { DraftNode } from './draftNode';
import { isInitPlan, round } from './draftNode';
import type { InitPlanReaders } from './initPlanReaders';

/**
 * Cumulative figures less what lies below, by node id; never negative. InitPlans and CTEs are taken from the reader that
 * can hold them, else from the readers together, and only what nobody can hold from the node they are listed under.
 */
export function exclusive(
  nodes: readonly DraftNode[],
  readers: InitPlanReaders,
  cumulative: readonly (number | undefined)[],
): (number | undefined)[] {
  const own = nodes.map(node => {
    const value = cumulative[node.id];
    if (value === undefined) return undefined;
    return node.children.reduce(
      (rest, child) => (isInitPlan(child) ? rest : rest - (cumulative[child.id] ?? 0)),
      value,
    );
  });
  for (const [initPlan, candidates] of readers) {
    let left = cumulative[initPlan.id] ?? 0;
    const able = candidates.filter(reader => (own[reader.id] ?? 0) >= left);
    // Of two scans of a CTE the one that computed it took longer; of two expressions the first in order ran first.
    const isCte = candidates[0]?.nodeType === 'CTE Scan';
    const first = isCte ? [...able].sort((a, b) => (own[b.id] ?? 0) - (own[a.id] ?? 0))[0] : able[0];
    const order = first ? [first] : [...candidates].sort((a, b) => (own[b.id] ?? 0) - (own[a.id] ?? 0));
    for (const reader of order) left -= take(own, reader, left);
    // Statements that write in a CTE nobody reads run after the main query, outside every node's time.
    const runsAfterwards = candidates.length === 0 && initPlan.nodeType === 'ModifyTable';
    if (left > 0 && initPlan.parent && !runsAfterwards) take(own, initPlan.parent, left);
  }
  return own.map(value => (value === undefined ? undefined : Math.max(0, round(value))));
}

function take(own: (number | undefined)[], node: DraftNode, wanted: number): number {
  const value = own[node.id];
  if (value === undefined) return 0;
  const taken = Math.min(Math.max(0, value), wanted);
  own[node.id] = value - taken;
  return taken;
}

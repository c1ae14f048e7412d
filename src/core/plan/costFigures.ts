import type { DraftNode } from './draftNode';
import { isInitPlan, round } from './draftNode';
import { rawNumber } from './rawValue';

/**
 * The cost of each node without its children, over all the executions the planner reckons with, by node id: the inner
 * side of a nested loop counts once per outer row, and below a LIMIT, or a join that stops at the first match, only the
 * part the planner expects to be run. The selves of a plan add up to the cost of its root.
 */
export function selfCosts(nodes: readonly DraftNode[]): (number | undefined)[] {
  const scales = nodes.map(() => 1);
  return nodes.map(node => {
    const total = rawNumber(node.raw, 'Total Cost');
    if (total === undefined) return undefined;
    const whole = total * (scales[node.id] ?? 1);
    let below = 0;
    for (const child of node.children) {
      const times = executionsOf(child, node) * (scales[node.id] ?? 1);
      scales[child.id] = times;
      below += (rawNumber(child.raw, 'Total Cost') ?? 0) * times;
    }
    if (below > whole && below > 0) {
      for (const child of node.children) scales[child.id] = ((scales[child.id] ?? 1) * whole) / below;
    }
    return Math.max(0, round(whole - below));
  });
}

/** How often a node is run for one run of its parent, as far as the plan tells. */
function executionsOf(node: DraftNode, parent: DraftNode): number {
  if (parent.nodeType !== 'Nested Loop' || node.relationship !== 'Inner' || isInitPlan(node)) return 1;
  // What is kept is cheap to read again.
  if (node.nodeType === 'Materialize' || node.nodeType === 'Memoize') return 1;
  const outer = parent.children.find(child => child.relationship === 'Outer');
  return Math.max(1, (outer && rawNumber(outer.raw, 'Plan Rows')) ?? 1);
}

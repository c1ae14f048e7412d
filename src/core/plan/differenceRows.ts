import type { NodeMatches } from './matchNodes';
import { worksAlike } from './matchNodes';
import type { PlanDifference, PlanNode, PlanTree } from './planTree';

/**
 * Both plans in one list, each node once: the later plan in its order, and what is gone at the place where it would
 * stand, above the work that it did its own on.
 */
export function differenceRows(
  before: PlanTree,
  after: PlanTree,
  { afterOf, beforeOf }: NodeMatches,
): PlanDifference[] {
  const { above, behind } = placeGone(before, after, afterOf);
  const rows: PlanDifference[] = [];
  const putGone = (nodes: readonly PlanNode[] = []) => {
    // A stack, as a chain of gone nodes may be long.
    const pending = [...nodes].reverse();
    for (let node = pending.pop(); node; node = pending.pop()) {
      rows.push({ before: node, depth: node.depth, change: 'removed' });
      pending.push(...[...(behind.get(node) ?? [])].reverse());
    }
  };
  for (const node of after.nodes) {
    putGone(above.get(node));
    const partner = beforeOf.get(node);
    if (!partner) rows.push({ after: node, depth: node.depth, change: 'added' });
    else {
      const change = worksAlike(partner, node) ? 'same' : 'changed';
      rows.push({ before: partner, after: node, depth: node.depth, change });
      putGone(behind.get(partner));
    }
  }
  return rows;
}

/** Gone nodes by what they stand above (in the later plan) or behind (in the earlier one). */
function placeGone(
  before: PlanTree,
  after: PlanTree,
  afterOf: NodeMatches['afterOf'],
): { above: Map<PlanNode, PlanNode[]>; behind: Map<PlanNode, PlanNode[]> } {
  const kept: (PlanNode | undefined)[] = [];
  for (const node of [...before.nodes].reverse()) {
    kept[node.id] = afterOf.has(node) ? node : node.children.map(child => kept[child.id]).find(each => each);
  }
  const above = new Map<PlanNode, PlanNode[]>();
  const behind = new Map<PlanNode, PlanNode[]>();
  for (const node of before.nodes) {
    if (afterOf.has(node)) continue;
    const partner = afterOf.get(kept[node.id] ?? node);
    const previous = before.nodes[node.id - 1];
    if (partner) append(above, partner, node);
    else if (previous) append(behind, previous, node);
    // Nothing at all was kept: what is gone stands ahead of what is new.
    else append(above, after.root, node);
  }
  return { above, behind };
}

function append(to: Map<PlanNode, PlanNode[]>, key: PlanNode, node: PlanNode): void {
  const list = to.get(key);
  if (list) list.push(node);
  else to.set(key, [node]);
}

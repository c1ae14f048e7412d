import type { PlanFinding } from '../../core/plan/planTree';
import type { NodeView } from '../../protocol/planPanel';

/**
 * The nodes that are not inside a collapsed one, in the plan's own order (depth first, parents before children).
 * One pass over the nodes; unknown ids in `collapsed` do no harm.
 */
export function visibleNodes(nodes: readonly NodeView[], collapsed: ReadonlySet<number>): NodeView[] {
  const hidden = new Set<number>();
  return nodes.filter(node => {
    const inside = node.parentId !== undefined && (hidden.has(node.parentId) || collapsed.has(node.parentId));
    if (inside) hidden.add(node.id);
    return !inside;
  });
}

/** Ids of the node's parent, its parent, and so on up to the root. */
export function ancestorsOf(nodes: ReadonlyMap<number, NodeView>, id: number): number[] {
  // a set, so that even parents that go round in a circle come to an end
  const ancestors = new Set<number>();
  let parent = nodes.get(id)?.parentId;
  while (parent !== undefined && !ancestors.has(parent)) {
    ancestors.add(parent);
    parent = nodes.get(parent)?.parentId;
  }
  return [...ancestors];
}

/**
 * The nodes that cost most by themselves, the most expensive first: by own time when the plan was executed, by
 * share of the planner's cost when not. Nodes that took nothing are not among them.
 */
export function hottestNodes(nodes: readonly NodeView[], count: number): NodeView[] {
  // one pass, for a few of ten thousand are wanted
  const hottest: NodeView[] = [];
  for (const node of nodes) {
    const own = weight(node);
    const last = hottest[count - 1];
    if (own <= 0 || (last && weight(last) >= own)) continue;
    const place = hottest.findIndex(other => weight(other) < own);
    hottest.splice(place < 0 ? hottest.length : place, 0, node);
    hottest.length = Math.min(hottest.length, count);
  }
  return hottest;
}

function weight(node: NodeView): number {
  return node.selfMs ?? node.selfShare ?? 0;
}

export type Move = 'up' | 'down' | 'pageUp' | 'pageDown' | 'first' | 'last';

/** The row that a movement of the cursor leads to; -1 when there is none. `page` is the number of rows in sight. */
export function movedIndex(index: number, move: Move, count: number, page: number): number {
  const steps: Record<Move, number> = {
    up: -1,
    down: 1,
    pageUp: -page,
    pageDown: page,
    first: -count,
    last: count,
  };
  if (count === 0) return -1;
  if (index < 0) return move === 'last' || move === 'pageDown' ? count - 1 : 0;
  return Math.min(count - 1, Math.max(0, index + steps[move]));
}

/** The most serious finding of each node that has one. */
export function worstFindings(findings: readonly PlanFinding[]): Map<number, PlanFinding['severity']> {
  const worst = new Map<number, PlanFinding['severity']>();
  for (const severity of ['hint', 'info', 'warning', 'error'] as const) {
    for (const finding of findings) {
      if (finding.severity === severity && finding.nodeId !== undefined) worst.set(finding.nodeId, severity);
    }
  }
  return worst;
}

/** For `aria-posinset` and `aria-setsize`: assistive technology cannot count rows that are not in the document. */
export function placeAmongSiblings(nodes: readonly NodeView[]): Map<number, { position: number; size: number }> {
  const siblings = new Map<number | undefined, number[]>();
  for (const node of nodes) {
    const family = siblings.get(node.parentId);
    if (family) family.push(node.id);
    else siblings.set(node.parentId, [node.id]);
  }
  const places = new Map<number, { position: number; size: number }>();
  for (const family of siblings.values()) {
    family.forEach((id, index) => places.set(id, { position: index + 1, size: family.length }));
  }
  return places;
}

/** All nodes that can be folded, but not the root: folding that would leave nothing to read. */
export function foldableNodes(nodes: readonly NodeView[]): Set<number> {
  return new Set(nodes.filter(node => node.childCount > 0 && node.depth > 0).map(node => node.id));
}

import type { NodeView, PlanView } from '../../src/protocol/planPanel';

/**
 * A plan of `count` nodes in the shapes large plans have: joins in a row, appends over many partitions, and now and
 * then something that never ran. The same for the same count.
 */
export function largeView(count: number): PlanView {
  const types = ['Nested Loop', 'Hash Join', 'Append', 'Index Scan', 'Seq Scan', 'Sort', 'Aggregate'];
  const nodes: { -readonly [K in keyof NodeView]: NodeView[K] }[] = [];
  for (let id = 0; id < count; id++) {
    // every node has up to three children, every hundredth hangs on the one before: both wide and deep
    const parentId = id === 0 ? undefined : id % 100 < 60 ? Math.floor((id - 1) / 3) : id - 1;
    const parent = parentId === undefined ? undefined : nodes[parentId]!;
    if (parent) parent.childCount++;
    const neverExecuted = parent?.neverExecuted === true || id % 97 === 96;
    nodes.push({
      id,
      parentId,
      depth: parent ? parent.depth + 1 : 0,
      childCount: 0,
      nodeType: types[(id * 7) % types.length]!,
      detail: `on counting_results_p${id} cr_${id} using idx_camera_${id}`,
      selfMs: neverExecuted ? undefined : ((id * 37) % 101) / 10,
      selfShare: neverExecuted ? undefined : ((id * 37) % 101) / 10 / (5 * count),
      rowsPlanned: (id * 13) % 5_000,
      rowsActual: neverExecuted ? undefined : (id * 29) % 90_000,
      rowEstimateError: id % 50 === 7 ? 140 : 1.2,
      totalCost: count * 10 - id,
      sharedHitBlocks: neverExecuted ? undefined : id % 400,
      loops: neverExecuted ? 0 : 1,
      neverExecuted,
      properties: [],
    });
  }
  return inPlanOrder({
    title: `Plan of ${count} nodes`,
    sql: 'select * from counting_results',
    connection: 'local',
    server: 'PostgreSQL 18.1',
    analyzed: true,
    executionMs: 5 * count,
    nodes,
    triggers: [],
    findings: [],
    suggestions: [],
    notes: [],
  });
}

/** Depth first, numbered in that order, as plans are. */
function inPlanOrder(view: PlanView): PlanView {
  const children = new Map<number | undefined, NodeView[]>();
  for (const node of view.nodes) children.set(node.parentId, [...(children.get(node.parentId) ?? []), node]);
  const ordered: NodeView[] = [];
  const ids = new Map<number, number>();
  const rest = [view.nodes[0]!];
  for (let node = rest.pop(); node; node = rest.pop()) {
    ids.set(node.id, ordered.length);
    ordered.push(node);
    rest.push(...(children.get(node.id) ?? []).reverse());
  }
  return {
    ...view,
    nodes: ordered.map(node => ({
      ...node,
      id: ids.get(node.id)!,
      ...(node.parentId !== undefined && { parentId: ids.get(node.parentId)! }),
    })),
  };
}

import type { RawPlanNode } from './planTree';

/** A node while the tree is being built: its place is known, its figures are not. */
export interface DraftNode {
  readonly id: number;
  readonly parent?: DraftNode;
  readonly depth: number;
  readonly children: DraftNode[];
  readonly raw: RawPlanNode;
  readonly nodeType: string;
  readonly relationship?: string;
  readonly subplanName?: string;
}

/** Runs once for its query, inside whichever node first needs the result; CTEs are InitPlans to EXPLAIN. */
export function isInitPlan(node: Pick<DraftNode, 'relationship' | 'subplanName'>): boolean {
  return node.relationship === 'InitPlan' || /^(CTE|InitPlan) /.test(node.subplanName ?? '');
}

/** Collects the rows of parallel workers. */
export function isGather(node: Pick<DraftNode, 'nodeType'>): boolean {
  return node.nodeType === 'Gather' || node.nodeType === 'Gather Merge';
}

/** One past the last node id of each node's subtree. */
export function endsOfSubtrees(nodes: readonly DraftNode[]): number[] {
  const ends = nodes.map(node => node.id + 1);
  for (const node of [...nodes].reverse()) {
    if (node.parent) ends[node.parent.id] = Math.max(ends[node.parent.id] ?? 0, ends[node.id] ?? 0);
  }
  return ends;
}

/** PostgreSQL prints microseconds; more digits are noise of the arithmetic. */
export function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

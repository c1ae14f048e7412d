/** A node of EXPLAIN's JSON. */
export type PlanNode = Readonly<Record<string, unknown>>;

export function childrenOf(node: PlanNode): readonly PlanNode[] {
  return Array.isArray(node['Plans']) ? (node['Plans'] as readonly PlanNode[]) : [];
}

export function costOf(node: PlanNode): number {
  return Number(node['Total Cost'] ?? 0);
}

export function rowsOf(node: PlanNode): number {
  return Number(node['Plan Rows'] ?? 1);
}

export function typeOf(node: PlanNode): string {
  return String(node['Node Type']);
}

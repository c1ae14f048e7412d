type PlanNode = Readonly<Record<string, unknown>>;

/** The relations of a set that a plan reads, in the order of the plan; what is pruned as the statement begins is not there. */
export function partitionsScanned(plan: PlanNode, all: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  const visit = (node: PlanNode): void => {
    const name = node['Relation Name'];
    if (typeof name === 'string' && all.has(name) && node['Node Type'] !== 'ModifyTable') found.add(name);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(plan);
  return [...found];
}

/**
 * The cost of a plan without what was pruned when it began: `now()` is known by then, but the planner has counted all
 * partitions it could not exclude before. An Append costs what its children cost and a little for each row.
 */
export function prunedCost(plan: PlanNode): number {
  let excess = 0;
  const visit = (node: PlanNode): void => {
    const children = childrenOf(node);
    if (Number(node['Subplans Removed'] ?? 0) > 0) {
      const left = children.reduce((sum, child) => sum + Number(child['Total Cost'] ?? 0), 0);
      excess += Math.max(0, Number(node['Total Cost'] ?? 0) - left);
    }
    children.forEach(visit);
  };
  visit(plan);
  return Math.max(0, Number(plan['Total Cost'] ?? 0) - excess);
}

function childrenOf(node: PlanNode): readonly PlanNode[] {
  return Array.isArray(node['Plans']) ? (node['Plans'] as PlanNode[]) : [];
}

type PlanNode = Readonly<Record<string, unknown>>;

/** Nodes that pass rows on as they come, so that a LIMIT above stops what is below. */
const STREAMING = new Set([
  'Limit',
  'Incremental Sort',
  'Nested Loop',
  'Result',
  'Subquery Scan',
  'LockRows',
  'Unique',
  'Gather Merge',
  'Gather',
]);
/** A filter on columns with statistics may still be off by this: rows that match need not be spread evenly. */
const MISJUDGED = 10;
/** A statement that gets slower is minded more than one that does not get faster. */
const SLOWDOWN_WEIGHT = 5;

/**
 * What counts against a plan beyond its cost, in planner units, because it walks an index for its order alone and hopes to
 * meet enough rows that pass a filter before long. If none pass it reads the whole index in random order: the classic
 * way in which an index makes a statement slower. A filter on an expression is a guess of the planner's altogether.
 */
export function earlyStopRisk(plan: PlanNode, costBefore: number, isExisting: (index: string) => boolean): number {
  const total = costOf(plan);
  let worst = total;
  const visit = (node: PlanNode): void => {
    const scan = node['Node Type'] === 'Limit' ? walkedForOrder(node, isExisting) : undefined;
    if (scan) {
      const isGuess = /->|\w\(/.test(String(scan['Filter']));
      const stopped = costOf(node);
      const whole = costOf(childrenOf(node)[0] ?? node);
      worst += (isGuess ? whole : Math.min(whole, stopped * MISJUDGED)) - stopped;
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(plan);
  return worst > costBefore ? costBefore - total + SLOWDOWN_WEIGHT * (worst - costBefore) : 0;
}

function walkedForOrder(limit: PlanNode, isExisting: (index: string) => boolean): PlanNode | undefined {
  for (let node: PlanNode | undefined = limit; node; node = childrenOf(node)[0]) {
    const type = String(node['Node Type']);
    if (type === 'Index Scan' || type === 'Index Only Scan') {
      const isGamble = node['Index Cond'] === undefined && node['Filter'] !== undefined;
      return isGamble && !isExisting(String(node['Index Name'])) ? node : undefined;
    }
    if (!STREAMING.has(type)) return undefined;
  }
  return undefined;
}

function childrenOf(node: PlanNode): readonly PlanNode[] {
  return Array.isArray(node['Plans']) ? (node['Plans'] as readonly PlanNode[]) : [];
}

function costOf(node: PlanNode): number {
  return Number(node['Total Cost'] ?? 0);
}

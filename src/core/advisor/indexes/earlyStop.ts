import { childrenOf, costOf, typeOf, type PlanNode } from './planNode';

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

/**
 * What a plan may cost beyond its estimate because it walks a new index for its order alone and hopes to meet enough
 * rows that pass a filter before long. If none pass it reads the whole index in random order: the classic way in which
 * an index makes a statement slower. A filter on an expression is a guess of the planner's altogether.
 */
export function earlyStopCost(plan: PlanNode, isNew: (index: string) => boolean): number {
  let extra = 0;
  const scan = typeOf(plan) === 'Limit' ? walkedForOrder(plan, isNew) : undefined;
  if (scan) {
    const isGuess = /->|\w\(/.test(String(scan['Filter']));
    const stopped = costOf(plan);
    const whole = costOf(childrenOf(plan)[0] ?? plan);
    extra += (isGuess ? whole : Math.min(whole, stopped * MISJUDGED)) - stopped;
  }
  for (const child of childrenOf(plan)) extra += earlyStopCost(child, isNew);
  return extra;
}

function walkedForOrder(limit: PlanNode, isNew: (index: string) => boolean): PlanNode | undefined {
  for (let node: PlanNode | undefined = limit; node; node = childrenOf(node)[0]) {
    const type = typeOf(node);
    if (type === 'Index Scan' || type === 'Index Only Scan') {
      const isGamble = node['Index Cond'] === undefined && node['Filter'] !== undefined;
      return isGamble && isNew(String(node['Index Name'])) ? node : undefined;
    }
    if (!STREAMING.has(type)) return undefined;
  }
  return undefined;
}

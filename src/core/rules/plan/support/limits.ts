import type { PlanNode } from '../../../plan/planTree';

/** Hand on rows as they come, so that a LIMIT above them stops what is below; a second LIMIT speaks for itself. */
const STREAMS = new Set(['Nested Loop', 'Append', 'Merge Append', 'MergeAppend', 'Result', 'ProjectSet', 'Subquery Scan', 'LockRows', 'Gather', 'Gather Merge', 'Memoize', 'Materialize', 'Incremental Sort', 'Unique', 'WindowAgg', 'Hash Join', 'Merge Join']); // prettier-ignore

/** The nodes below a LIMIT that gave it their rows one by one: down the outer sides, never into what is read in full. */
export function streamedBelow(limit: PlanNode): PlanNode[] {
  const found: PlanNode[] = [];
  const pending = limit.children.filter(isFeeding);
  for (let node = pending.pop(); node; node = pending.pop()) {
    found.push(node);
    if (STREAMS.has(node.nodeType)) pending.push(...node.children.filter(isFeeding));
  }
  return found;
}

function isFeeding(node: PlanNode): boolean {
  return node.relationship === 'Outer' || node.relationship === 'Member' || node.relationship === 'Subquery';
}

import type { PlanComparison, PlanDifference, PlanNode, PlanTree } from './planTree';

/** Two runs of one plan differ by a few percent and some scheduling; less than this is called the same. */
const NOISE_SHARE = 0.1;
const NOISE_MS = 0.1;
/** Costs are computed, not measured: only rounding and fresh statistics move them a little. */
const COST_NOISE_SHARE = 0.01;

/**
 * Lays two plans of one statement side by side. The verdict rests on measured execution time when both were
 * executed, otherwise on total cost; differences within the noise are `same`.
 */
export function comparePlans(before: PlanTree, after: PlanTree): PlanComparison {
  const rows: PlanDifference[] = [];
  align(before.root, after.root, 0, rows);
  const beforeMs = before.executionMs ?? before.root.figures.totalMs;
  const afterMs = after.executionMs ?? after.root.figures.totalMs;
  const beforeCost = before.root.figures.totalCost;
  const afterCost = after.root.figures.totalCost;
  const measured = beforeMs !== undefined && afterMs !== undefined;
  const costed = beforeCost !== undefined && afterCost !== undefined;
  let verdict: PlanComparison['verdict'] = 'same';
  if (measured) verdict = judge(beforeMs, afterMs, NOISE_SHARE, NOISE_MS);
  else if (costed) verdict = judge(beforeCost, afterCost, COST_NOISE_SHARE, 0);
  return {
    rows,
    verdict,
    speedUp: measured ? ratio(beforeMs, afterMs) : undefined,
    costRatio: costed ? ratio(beforeCost, afterCost) : undefined,
    ...(measured ? { beforeMs, afterMs } : {}),
    ...(costed ? { beforeCost, afterCost } : {}),
  };
}

function judge(before: number, after: number, share: number, least: number): PlanComparison['verdict'] {
  const noise = Math.max(least, share * Math.max(before, after));
  if (Math.abs(before - after) <= noise) return 'same';
  return after < before ? 'better' : 'worse';
}

/** Undefined instead of infinite: "infinitely faster" says nothing. */
function ratio(before: number, after: number): number | undefined {
  if (after > 0) return before / after;
  return before === after ? 1 : undefined;
}

function align(before: PlanNode, after: PlanNode, depth: number, rows: PlanDifference[]): void {
  if (!looksAlike(before, after)) {
    // A node put on top (a new Sort) or taken away leaves the rest where it was.
    const below = after.children.find(child => looksAlike(before, child));
    if (below) {
      rows.push({ after, depth, change: 'added' });
      for (const child of after.children) {
        if (child === below) align(before, child, depth + 1, rows);
        else onlyOn('after', child, depth + 1, rows);
      }
      return;
    }
    const above = before.children.find(child => looksAlike(child, after));
    if (above) {
      rows.push({ before, depth, change: 'removed' });
      for (const child of before.children) {
        if (child === above) align(child, after, depth + 1, rows);
        else onlyOn('before', child, depth + 1, rows);
      }
      return;
    }
  }
  rows.push({ before, after, depth, change: looksAlike(before, after) ? 'same' : 'changed' });
  alignChildren(before.children, after.children, depth + 1, rows);
}

function alignChildren(
  before: readonly PlanNode[],
  after: readonly PlanNode[],
  depth: number,
  rows: PlanDifference[],
): void {
  // Join order changes often swap the sides, so children are matched by likeness and not by place.
  const partners = new Map<PlanNode, PlanNode>();
  const pairs = before
    .flatMap((b, i) => after.map((a, j) => ({ b, a, likeness: likeness(b, a), distance: Math.abs(i - j) })))
    .filter(pair => pair.likeness > 0)
    .sort((x, y) => y.likeness - x.likeness || x.distance - y.distance);
  const taken = new Set<PlanNode>();
  for (const { b, a } of pairs) {
    if (partners.has(b) || taken.has(a)) continue;
    partners.set(b, a);
    taken.add(a);
  }
  for (const node of before) {
    const partner = partners.get(node);
    if (partner) align(node, partner, depth, rows);
    else onlyOn('before', node, depth, rows);
  }
  for (const node of after) if (!taken.has(node)) onlyOn('after', node, depth, rows);
}

function onlyOn(side: 'before' | 'after', node: PlanNode, depth: number, rows: PlanDifference[]): void {
  const change = side === 'before' ? 'removed' : 'added';
  rows.push(side === 'before' ? { before: node, depth, change } : { after: node, depth, change });
  for (const child of node.children) onlyOn(side, child, depth + 1, rows);
}

function looksAlike(a: PlanNode, b: PlanNode): boolean {
  return (
    a.nodeType === b.nodeType &&
    a.relation === b.relation &&
    a.alias === b.alias &&
    a.index === b.index &&
    a.raw['Join Type'] === b.raw['Join Type'] &&
    a.raw['Strategy'] === b.raw['Strategy']
  );
}

function likeness(a: PlanNode, b: PlanNode): number {
  if (isSubplan(a) !== isSubplan(b)) return 0;
  if (looksAlike(a, b)) return 4;
  const shared = relationsBelow(b).filter(name => relationsBelow(a).includes(name)).length;
  return (shared > 0 ? 2 : 0) + (a.nodeType === b.nodeType ? 1 : 0) + (a.relationship === b.relationship ? 0.5 : 0);
}

function isSubplan(node: PlanNode): boolean {
  return node.subplanName !== undefined;
}

function relationsBelow(node: PlanNode): string[] {
  const own = node.alias ?? node.relation;
  return [...(own === undefined ? [] : [own]), ...node.children.flatMap(relationsBelow)];
}

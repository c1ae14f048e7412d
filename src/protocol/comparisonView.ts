import type { PlanComparison, PlanNode } from '../core/plan/planTree';
import { describeTarget, describeType } from './nodeView';
import type { ComparisonView } from './planPanel';

/** A comparison as plain data, nodes in words. */
export function buildComparison(comparison: PlanComparison): ComparisonView {
  const { verdict, speedUp, beforeMs, afterMs, beforeCost, afterCost } = comparison;
  return {
    verdict,
    speedUp,
    beforeMs,
    afterMs,
    beforeCost,
    afterCost,
    rows: comparison.rows.map(({ before, after, depth, change }) => ({
      depth,
      change,
      before: before && describe(before),
      after: after && describe(after),
      beforeMs: before?.figures.totalMs,
      afterMs: after?.figures.totalMs,
    })),
  };
}

function describe(node: PlanNode): string {
  return `${describeType(node)} ${describeTarget(node)}`.trim();
}

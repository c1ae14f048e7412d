import type { PlanComparison, PlanNode } from '../core/plan/planTree';
import { describeTarget, describeType } from './nodeView';
import type { ComparisonRowView, ComparisonView } from './planPanel';

/** A comparison as plain data, nodes in words. */
export function buildComparison(comparison: PlanComparison): ComparisonView {
  const { rows, ...figures } = comparison;
  return {
    ...figures,
    rows: rows.map(({ before, after, depth, change }): ComparisonRowView => {
      const [then, now] = [before?.figures, after?.figures];
      return {
        depth,
        change,
        before: before && describe(before),
        after: after && describe(after),
        ...(before && { beforeId: before.id }),
        ...(after && { afterId: after.id }),
        beforeMs: then?.totalMs,
        afterMs: now?.totalMs,
        beforeSelfMs: then?.selfMs,
        afterSelfMs: now?.selfMs,
        beforeRows: then?.rowsActual ?? then?.rowsPlanned,
        afterRows: now?.rowsActual ?? now?.rowsPlanned,
        beforeBlocks: then?.selfBlocks,
        afterBlocks: now?.selfBlocks,
      };
    }),
  };
}

function describe(node: PlanNode): string {
  return `${describeType(node)} ${describeTarget(node)}`.trim();
}

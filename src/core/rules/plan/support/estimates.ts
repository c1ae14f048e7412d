import type { PlanNode } from '../../../plan/planTree';

/** ExplainSQL's silence for small counts. */
const LEAST_ROWS_PER_LOOP = 100;
const LEAST_ROWS_IN_ALL = 10_000;

/** True if a wrong estimate of the node is about rows enough to matter. */
export function isWorthwhile(node: PlanNode): boolean {
  const { rowsActual = 0, rowsPlanned, loops = 1 } = node.figures;
  const most = Math.max(rowsActual, rowsPlanned);
  return most / Math.max(1, loops) >= LEAST_ROWS_PER_LOOP || most >= LEAST_ROWS_IN_ALL;
}

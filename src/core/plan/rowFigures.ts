import type { DraftNode } from './draftNode';
import { round } from './draftNode';
import type { ParallelShare } from './parallelShares';
import type { PlanFigures } from './planTree';
import { rawNumber } from './rawValue';

type RowFigures = Pick<
  PlanFigures,
  | 'rowsActual'
  | 'rowsPlanned'
  | 'rowEstimateError'
  | 'rowsRemovedByFilter'
  | 'rowsRemovedByJoinFilter'
  | 'rowsRemovedByRecheck'
>;

/** They hand on bitmaps and count no rows: EXPLAIN prints 0, which is not known. */
const COUNTS_NO_ROWS = new Set(['BitmapAnd', 'BitmapOr']);

/** Rows of a node over all loops and processes, beside those the planner expected over the same. */
export function rowFigures(node: DraftNode, share: ParallelShare): RowFigures {
  const planRows = rawNumber(node.raw, 'Plan Rows');
  const loops = rawNumber(node.raw, 'Actual Loops');
  const perLoop = rawNumber(node.raw, 'Actual Rows');
  if (loops === undefined || perLoop === undefined) return { rowsPlanned: planRows ?? 0 };
  if (loops === 0) return { rowsActual: 0, rowsPlanned: planRows ?? 0 };
  // A partial node is planned for one process; a grouping in parts repeats its groups in every process instead.
  const divided = share.partial && node.nodeType !== 'Aggregate';
  const executions = divided ? loops / share.processes : loops;
  const planned = (planRows ?? 0) * (divided ? share.divisor : 1);
  if (COUNTS_NO_ROWS.has(node.nodeType)) return { rowsPlanned: round(planned * executions) };
  // Without RETURNING the planner of 13 and before expected rows that a ModifyTable never gives.
  const comparable = planRows !== undefined && !(node.nodeType === 'ModifyTable' && perLoop === 0);
  return {
    // Averages are printed rounded (to 0.01 since 18, to 1 before); of all loops together the rows are whole.
    rowsActual: Math.round(perLoop * loops),
    rowsPlanned: round(planned * executions),
    rowEstimateError: comparable ? qError((perLoop * loops) / executions, planned) : undefined,
    rowsRemovedByFilter: removed(node, loops, 'Rows Removed by Filter', ['Filter']),
    rowsRemovedByJoinFilter: removed(node, loops, 'Rows Removed by Join Filter', ['Join Filter']),
    rowsRemovedByRecheck: removed(node, loops, 'Rows Removed by Index Recheck', ['Recheck Cond']),
  };
}

/** Printed as an average over the loops; the text format leaves out 0, so a condition alone means that none failed. */
function removed(node: DraftNode, loops: number, key: string, conditions: readonly string[]): number | undefined {
  const perLoop = rawNumber(node.raw, key);
  if (perLoop !== undefined) return round(perLoop * loops);
  return conditions.some(condition => node.raw[condition] !== undefined) ? 0 : undefined;
}

/** q-error of one execution; both sides count as at least one row, the planner's own lower bound. */
function qError(actual: number, planned: number): number {
  const a = Math.max(1, actual);
  const p = Math.max(1, planned);
  return Math.max(a / p, p / a);
}

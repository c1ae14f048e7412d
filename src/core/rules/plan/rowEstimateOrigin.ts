import { formatCount } from '../../base/units';
import type { PlanNode, PlanTree } from '../../plan/planTree';
import { definePlanRule } from './planRule';
import { condition, nameOf, rows } from './words';

/** explain.depesz.com colours and ExplainSQL's silence for small counts. */
const LEAST_ERROR = 10;
const GRAVE_ERROR = 100;
const LEAST_ROWS_PER_LOOP = 100;
const LEAST_ROWS_IN_ALL = 10_000;

/** Nodes that may stop reading what is below them before it is complete. */
const STOPS_EARLY = new Set(['Limit', 'Merge Join']);

export const rowEstimateOrigin = definePlanRule({
  id: 'plan/row-estimate-origin',
  title: 'Row estimate wrong where it arises',
  docs: {
    problem: 'The planner expected at least ten times more or fewer rows than came.',
    why: 'Join methods and orders above were chosen for a number of rows that is not there. Only the node where the error arises is reported: those above inherit it.',
    thresholds:
      'q-error >= 10, grave from 100 (explain.depesz.com); silent below 100 rows a loop and 10,000 in all (ExplainSQL).',
  },
  check({ tree, wholeMs, report }) {
    if (wholeMs < 1) return;
    for (const node of tree.nodes) {
      const error = node.figures.rowEstimateError ?? 1;
      if (error < LEAST_ERROR || node.children.some(child => isWrong(child)) || isExcused(tree, node)) continue;
      const { rowsActual = 0, rowsPlanned, loops = 1 } = node.figures;
      const most = Math.max(rowsActual, rowsPlanned);
      if (most / Math.max(1, loops) < LEAST_ROWS_PER_LOOP && most < LEAST_ROWS_IN_ALL) continue;
      const way = rowsActual > rowsPlanned ? 'more' : 'fewer';
      report({
        node,
        severity: error >= GRAVE_ERROR ? 'warning' : 'info',
        message: `${nameOf(node)}: ${formatCount(Math.round(error))} times ${way} rows than the planner expected.`,
        evidence: `planned ${rows(rowsPlanned)}, actual ${rows(rowsActual)}, ${formatCount(loops)} ${loops === 1 ? 'loop' : 'loops'}`,
        nextStep: nextStep(node),
      });
    }
  },
});

function isWrong(node: PlanNode): boolean {
  if (node.relationship === 'InitPlan') return false;
  return (node.figures.rowEstimateError ?? 1) >= LEAST_ERROR;
}

/** Fewer rows than planned mean nothing below a node that did not ask for the rest. */
function isExcused(tree: PlanTree, node: PlanNode): boolean {
  const { rowsActual = 0, rowsPlanned } = node.figures;
  // A Memoize or Materialize hands out rows again, and a merge join rewinds its inner side: not the planner's error.
  if (node.nodeType === 'Materialize' || node.nodeType === 'Memoize') return true;
  if (node.parentId !== undefined && node.relationship === 'Inner') {
    if (tree.nodes[node.parentId]?.nodeType === 'Merge Join') return true;
  }
  if (rowsActual > rowsPlanned) return false;
  for (let at: PlanNode | undefined = node; at; at = at.parentId === undefined ? undefined : tree.nodes[at.parentId]) {
    if (at !== node && (STOPS_EARLY.has(at.nodeType) || /Semi|Anti/.test(String(at.raw['Join Type'] ?? ''))))
      return true;
    if (at.relationship === 'SubPlan' || at.relationship === 'InitPlan') return true;
  }
  return false;
}

function nextStep(node: PlanNode): string {
  const text = condition(node, 'Filter') + condition(node, 'Index Cond') + condition(node, 'Recheck Cond');
  if (node.relation === undefined)
    return 'Look at the conditions and groupings of this node: ANALYZE their tables first.';
  if (/\bAND\b/.test(text)) {
    return `ANALYZE ${node.relation}; if that does not help, CREATE STATISTICS on the columns of ${text} together.`;
  }
  return `ANALYZE ${node.relation}; if that does not help, raise the statistics target of the column or create statistics on the expression.`;
}

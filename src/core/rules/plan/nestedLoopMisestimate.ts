import { formatCount, formatMs } from '../../base/units';
import { definePlanRule } from './planRule';
import { nameOf, rows } from './words';

/** As for row estimates; below a hundred repetitions another join would hardly be faster. */
const LEAST_ERROR = 10;
const LEAST_LOOPS = 100;

export const nestedLoopMisestimate = definePlanRule({
  id: 'plan/nested-loop-misestimate',
  title: 'Nested loop chosen for far fewer rows',
  docs: {
    problem: 'A nested loop runs its inner side once per outer row, and ten times more outer rows came than planned.',
    why: 'With the true number the planner would have taken a hash or merge join.',
    thresholds: 'q-error of the outer side >= 10 (explain.depesz.com, ExplainSQL), at least 100 repetitions (ours).',
  },
  check({ tree, report }) {
    for (const node of tree.nodes) {
      if (node.nodeType !== 'Nested Loop') continue;
      const outer = node.children.find(child => child.relationship === 'Outer');
      const inner = node.children.find(child => child.relationship === 'Inner');
      if (!outer || !inner) continue;
      const { rowsActual = 0, rowsPlanned, rowEstimateError = 1 } = outer.figures;
      const loops = inner.figures.loops ?? 0;
      if (rowEstimateError < LEAST_ERROR || rowsActual < rowsPlanned || loops < LEAST_LOOPS) continue;
      const spent = inner.figures.totalMs;
      report({
        node,
        message: `Nested Loop repeats ${nameOf(inner)} ${formatCount(loops)} times; the planner expected ${formatCount(Math.round(rowsPlanned))}.`,
        evidence: `outer side planned ${rows(rowsPlanned)}, actual ${rows(rowsActual)}${spent === undefined ? '' : `; inner side ${formatMs(spent)} in all`}`,
        savesMs: spent,
        nextStep: `Correct the estimate of ${nameOf(outer)} (ANALYZE, CREATE STATISTICS).`,
      });
    }
  },
});

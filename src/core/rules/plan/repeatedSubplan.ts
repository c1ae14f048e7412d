import { formatCount, formatMs } from '../../base/units';
import { definePlanRule } from './planRule';
import { nameOf } from './words';

/** Ours: below this the repetition is cheaper than any join set up instead. */
const LEAST_LOOPS = 100;

export const repeatedSubplan = definePlanRule({
  id: 'plan/repeated-subplan',
  title: 'Subquery run once per row',
  docs: {
    problem: 'A correlated subquery is run again for every row.',
    why: 'As a join or a LATERAL aggregate it could be computed for all rows together.',
    thresholds: 'At least 100 repetitions (ours); the share of the run time decides the rest.',
  },
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const { loops = 0, totalMs } = node.figures;
      if (node.relationship !== 'SubPlan' || loops < LEAST_LOOPS) continue;
      report({
        node,
        message: `${node.subplanName ?? 'A subquery'} (${nameOf(node)}) runs ${formatCount(loops)} times, once per row.`,
        evidence: `${formatCount(loops)} loops${totalMs === undefined ? '' : `, ${formatMs(totalMs)} in all, ${formatMs(totalMs / loops)} each`}`,
        savesMs: totalMs === undefined ? undefined : totalMs * (1 - 1 / loops),
        nextStep: 'Write the subquery as a join with a grouped subquery, or index the columns it looks up.',
      });
    }
  },
});

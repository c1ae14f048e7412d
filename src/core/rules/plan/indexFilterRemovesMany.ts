import { formatMs } from '../../base/units';
import { definePlanRule } from './planRule';
import { condition, nameOf, percent, rows } from './words';

/** ExplainSQL: an index whose filter drops nine rows of ten is the wrong index. */
const REMOVED_SHARE = 0.9;
/** Ours: fewer rows cost less than a millisecond. */
const LEAST_REMOVED = 100;

const SCANS = new Set(['Index Scan', 'Index Only Scan', 'Bitmap Heap Scan']);

export const indexFilterRemovesMany = definePlanRule({
  id: 'plan/index-filter-removes-many',
  title: 'Index that finds mostly rows the filter removes',
  docs: {
    problem: 'The index finds rows, and a filter then removes at least 90 % of them.',
    why: 'Every removed row was fetched from the table. A column of the filter in the index avoids the fetch.',
    thresholds: 'Filter removes >= 90 % of the rows found (ExplainSQL), at least 100 rows.',
  },
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const { rowsActual, rowsRemovedByFilter: removed = 0, selfMs } = node.figures;
      const filter = condition(node, 'Filter');
      if (!SCANS.has(node.nodeType) || !filter || rowsActual === undefined || selfMs === undefined) continue;
      const share = removed / (removed + rowsActual);
      if (removed < LEAST_REMOVED || share < REMOVED_SHARE) continue;
      report({
        node,
        message: `${nameOf(node)} finds ${rows(removed + rowsActual)}, and its filter removes ${percent(share)} of them.`,
        evidence: `${rows(rowsActual)} kept, ${rows(removed)} removed by ${filter}, ${formatMs(selfMs)}`,
        savesMs: selfMs * share,
        nextStep: `Add the columns of ${filter} to the index, or make a partial index with that condition.`,
      });
    }
  },
});

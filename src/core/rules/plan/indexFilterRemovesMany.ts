import { definePlanRule } from './planRule';
import { condition, nameOf, partOf, percent, rows, spent } from './support/words';

/** ExplainSQL: an index whose filter drops nine rows of ten is the wrong index. */
const REMOVED_SHARE = 0.9;
/** Ours: fewer rows cost less than a millisecond. */
const LEAST_REMOVED = 100;

const SCANS = new Set(['Index Scan', 'Index Only Scan', 'Bitmap Heap Scan']);

export const indexFilterRemovesMany = definePlanRule({
  id: 'plan/index-filter-removes-many',
  since: '0.1.0',
  title: 'Index that finds mostly rows the filter removes',
  docs: {
    problem: 'The index finds rows, and a filter then removes at least 90 % of them.',
    why: 'Every removed row was fetched from the table. A column of the filter in the index avoids the fetch.',
    thresholds: 'Filter removes >= 90 % of the rows found (ExplainSQL), at least 100 rows.',
    whenToIgnore: 'The filter differs from call to call, so that no index could hold all its columns.',
  },
  examples: [
    {
      title: 'an index on the camera alone',
      bad: `Index Scan using idx_camera on counting_results  (cost=0.42..900.00 rows=9 width=40) (actual time=0.02..12.0 rows=50 loops=1)
  Index Cond: (camera_id = 7)
  Filter: (direction = 'in'::text)
  Rows Removed by Filter: 9950
Execution Time: 12.1 ms`,
      says: 'Index Scan using idx_camera on counting_results finds 10,000 rows, and its filter removes 99.5 % of them.',
    },
    {
      title: 'a lossy bitmap, whose recheck removes rows that no index could spare',
      good: `Bitmap Heap Scan on counting_results  (cost=4.42..900.00 rows=50 width=40) (actual time=0.02..12.0 rows=50 loops=1)
  Recheck Cond: (camera_id = 7)
  Rows Removed by Index Recheck: 950
  Filter: (direction = 'in'::text)
  Rows Removed by Filter: 20
  Heap Blocks: lossy=100
Execution Time: 12.1 ms`,
    },
  ],
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const { rowsActual, rowsRemovedByFilter: removed = 0, selfMs, selfBlocks } = node.figures;
      const filter = condition(node, 'Filter');
      if (!SCANS.has(node.nodeType) || !filter || rowsActual === undefined) continue;
      const share = removed / (removed + rowsActual);
      if (removed < LEAST_REMOVED || share < REMOVED_SHARE) continue;
      report({
        node,
        message: `${nameOf(node)} finds ${rows(removed + rowsActual)}, and its filter removes ${percent(share)} of them.`,
        evidence: `${rows(rowsActual)} kept, ${rows(removed)} removed by ${filter}${spent(selfMs)}`,
        savesMs: partOf(selfMs, share),
        savesBlocks: partOf(selfBlocks, share),
        nextStep: `Add the columns of ${filter} to the index, or make a partial index with that condition.`,
        steps: [{ kind: 'suggest-index', title: 'Suggest indexes' }],
      });
    }
  },
});

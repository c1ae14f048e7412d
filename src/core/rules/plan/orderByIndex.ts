import { formatCount } from '../../base/units';
import { definePlanRule } from './planRule';
import { columnsIn, relationOf } from './support/conditions';
import { streamedBelow } from './support/limits';
import { condition, nameOf, partOf, percent, rows, spent } from './support/words';

/** As for filters behind an index (ExplainSQL); more rows than an index is descended for. */
const REMOVED_SHARE = 0.9;
const LEAST_REMOVED = 1000;

const plan = (
  removed: number,
  cond = '',
) => `Limit  (cost=0.42..90.00 rows=10 width=40) (actual time=40.0..90.0 rows=10 loops=1)
  ->  Index Scan Backward using idx_captured_at on counting_results  (cost=0.42..9000.00 rows=1000 width=40) (actual time=40.0..90.0 rows=10 loops=1)
${cond}        Filter: (camera_id = 7)
        Rows Removed by Filter: ${removed}
Execution Time: 90.2 ms`;

export const orderByIndex = definePlanRule({
  id: 'plan/order-by-index',
  since: '0.2.0',
  title: 'Index chosen for the order, not for the filter',
  docs: {
    problem: 'Below a LIMIT an index is walked in the order of ORDER BY, and nearly every row fails the filter.',
    why: 'The planner expected to meet the wanted rows soon. Where they lie far away, or are few, it reads the whole index and fetches each row.',
    thresholds: 'No index condition, filter removes >= 90 % of the rows (ExplainSQL) and at least 1,000 (ours).',
    whenToIgnore: 'The values asked for are rare, and ordinary ones are found at once.',
  },
  examples: [
    {
      title: 'the newest rows of a camera that was switched off long ago',
      bad: plan(499_990),
      says: 'Index Scan using idx_captured_at on counting_results reads 500,000 rows in order to find 10 rows for the LIMIT.',
    },
    { title: 'rows that are found at once', good: plan(40) },
    {
      title: 'an index that finds the rows',
      good: plan(499_990, "        Index Cond: (captured_at > '2026-01-01'::date)\n"),
    },
  ],
  check({ tree, catalog, report }) {
    for (const limit of tree.nodes.filter(node => node.nodeType === 'Limit')) {
      for (const node of streamedBelow(limit)) {
        if (!/^Index (Only )?Scan$/.test(node.nodeType) || condition(node, 'Index Cond') !== '') continue;
        const { rowsActual = 0, rowsRemovedByFilter: removed = 0, selfMs, selfBlocks } = node.figures;
        const share = removed / Math.max(1, removed + rowsActual);
        if (removed < LEAST_REMOVED || share < REMOVED_SHARE) continue;
        const filter = condition(node, 'Filter');
        const columns = columnsIn(filter, node, relationOf(node, catalog));
        const first = columns.length > 0 ? columns.join(', ') : 'the columns of the filter';
        report({
          node,
          message: `${nameOf(node)} reads ${rows(removed + rowsActual)} in order to find ${rows(rowsActual)} for the LIMIT.`,
          evidence: `${percent(share)} removed by ${filter}${selfBlocks === undefined ? '' : `, ${formatCount(selfBlocks)} blocks`}${spent(selfMs)}`,
          savesMs: partOf(selfMs, share),
          savesBlocks: partOf(selfBlocks, share),
          nextStep: `Make an index with ${first} first and the columns of ORDER BY behind.`,
          steps: [
            { kind: 'suggest-index', title: 'Suggest indexes' },
            {
              kind: 'explain',
              title: 'Compare without plain index scans',
              settings: { enable_indexscan: 'off', enable_indexonlyscan: 'off' },
              onlyForComparison: true,
            },
          ],
        });
      }
    }
  },
});

import { definePlanRule } from './planRule';
import { streamedBelow } from './support/limits';
import { condition, nameOf, partOf, percent, rows, spent } from './support/words';

/** As for filters behind an index (ExplainSQL); more rows than anybody asks for. */
const REMOVED_SHARE = 0.9;
const LEAST_REMOVED = 1000;

const plan = (removed: number) => `Limit  (cost=0.71..90.00 rows=10 width=40) (actual time=40.0..90.0 rows=10 loops=1)
  ->  Nested Loop Left Join  (cost=0.71..9000.00 rows=1000 width=40) (actual time=40.0..90.0 rows=10 loops=1)
        Filter: (c.site = 'north'::text)
        Rows Removed by Filter: ${removed}
        ->  Index Scan using idx_captured_at on counting_results r  (cost=0.42..900.00 rows=9000 width=40) (actual time=0.01..20.0 rows=${removed + 10} loops=1)
        ->  Index Scan using cameras_pkey on cameras c  (cost=0.29..0.80 rows=1 width=40) (actual time=0.002..0.002 rows=1 loops=${removed + 10})
              Index Cond: (id = r.camera_id)
Execution Time: 90.2 ms`;

export const limitLateFilter = definePlanRule({
  id: 'plan/limit-late-filter',
  since: '0.2.0',
  title: 'Rows for a LIMIT filtered after they were joined',
  docs: {
    problem: 'A LIMIT needs a few rows, and nine of ten were fetched, joined and only then thrown away by a filter.',
    why: 'A LIMIT saves work only if the rows that come first are wanted. A filter that is known only after a join has the whole chain below it run for nothing.',
    thresholds:
      'Filter above a join, subquery or window removes >= 90 % (as ExplainSQL for indexes) and >= 1,000 rows (ours).',
    whenToIgnore: 'The values asked for are rare, and ordinary ones are found at once.',
  },
  examples: [
    {
      title: 'a site that is known only after the join',
      bad: plan(20_000),
      says: 'Nested Loop fetches 20,010 rows to find 10 rows for the LIMIT: its filter comes late.',
    },
    { title: 'a filter that most rows pass', good: plan(20) },
  ],
  check({ tree, report }) {
    for (const limit of tree.nodes.filter(node => node.nodeType === 'Limit')) {
      for (const node of streamedBelow(limit)) {
        if (node.relation !== undefined || node.children.length === 0) continue;
        const {
          rowsActual = 0,
          rowsRemovedByFilter = 0,
          rowsRemovedByJoinFilter = 0,
          totalMs,
          totalBlocks,
        } = node.figures;
        const removed = rowsRemovedByFilter + rowsRemovedByJoinFilter;
        const share = removed / Math.max(1, removed + rowsActual);
        if (removed < LEAST_REMOVED || share < REMOVED_SHARE) continue;
        const filter = condition(node, 'Filter') || condition(node, 'Join Filter');
        report({
          node,
          message: `${nameOf(node)} fetches ${rows(removed + rowsActual)} to find ${rows(rowsActual)} for the LIMIT: its filter comes late.`,
          evidence: `${percent(share)} removed by ${filter}${spent(totalMs)}`,
          savesMs: partOf(totalMs, share),
          savesBlocks: partOf(totalBlocks, share),
          nextStep: `Let ${filter} decide first: index its columns together with those of ORDER BY, or keep the deciding column in the table that is read in order.`,
          steps: [{ kind: 'suggest-index', title: 'Suggest indexes' }],
        });
      }
    }
  },
});

import { definePlanRule } from './planRule';
import { condition, nameOf, partOf, percent, rows, spent } from './support/words';

/** Ours: below that comparing all with all is cheaper than preparing anything. */
const LEAST_REMOVED = 100_000;
const REMOVED_SHARE = 0.9;

const plan = (
  removed: number,
) => `Nested Loop  (cost=0.00..90000.00 rows=1000 width=40) (actual time=0.1..400.0 rows=1000 loops=1)
  Join Filter: ((r.at >= p.starts) AND (r.at < p.ends))
  Rows Removed by Join Filter: ${removed}
  ->  Seq Scan on readings r  (cost=0.00..90.00 rows=1000 width=8) (actual time=0.01..1.0 rows=1000 loops=1)
  ->  Materialize  (cost=0.00..90.00 rows=1000 width=16) (actual time=0.001..0.1 rows=${removed / 1000 + 1} loops=1000)
        ->  Seq Scan on periods p  (cost=0.00..90.00 rows=1000 width=16) (actual time=0.01..1.0 rows=${removed / 1000 + 1} loops=1)
Execution Time: 401.0 ms`;

export const joinFilterRemovesMany = definePlanRule({
  id: 'plan/join-filter-removes-many',
  since: '0.2.0',
  title: 'Join that compares all rows with all',
  docs: {
    problem: 'A join has no key to look rows up by: it compares pairs and throws nine of ten away.',
    why: 'The work grows with the product of both sides. An equality gives a hash or merge join, an index on the inner side a look-up.',
    thresholds: 'At least 100,000 pairs removed, and 90 % of those compared (ours).',
    whenToIgnore: 'One of the sides will always be small.',
  },
  examples: [
    {
      title: 'readings put into periods',
      bad: plan(999_000),
      says: 'Nested Loop compares 1,000,000 pairs of rows and keeps 0.1 % of them.',
    },
    { title: 'a few pairs', good: plan(9000) },
  ],
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const { rowsActual = 0, rowsRemovedByJoinFilter: removed = 0, totalMs, totalBlocks } = node.figures;
      const share = removed / Math.max(1, removed + rowsActual);
      if (removed < LEAST_REMOVED || share < REMOVED_SHARE) continue;
      const filter = condition(node, 'Join Filter');
      report({
        node,
        message: `${nameOf(node)} compares ${rows(removed + rowsActual).replace(' rows', '')} pairs of rows and keeps ${percent(1 - share)} of them.`,
        evidence: `${rows(removed)} removed by ${filter}${spent(totalMs)}`,
        savesMs: partOf(totalMs, share),
        savesBlocks: partOf(totalBlocks, share),
        nextStep: `Give ${filter} an equality to join by, or an index on the inner side (for ranges a GiST index on a range type).`,
        steps: [{ kind: 'suggest-index', title: 'Suggest indexes' }],
      });
    }
  },
});

import { formatCount, formatMs } from '../../base/units';
import { definePlanRule } from './planRule';
import { nameOf, partOf } from './support/words';

/** Ours: below this the repetition is cheaper than any join set up instead. */
const LEAST_LOOPS = 100;

export const repeatedSubplan = definePlanRule({
  id: 'plan/repeated-subplan',
  since: '0.1.0',
  title: 'Subquery run once per row',
  docs: {
    problem: 'A correlated subquery is run again for every row.',
    why: 'As a join or a LATERAL aggregate it could be computed for all rows together.',
    thresholds: 'At least 100 repetitions (ours); the share of the run time decides the rest.',
    whenToIgnore: 'Few of the rows are kept in the end, and each look-up is by a unique key.',
  },
  examples: [
    {
      title: 'a count for every camera',
      bad: `Seq Scan on cameras  (cost=0.00..9000.00 rows=1000 width=12) (actual time=0.1..90.0 rows=1000 loops=1)
  SubPlan 1
    ->  Aggregate  (cost=8.00..8.01 rows=1 width=8) (actual time=0.085..0.085 rows=1 loops=1000)
          ->  Index Only Scan using idx_camera on counting_results  (cost=0.29..7.00 rows=100 width=0) (actual time=0.01..0.07 rows=100 loops=1000)
                Index Cond: (camera_id = cameras.id)
Execution Time: 90.5 ms`,
      says: 'SubPlan 1 (Aggregate) runs 1,000 times, once per row.',
    },
    {
      title: 'a subquery that is hashed once',
      good: `Seq Scan on cameras  (cost=90.00..9000.00 rows=500 width=12) (actual time=30.1..90.0 rows=10 loops=1)
  Filter: (NOT (hashed SubPlan 1))
  Rows Removed by Filter: 990
  SubPlan 1
    ->  Seq Scan on counting_results  (cost=0.00..80.00 rows=100000 width=4) (actual time=0.01..30.0 rows=100000 loops=1)
Execution Time: 90.5 ms`,
    },
  ],
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const { loops = 0, totalMs, totalBlocks } = node.figures;
      if (node.relationship !== 'SubPlan' || loops < LEAST_LOOPS) continue;
      report({
        node,
        message: `${node.subplanName ?? 'A subquery'} (${nameOf(node)}) runs ${formatCount(loops)} times, once per row.`,
        evidence: `${formatCount(loops)} loops${totalMs === undefined ? '' : `, ${formatMs(totalMs)} in all, ${formatMs(totalMs / loops)} each`}`,
        savesMs: partOf(totalMs, 1 - 1 / loops),
        savesBlocks: partOf(totalBlocks, 1 - 1 / loops),
        nextStep: 'Write the subquery as a join with a grouped subquery, or index the columns it looks up.',
        steps: [
          { kind: 'rewrite', title: 'How to write it as a join', rule: 'query/correlated-subquery' },
          { kind: 'suggest-index', title: 'Suggest indexes' },
        ],
      });
    }
  },
});

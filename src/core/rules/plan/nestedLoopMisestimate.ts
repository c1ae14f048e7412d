import { formatCount } from '../../base/units';
import { definePlanRule } from './planRule';
import { tableName } from './support/conditions';
import { nameOf, rows, spent } from './support/words';

/** As for row estimates; below a hundred repetitions another join would hardly be faster. */
const LEAST_ERROR = 10;
const LEAST_LOOPS = 100;

export const nestedLoopMisestimate = definePlanRule({
  id: 'plan/nested-loop-misestimate',
  since: '0.1.0',
  title: 'Nested loop chosen for far fewer rows',
  docs: {
    problem: 'A nested loop runs its inner side once per outer row, and ten times more outer rows came than planned.',
    why: 'With the true number the planner would have taken a hash or merge join.',
    thresholds: 'q-error of the outer side >= 10 (explain.depesz.com, ExplainSQL), at least 100 repetitions (ours).',
    whenToIgnore: 'The comparison shows that another join is no faster.',
  },
  examples: [
    {
      title: 'ten rows planned, five thousand came',
      bad: `Nested Loop  (cost=0.29..90.00 rows=10 width=8) (actual time=0.01..100.0 rows=5000 loops=1)
  ->  Seq Scan on cameras  (cost=0.00..9.00 rows=10 width=8) (actual time=0.01..10.0 rows=5000 loops=1)
  ->  Index Scan using idx_camera on counting_results  (cost=0.29..9.00 rows=1 width=8) (actual time=0.01..0.016 rows=1 loops=5000)
Execution Time: 100.0 ms`,
      says: 'Nested Loop repeats Index Scan using idx_camera on counting_results 5,000 times; the planner expected 10.',
    },
    {
      title: 'as many repetitions as planned',
      good: `Nested Loop  (cost=0.29..90.00 rows=4500 width=8) (actual time=0.01..100.0 rows=5000 loops=1)
  ->  Seq Scan on cameras  (cost=0.00..9.00 rows=4500 width=8) (actual time=0.01..10.0 rows=5000 loops=1)
  ->  Index Scan using idx_camera on counting_results  (cost=0.29..9.00 rows=1 width=8) (actual time=0.01..0.016 rows=1 loops=5000)
Execution Time: 100.0 ms`,
    },
  ],
  check({ tree, report }) {
    for (const node of tree.nodes) {
      if (node.nodeType !== 'Nested Loop') continue;
      const outer = node.children.find(child => child.relationship === 'Outer');
      const inner = node.children.find(child => child.relationship === 'Inner');
      if (!outer || !inner) continue;
      const { rowsActual = 0, rowsPlanned, rowEstimateError = 1 } = outer.figures;
      const { loops = 0, totalMs, totalBlocks } = inner.figures;
      if (rowEstimateError < LEAST_ERROR || rowsActual < rowsPlanned || loops < LEAST_LOOPS) continue;
      report({
        node,
        message: `Nested Loop repeats ${nameOf(inner)} ${formatCount(loops)} times; the planner expected ${formatCount(Math.round(rowsPlanned))}.`,
        evidence: `outer side planned ${rows(rowsPlanned)}, actual ${rows(rowsActual)}${totalMs === undefined ? '' : `; inner side in all${spent(totalMs).slice(1)}`}`,
        savesMs: totalMs,
        savesBlocks: totalBlocks,
        nextStep: `Correct the estimate of ${nameOf(outer)} (ANALYZE, CREATE STATISTICS).`,
        steps: [
          ...(outer.relation === undefined
            ? []
            : [
                {
                  kind: 'sql',
                  what: 'analyze',
                  title: `ANALYZE ${outer.relation}`,
                  sql: [`ANALYZE ${tableName(outer)};`],
                } as const,
              ]),
          {
            kind: 'explain',
            title: 'Compare without nested loops',
            settings: { enable_nestloop: 'off' },
            onlyForComparison: true,
          },
        ],
      });
    }
  },
});

import { formatCount } from '../../base/units';
import { definePlanRule } from './planRule';
import { nameOf } from './support/words';

export const workersNotLaunched = definePlanRule({
  id: 'plan/workers-not-launched',
  since: '0.1.0',
  title: 'Parallel workers missing',
  docs: {
    problem: 'Fewer parallel workers started than were planned.',
    why: 'The plan was chosen for more hands than it got: other statements hold the workers, or the limit is too low.',
    thresholds: 'Any worker missing; the time is what the missing share of the processes would have taken over.',
    whenToIgnore: 'It was measured while much else was running that does not run at other times.',
  },
  examples: [
    {
      title: 'one of four workers',
      bad: `Gather  (cost=0.00..9.00 rows=500 width=8) (actual time=0.01..10.0 rows=500 loops=1)
  Workers Planned: 4
  Workers Launched: 1
  ->  Parallel Seq Scan on counting_results  (cost=0.00..9.00 rows=125 width=8) (actual time=0.01..9.0 rows=250 loops=2)
Execution Time: 10.0 ms`,
      says: 'Gather: 1 of 4 planned workers started.',
    },
    {
      title: 'all workers',
      good: `Gather  (cost=0.00..9.00 rows=500 width=8) (actual time=0.01..10.0 rows=500 loops=1)
  Workers Planned: 4
  Workers Launched: 4
  ->  Parallel Seq Scan on counting_results  (cost=0.00..9.00 rows=125 width=8) (actual time=0.01..9.0 rows=100 loops=5)
Execution Time: 10.0 ms`,
    },
  ],
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const { workersPlanned = 0, workersLaunched, totalMs, neverExecuted } = node.figures;
      if (workersLaunched === undefined || workersLaunched >= workersPlanned || neverExecuted) continue;
      report({
        node,
        message: `${nameOf(node)}: ${formatCount(workersLaunched)} of ${formatCount(workersPlanned)} planned workers started.`,
        evidence: `Workers Planned: ${formatCount(workersPlanned)}, Workers Launched: ${formatCount(workersLaunched)}`,
        savesMs: totalMs === undefined ? undefined : totalMs * (1 - (workersLaunched + 1) / (workersPlanned + 1)),
        nextStep: 'Compare max_parallel_workers and max_worker_processes with what runs at the same time.',
        steps: [
          { kind: 'explain', title: 'Run again, when less is running' },
          {
            kind: 'explain',
            title: 'Compare without parallel workers',
            settings: { max_parallel_workers_per_gather: '0' },
            onlyForComparison: true,
          },
        ],
      });
    }
  },
});

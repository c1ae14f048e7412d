import { formatCount } from '../../base/units';
import { definePlanRule } from './planRule';
import { nameOf } from './words';

export const workersNotLaunched = definePlanRule({
  id: 'plan/workers-not-launched',
  title: 'Parallel workers missing',
  docs: {
    problem: 'Fewer parallel workers started than were planned.',
    why: 'The plan was chosen for more hands than it got: other statements hold the workers, or the limit is too low.',
    thresholds: 'Any worker missing; the time is what the missing share of the processes would have taken over.',
  },
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const { workersPlanned = 0, workersLaunched, totalMs } = node.figures;
      if (workersLaunched === undefined || workersLaunched >= workersPlanned || node.figures.neverExecuted) continue;
      report({
        node,
        message: `${nameOf(node)}: ${formatCount(workersLaunched)} of ${formatCount(workersPlanned)} planned workers started.`,
        evidence: `Workers Planned: ${formatCount(workersPlanned)}, Workers Launched: ${formatCount(workersLaunched)}`,
        savesMs: totalMs === undefined ? undefined : totalMs * (1 - (workersLaunched + 1) / (workersPlanned + 1)),
        nextStep: 'Compare max_parallel_workers and max_worker_processes with what runs at the same time.',
      });
    }
  },
});

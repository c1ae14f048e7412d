import { formatMs } from '../../base/units';
import { definePlanRule } from './planRule';

/** Ours: planning of a few milliseconds is normal, and the first plan in a session also fills the catalog cache. */
const LEAST_MS = 5;

export const planningAboveExecution = definePlanRule({
  id: 'plan/planning-above-execution',
  title: 'Planning takes longer than execution',
  docs: {
    problem: 'The statement spends more time being planned than being run.',
    why: 'Many joins, partitions or indexes make planning long; a prepared statement plans once.',
    thresholds: 'Planning above execution and above 5 ms (ours).',
  },
  check({ tree, report }) {
    const { planningMs, executionMs } = tree;
    if (planningMs === undefined || executionMs === undefined) return;
    if (planningMs < LEAST_MS || planningMs <= executionMs) return;
    report({
      message: `Planning takes ${formatMs(planningMs)}, execution ${formatMs(executionMs)}.`,
      evidence: `Planning Time: ${formatMs(planningMs)}, Execution Time: ${formatMs(executionMs)}`,
      savesMs: planningMs,
      severity: 'info',
      nextStep:
        'Explain once more with a warm catalog cache; if it stays, prepare the statement or reduce partitions and joins.',
    });
  },
});

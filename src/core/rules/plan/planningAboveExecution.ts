import { formatCount, formatMs } from '../../base/units';
import { definePlanRule } from './planRule';

/** Ours: planning of a few milliseconds is normal, and the first plan in a session also fills the catalog cache. */
const LEAST_MS = 5;

const plan = (
  planningMs: number,
) => `Index Scan using orders_pkey on orders  (cost=0.29..8.00 rows=1 width=8) (actual time=0.01..0.02 rows=1 loops=1)
Planning Time: ${planningMs} ms
Execution Time: 0.1 ms`;

export const planningAboveExecution = definePlanRule({
  id: 'plan/planning-above-execution',
  since: '0.1.0',
  title: 'Planning takes longer than execution',
  docs: {
    problem: 'The statement spends more time being planned than being run.',
    why: 'Many joins, partitions or indexes make planning long; a prepared statement plans once.',
    thresholds: 'Planning above execution and above 5 ms (ours).',
    whenToIgnore: 'It was the first statement of its session: reading the catalogs is then part of planning.',
  },
  examples: [
    { title: 'a look-up that is planned for 30 ms', bad: plan(30), says: 'Planning takes 30 ms, execution 0.1 ms.' },
    { title: 'a look-up that is planned for 1 ms', good: plan(1) },
  ],
  check({ tree, statement, report }) {
    const { planningMs, executionMs } = tree;
    if (planningMs === undefined || executionMs === undefined) return;
    if (planningMs < LEAST_MS || planningMs <= executionMs) return;
    const { blocks, blocksRead = 0 } = statement.planning ?? {};
    const catalogs = blocks
      ? `, ${formatCount(blocks)} blocks of the catalogs, ${formatCount(blocksRead)} of them read`
      : '';
    report({
      message: `Planning takes ${formatMs(planningMs)}, execution ${formatMs(executionMs)}.`,
      evidence: `Planning Time: ${formatMs(planningMs)}, Execution Time: ${formatMs(executionMs)}${catalogs}`,
      savesMs: planningMs,
      severity: 'info',
      nextStep:
        'Explain once more with a warm catalog cache; if it stays, prepare the statement or reduce partitions and joins.',
      steps: [{ kind: 'explain', title: 'Run again, with a warm cache' }],
    });
  },
});

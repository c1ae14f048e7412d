import { definePlanRule } from './planRule';
import { rows, spent } from './support/words';

/** Ours: each lock dirties its page and writes WAL; a thousand are noticed by others. */
const LEAST_ROWS = 1000;

const plan = (
  count: number,
) => `LockRows  (cost=0.00..9000.00 rows=5000 width=40) (actual time=0.3..90.0 rows=${count} loops=1)
  ->  Seq Scan on jobs  (cost=0.00..8000.00 rows=5000 width=40) (actual time=0.3..40.0 rows=${count} loops=1)
        Filter: (state = 'new'::text)
Execution Time: 92.0 ms`;

export const rowLocks = definePlanRule({
  id: 'plan/row-locks',
  since: '0.2.0',
  title: 'Many rows locked',
  docs: {
    problem: 'FOR UPDATE or FOR SHARE locks a thousand rows or more.',
    why: 'A lock is written into the row: reading becomes writing, with dirty pages and WAL, and everybody who wants one of the rows waits for the end of the transaction.',
    thresholds: 'At least 1,000 rows (ours).',
    whenToIgnore: 'The transaction changes all of these rows at once.',
  },
  examples: [
    {
      title: 'a queue that is locked as a whole',
      bad: plan(5000),
      says: '5,000 rows are locked until the transaction ends.',
    },
    { title: 'a queue that is worked in portions', good: plan(100) },
  ],
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const { rowsActual = 0, selfMs } = node.figures;
      if (node.nodeType !== 'LockRows' || rowsActual < LEAST_ROWS) continue;
      report({
        node,
        severity: 'info',
        message: `${rows(rowsActual)} are locked until the transaction ends.`,
        evidence: `${rows(rowsActual)} locked${spent(selfMs)}`,
        nextStep: 'Lock fewer at a time (LIMIT, with SKIP LOCKED for queues), or FOR NO KEY UPDATE where keys stay.',
        steps: [{ kind: 'rewrite', title: 'How to take rows from a queue', rule: 'dml/queue-without-skip-locked' }],
      });
    }
  },
});

import { definePlanRule } from './planRule';
import { partOf, percent, rows, spent } from './support/words';

/** Ours: fewer are read in a millisecond. */
const LEAST_SKIPPED = 1000;
const SKIPPED_SHARE = 0.9;

const plan = (
  read: number,
  given: number,
) => `Limit  (cost=900.00..901.00 rows=${given} width=40) (actual time=40.0..40.1 rows=${given} loops=1)
  ->  Index Scan using orders_pkey on orders  (cost=0.29..9000.00 rows=100000 width=40) (actual time=0.01..38.0 rows=${read} loops=1)
Execution Time: 40.2 ms`;

export const offsetReadsRows = definePlanRule({
  id: 'plan/offset-reads-rows',
  since: '0.2.0',
  title: 'OFFSET that reads what it skips',
  docs: {
    problem: 'Nine rows of ten were read, sorted and joined only to be skipped by OFFSET.',
    why: 'OFFSET has no way to jump: page 5,000 costs five thousand times page 1. A condition on the last row seen starts at the right place.',
    thresholds: 'At least 1,000 rows skipped, and 90 % of those read (ours).',
    whenToIgnore: 'Nobody turns to such late pages.',
  },
  examples: [
    { title: 'page 2,501', bad: plan(50_020, 20), says: 'OFFSET skips 50,000 of 50,020 rows that were read.' },
    { title: 'page 2', good: plan(40, 20) },
  ],
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const [child] = node.children.filter(each => each.relationship === 'Outer');
      if (node.nodeType !== 'Limit' || !child) continue;
      const read = child.figures.rowsActual ?? 0;
      const skipped = read - (node.figures.rowsActual ?? 0);
      const share = skipped / Math.max(1, read);
      if (skipped < LEAST_SKIPPED || share < SKIPPED_SHARE) continue;
      const { totalMs, totalBlocks } = child.figures;
      report({
        node,
        message: `OFFSET skips ${rows(skipped).replace(' rows', '')} of ${rows(read)} that were read.`,
        evidence: `${rows(read)} read, ${rows(node.figures.rowsActual ?? 0)} given: ${percent(share)} for nothing${spent(totalMs)}`,
        savesMs: partOf(totalMs, share),
        savesBlocks: partOf(totalBlocks, share),
        nextStep:
          'Ask for the rows after the last one seen (WHERE (key, id) > (..., ...) ORDER BY key, id) with an index in that order.',
        steps: [
          { kind: 'rewrite', title: 'How to page by key', rule: 'query/deep-offset' },
          { kind: 'suggest-index', title: 'Suggest indexes' },
        ],
      });
    }
  },
});

import { formatCount } from '../../base/units';
import { rawNumber } from '../../plan/rawValue';
import { definePlanRule } from './planRule';
import { bitmapMemory, tryWorkMem, workMemAdvice } from './support/memory';
import { nameOf, partOf, rows, spent } from './support/words';

/** Ours: a few lossy pages cost nothing measurable. */
const LOSSY_SHARE = 0.1;

export const lossyBitmap = definePlanRule({
  id: 'plan/lossy-bitmap',
  since: '0.1.0',
  title: 'Bitmap too large for work_mem',
  docs: {
    problem: 'The bitmap remembered whole pages instead of rows, because row addresses did not fit into work_mem.',
    why: 'Every row of a lossy page is checked again, wanted or not.',
    thresholds: 'At least 10 % of the heap blocks lossy (ours); the time of the rows removed by the recheck counts.',
    whenToIgnore: 'The pages hold hardly any other rows, so that the recheck removes few.',
  },
  examples: [
    {
      title: 'four pages of five lossy',
      bad: `Bitmap Heap Scan on counting_results  (cost=90.00..9000.00 rows=500 width=40) (actual time=1.0..40.0 rows=5000 loops=1)
  Recheck Cond: (camera_id = 7)
  Rows Removed by Index Recheck: 90000
  Heap Blocks: exact=1000 lossy=4000
Execution Time: 40.0 ms`,
      says: 'Bitmap Heap Scan on counting_results: the bitmap kept only page numbers for 4,000 of 5,000 blocks.',
    },
    {
      title: 'BRIN, which knows pages only',
      good: `Bitmap Heap Scan on counting_results  (cost=90.00..9000.00 rows=5000 width=40) (actual time=1.0..40.0 rows=5000 loops=1)
  Recheck Cond: (captured_at > '2026-01-01 00:00:00+00'::timestamp with time zone)
  Rows Removed by Index Recheck: 9000
  Heap Blocks: lossy=400
  ->  Bitmap Index Scan on captured_brin  (cost=0.00..12.00 rows=90000 width=0) (actual time=0.1..0.1 rows=4000 loops=1)
        Index Cond: (captured_at > '2026-01-01 00:00:00+00'::timestamp with time zone)
Execution Time: 40.0 ms`,
    },
  ],
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const lossy = rawNumber(node.raw, 'Lossy Heap Blocks') ?? 0;
      const exact = rawNumber(node.raw, 'Exact Heap Blocks') ?? 0;
      const { rowsActual = 0, rowsRemovedByRecheck: removed = 0, rowsRemovedByFilter = 0, selfMs } = node.figures;
      // BRIN is lossy by nature: its recheck is not cured by memory.
      const usesBrin = exact === 0;
      if (lossy === 0 || usesBrin || removed === 0 || lossy < LOSSY_SHARE * (lossy + exact)) continue;
      const bytes = bitmapMemory(lossy + exact);
      report({
        node,
        message: `${nameOf(node)}: the bitmap kept only page numbers for ${formatCount(lossy)} of ${formatCount(lossy + exact)} blocks.`,
        evidence: `Heap Blocks: exact=${formatCount(exact)} lossy=${formatCount(lossy)}, ${rows(removed)} removed by recheck${spent(selfMs)}`,
        savesMs: partOf(selfMs, removed / (removed + rowsActual + rowsRemovedByFilter)),
        nextStep: workMemAdvice(bytes, 'an index that finds fewer rows'),
        steps: tryWorkMem(bytes),
      });
    }
  },
});

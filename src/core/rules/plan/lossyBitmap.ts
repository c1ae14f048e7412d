import { formatCount, formatMs } from '../../base/units';
import { rawNumber } from '../../plan/rawValue';
import { definePlanRule } from './planRule';
import { nameOf, rows } from './words';

/** Ours: a few lossy pages cost nothing measurable. */
const LOSSY_SHARE = 0.1;

export const lossyBitmap = definePlanRule({
  id: 'plan/lossy-bitmap',
  title: 'Bitmap too large for work_mem',
  docs: {
    problem: 'The bitmap remembered whole pages instead of rows, because row addresses did not fit into work_mem.',
    why: 'Every row of a lossy page is checked again, wanted or not.',
    thresholds: 'At least 10 % of the heap blocks lossy (ours); the time of the rows removed by the recheck counts.',
  },
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const lossy = rawNumber(node.raw, 'Lossy Heap Blocks') ?? 0;
      const exact = rawNumber(node.raw, 'Exact Heap Blocks') ?? 0;
      const { rowsActual = 0, loops = 1, selfMs } = node.figures;
      const removed = (rawNumber(node.raw, 'Rows Removed by Index Recheck') ?? 0) * loops;
      // BRIN is lossy by nature: its recheck is not cured by memory.
      const usesBrin = exact === 0;
      if (lossy === 0 || usesBrin || removed === 0 || lossy < LOSSY_SHARE * (lossy + exact)) continue;
      report({
        node,
        message: `${nameOf(node)}: the bitmap kept only page numbers for ${formatCount(lossy)} blocks.`,
        evidence: `Heap Blocks: exact=${formatCount(exact)} lossy=${formatCount(lossy)}, ${rows(removed)} removed by recheck${selfMs === undefined ? '' : `, ${formatMs(selfMs)}`}`,
        savesMs: selfMs === undefined ? undefined : (selfMs * removed) / (removed + rowsActual),
        nextStep: 'Try a larger work_mem for this statement.',
      });
    }
  },
});

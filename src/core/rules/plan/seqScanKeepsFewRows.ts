import { formatCount, formatMs } from '../../base/units';
import { definePlanRule } from './planRule';
import { condition, nameOf, percent, rows } from './words';

/** ExplainSQL's thresholds for sequential scans. */
const KEPT_SHARE = 0.05;
const LEAST_BLOCKS = 1000;
const LEAST_TIME_SHARE = 0.1;
/** Where buffers were not counted: a block of 8 kB holds about 50 to 100 ordinary rows. */
const LEAST_ROWS = 50_000;

export const seqScanKeepsFewRows = definePlanRule({
  id: 'plan/seq-scan-keeps-few-rows',
  title: 'Sequential scan that throws most rows away',
  docs: {
    problem: 'The whole table is read and less than 5 % of its rows pass the filter.',
    why: 'An index on the filtered columns reads only the rows that are wanted.',
    thresholds:
      'Keeps < 5 % of the rows, reads >= 1,000 blocks, takes >= 10 % of the run time (ExplainSQL). Without buffer counts, 50,000 rows stand for 1,000 blocks.',
  },
  check({ tree, wholeMs, report }) {
    for (const node of tree.nodes) {
      const { rowsActual, rowsRemovedByFilter: removed, selfMs, sharedHitBlocks, sharedReadBlocks } = node.figures;
      if (node.nodeType !== 'Seq Scan' || !removed || rowsActual === undefined || selfMs === undefined) continue;
      const scanned = rowsActual + removed;
      const kept = rowsActual / scanned;
      const counted = sharedHitBlocks !== undefined || sharedReadBlocks !== undefined;
      const blocks = (sharedHitBlocks ?? 0) + (sharedReadBlocks ?? 0);
      const large = counted ? blocks >= LEAST_BLOCKS : scanned >= LEAST_ROWS;
      if (kept >= KEPT_SHARE || !large || selfMs < LEAST_TIME_SHARE * wholeMs) continue;
      report({
        node,
        message: `${nameOf(node)} reads ${rows(scanned)} and keeps ${percent(kept)} of them.`,
        evidence: `${rows(rowsActual)} kept, ${rows(removed)} removed by filter${counted ? `, ${formatCount(blocks)} blocks read` : ''}, ${formatMs(selfMs)}`,
        savesMs: selfMs * (1 - kept),
        nextStep: `Create an index that serves ${condition(node, 'Filter') || 'the filter'}.`,
      });
    }
  },
});

import { formatCount } from '../../base/units';
import { definePlanRule } from './planRule';
import { columnsIn, relationOf } from './support/conditions';
import { condition, nameOf, partOf, percent, rows, spent } from './support/words';

/** ExplainSQL's thresholds for sequential scans. */
const KEPT_SHARE = 0.05;
const LEAST_BLOCKS = 1000;
const LEAST_TIME_SHARE = 0.1;
/** Where buffers were not counted: a block of 8 kB holds about 50 to 100 ordinary rows. */
const LEAST_ROWS = 50_000;

export const seqScanKeepsFewRows = definePlanRule({
  id: 'plan/seq-scan-keeps-few-rows',
  since: '0.1.0',
  title: 'Sequential scan that throws most rows away',
  docs: {
    problem: 'The whole table is read and less than 5 % of its rows pass the filter.',
    why: 'An index on the filtered columns reads only the rows that are wanted.',
    thresholds:
      'Keeps < 5 % of the rows, reads >= 1,000 blocks, takes >= 10 % of the run time (ExplainSQL). Without buffer counts, 50,000 rows stand for 1,000 blocks.',
    whenToIgnore: 'The statement runs once a night, and the index would slow down writes all day.',
  },
  examples: [
    {
      title: 'one camera of a thousand, read from the whole table',
      bad: `Seq Scan on counting_results  (cost=0.00..22000.00 rows=90 width=40) (actual time=0.3..81.4 rows=100 loops=1)
  Filter: (camera_id = 7)
  Rows Removed by Filter: 999900
  Buffers: shared hit=900 read=8500
Execution Time: 81.6 ms`,
      says: 'Seq Scan on counting_results reads 1,000,000 rows and keeps < 0.1 % of them.',
    },
    {
      title: 'a scan that keeps a third',
      good: `Seq Scan on counting_results  (cost=0.00..22000.00 rows=300000 width=40) (actual time=0.3..81.4 rows=330000 loops=1)
  Filter: (count > 10)
  Rows Removed by Filter: 670000
  Buffers: shared hit=900 read=8500
Execution Time: 95.6 ms`,
    },
    {
      title: 'a table of a few blocks',
      good: `Seq Scan on cameras  (cost=0.00..22.00 rows=1 width=40) (actual time=0.3..1.4 rows=1 loops=1)
  Filter: (name = 'gate'::text)
  Rows Removed by Filter: 999
  Buffers: shared hit=12
Execution Time: 1.5 ms`,
    },
  ],
  check({ tree, wholeMs, catalog, report }) {
    for (const node of tree.nodes) {
      const { rowsActual, rowsRemovedByFilter: removed, selfMs, selfBlocks } = node.figures;
      if (node.nodeType !== 'Seq Scan' || !removed || rowsActual === undefined) continue;
      const scanned = rowsActual + removed;
      const kept = rowsActual / scanned;
      const large = selfBlocks === undefined ? scanned >= LEAST_ROWS : selfBlocks >= LEAST_BLOCKS;
      if (kept >= KEPT_SHARE || !large || (selfMs !== undefined && selfMs < LEAST_TIME_SHARE * wholeMs)) continue;
      const filter = condition(node, 'Filter');
      const columns = columnsIn(filter, node, relationOf(node, catalog)).join(', ');
      report({
        node,
        message: `${nameOf(node)} reads ${rows(scanned)} and keeps ${percent(kept)} of them.`,
        evidence: `${rows(rowsActual)} kept, ${rows(removed)} removed by ${filter || 'the filter'}${selfBlocks === undefined ? '' : `, ${formatCount(selfBlocks)} blocks read`}${spent(selfMs)}`,
        savesMs: partOf(selfMs, 1 - kept),
        savesBlocks: partOf(selfBlocks, 1 - kept),
        nextStep: `Create an index that serves ${filter || 'the filter'}${columns ? `: on ${columns}` : ''}.`,
        steps: [{ kind: 'suggest-index', title: 'Suggest indexes' }],
      });
    }
  },
});

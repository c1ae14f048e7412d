import { BLOCK_BYTES, formatBytes } from '../../base/units';
import { rawNumber, rawText } from '../../plan/rawValue';
import { definePlanRule } from './planRule';
import { isSmallSpill, tryWorkMem, workMemAdvice } from './support/memory';
import { nameOf, spent } from './support/words';

/** Keep rows in a tuplestore, to hand them out again. */
const KEEPERS = new Set(['Materialize', 'CTE Scan', 'WindowAgg', 'Function Scan', 'Table Function Scan', 'Recursive Union', 'WorkTable Scan']); // prettier-ignore

const plan = (
  written: number,
) => `CTE Scan on recent  (cost=9000.00..9900.00 rows=500000 width=40) (actual time=0.1..390.0 rows=500000 loops=1)
  Buffers: shared hit=5000, temp read=10 written=${written}
  CTE recent
    ->  Seq Scan on counting_results  (cost=0.00..9000.00 rows=500000 width=40) (actual time=0.01..60.0 rows=500000 loops=1)
          Buffers: shared hit=5000
Execution Time: 400.0 ms`;

export const materializeOnDisk = definePlanRule({
  id: 'plan/materialize-on-disk',
  since: '0.2.0',
  title: 'Rows kept in a temporary file',
  docs: {
    problem: 'Rows that a CTE, window, function or Materialize node keeps for later did not fit into work_mem.',
    why: 'They are written to a temporary file and read from there.',
    thresholds: 'Silent below 10 MB together with 5 % of the run time (ExplainSQL), and below 1 MB (ours).',
    whenToIgnore: 'A report that runs rarely and may take its time.',
  },
  examples: [
    {
      title: 'a CTE of half a million rows',
      bad: plan(3200),
      says: 'CTE Scan recent writes 25 MB to a temporary file.',
    },
    { title: 'a CTE that fits', good: plan(0) },
  ],
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const { tempWrittenBlocks: written = 0, tempReadBlocks: read = 0, selfMs, selfShare = 0 } = node.figures;
      if (!KEEPERS.has(node.nodeType) || written === 0) continue;
      const bytes = written * BLOCK_BYTES;
      if (isSmallSpill(bytes, selfShare)) continue;
      // From 18 on EXPLAIN says how much was kept at most.
      const said = rawText(node.raw, 'Storage') === 'Disk' ? rawNumber(node.raw, 'Maximum Storage') : undefined;
      const wanted = 2 * Math.max(bytes, (said ?? 0) * 1024);
      report({
        node,
        message: `${nameOf(node)} writes ${formatBytes(bytes)} to a temporary file.`,
        evidence: `${formatBytes(bytes)} written, ${formatBytes(read * BLOCK_BYTES)} read${spent(selfMs)}`,
        savesMs: selfMs,
        savesBlocks: read + written,
        nextStep: workMemAdvice(wanted, 'keep fewer or narrower rows'),
        steps: tryWorkMem(wanted),
      });
    }
  },
});

import { BLOCK_BYTES, formatBytes } from '../../base/units';
import { definePlanRule } from './planRule';

/** ExplainSQL is silent about spills below 10 MB; many small ones add up. */
const LEAST_BYTES = 10 * 1024 * 1024;

const plan = (
  written: number,
) => `HashSetOp Except  (cost=0.00..9000.00 rows=5000 width=40) (actual time=390.0..395.0 rows=5000 loops=1)
  Buffers: shared hit=5000, temp read=${written} written=${written}
  ->  Seq Scan on orders  (cost=0.00..9000.00 rows=5000 width=40) (actual time=0.01..60.0 rows=5000 loops=1)
        Buffers: shared hit=5000
Execution Time: 400.0 ms`;

export const tempFiles = definePlanRule({
  id: 'plan/temp-files',
  since: '0.2.0',
  title: 'Temporary files',
  docs: {
    problem: 'The statement writes temporary files, and no single node stands out.',
    why: 'What does not fit into work_mem is written and read again; each node has a work_mem of its own.',
    thresholds: 'At least 10 MB written in all (ExplainSQL); silent where a sort, hash or materialization is reported.',
    whenToIgnore: 'A report that runs rarely and may take its time.',
  },
  examples: [
    { title: '25 MB', bad: plan(3200), says: 'The statement writes 25 MB to temporary files.' },
    { title: '800 kB', good: plan(100) },
  ],
  check({ tree, report }) {
    const writers = tree.nodes.filter(node => (node.figures.tempWrittenBlocks ?? 0) > 0);
    const written = writers.reduce((sum, { figures }) => sum + (figures.tempWrittenBlocks ?? 0), 0);
    const read = tree.nodes.reduce((sum, { figures }) => sum + (figures.tempReadBlocks ?? 0), 0);
    const bytes = written * BLOCK_BYTES;
    if (bytes < LEAST_BYTES) return;
    const waits = tree.nodes.map(({ figures }) => figures.tempIoMs).filter(ms => ms !== undefined);
    report({
      message: `The statement writes ${formatBytes(bytes)} to temporary files.`,
      evidence: `${formatBytes(bytes)} written, ${formatBytes(read * BLOCK_BYTES)} read by ${[...new Set(writers.map(node => node.nodeType))].join(', ')}`,
      // Only the waiting is known; the work of the nodes stays.
      savesMs: waits.some(ms => ms > 0) ? waits.reduce((sum, ms) => sum + ms, 0) : undefined,
      savesBlocks: read + written,
      nextStep: 'Try SET LOCAL work_mem for this statement, twice as much until the temporary files are gone.',
      steps: [{ kind: 'explain', title: 'Try with work_mem = 64MB', settings: { work_mem: '64MB' } }],
    });
  },
});

import { formatCount, formatMs } from '../../base/units';
import { definePlanRule } from './planRule';
import { percent } from './support/words';

/** Ours: 8 MB, and as much from outside shared buffers as inside. */
const LEAST_BLOCKS = 1000;
const READ_SHARE = 0.5;

const plan = (
  hit: number,
  read: number,
) => `Seq Scan on orders  (cost=0.00..9000.00 rows=500000 width=40) (actual time=0.3..900.0 rows=500000 loops=1)
  Buffers: shared hit=${hit} read=${read}
  I/O Timings: shared read=700.0
Execution Time: 920.0 ms`;

export const coldCache = definePlanRule({
  id: 'plan/cold-cache',
  since: '0.2.0',
  title: 'Measured with a cold cache',
  docs: {
    problem: 'Most of the blocks were not in shared buffers and had to be read.',
    why: 'The next run finds them there and is much faster: times of a cold and a warm run say nothing about each other. Blocks do.',
    thresholds: 'At least 1,000 blocks read, and at least half of all (ours).',
    whenToIgnore: 'The tables are larger than the memory, so that the statement always reads.',
  },
  examples: [
    {
      title: 'the first run after a restart',
      bad: plan(60, 8940),
      says: '99.33 % of the blocks were not in shared buffers: the run was cold.',
    },
    { title: 'the second run', good: plan(8990, 10) },
  ],
  check({ tree, statement, wholeMs, report }) {
    const { blocksHit: hit = 0, blocksRead: read = 0 } = statement;
    const share = read / Math.max(1, hit + read);
    if (read < LEAST_BLOCKS || share < READ_SHARE) return;
    const waits = tree.nodes.map(({ figures }) => figures).filter(({ ioReadMs }) => ioReadMs !== undefined);
    // Processes wait side by side.
    const waited = waits.reduce((sum, { ioReadMs = 0, processes = 1 }) => sum + ioReadMs / processes, 0);
    const timed = waits.length > 0 && wholeMs > 0;
    report({
      severity: 'hint',
      message: `${percent(share)} of the blocks were not in shared buffers: the run was cold.`,
      evidence: `${formatCount(read)} blocks read, ${formatCount(hit)} found${timed ? `, ${formatMs(waited)} of ${formatMs(wholeMs)} spent reading` : ''}`,
      nextStep: 'Run again and compare the blocks; keep the times of warm runs apart.',
      steps: [{ kind: 'explain', title: 'Run again, with a warm cache' }],
    });
  },
});

import { formatBytes, formatCount } from '../../base/units';
import { definePlanRule } from './planRule';
import { percent } from './support/words';

/** One WAL segment of the default size. */
const LEAST_BYTES = 16 * 1024 * 1024;
/** Ours: a page image is some 8 kB beside records of 100 bytes, so every tenth record decides the size. */
const IMAGES_SHARE = 0.1;

const plan = (
  records: number,
  images: number,
  bytes: number,
) => `Update on orders  (cost=0.00..9000.00 rows=0 width=0) (actual time=900.0..900.0 rows=0 loops=1)
  WAL: records=${records} fpi=${images} bytes=${bytes}
  ->  Seq Scan on orders  (cost=0.00..9000.00 rows=500000 width=40) (actual time=0.3..90.0 rows=500000 loops=1)
Execution Time: 920.0 ms`;

export const walHeavy = definePlanRule({
  id: 'plan/wal-heavy',
  since: '0.2.0',
  title: 'Statement that writes much WAL',
  docs: {
    problem: 'The statement writes more than a segment of write-ahead log.',
    why: 'All of it is flushed at commit, archived and sent to standbys. Every index of the table adds records, and the first change of a page after a checkpoint writes the whole page.',
    thresholds: 'At least 16 MB, the default size of a segment; page images count from 10 % of the records on (ours).',
    whenToIgnore: 'A load or migration that is meant to write that much.',
  },
  examples: [
    {
      title: 'an UPDATE of all rows',
      bad: plan(1_500_000, 9000, 240_000_000),
      says: 'The statement writes 229 MB of WAL.',
    },
    { title: 'an UPDATE of a few', good: plan(200, 10, 90_000) },
  ],
  check({ statement, report }) {
    const { wal } = statement;
    if (!wal || wal.bytes < LEAST_BYTES) return;
    const images = wal.fullPageImages / Math.max(1, wal.records);
    report({
      severity: 'info',
      message: `The statement writes ${formatBytes(wal.bytes)} of WAL.`,
      evidence: `${formatCount(wal.records)} records, ${formatCount(wal.fullPageImages)} full page images (${percent(images)} of the records), ${formatBytes(wal.bytes)}`,
      nextStep:
        images >= IMAGES_SHARE
          ? 'Most are whole pages, written once after each checkpoint: let checkpoints come more rarely (max_wal_size), or compress them (wal_compression).'
          : 'Change fewer rows at a time, leave out rows that stay the same, and drop indexes nobody uses.',
      steps: [{ kind: 'rewrite', title: 'How to change rows in batches', rule: 'dml/unbatched-update' }],
    });
  },
});

import { BLOCK_BYTES, formatBytes, formatCount } from '../../base/units';
import { rawNumber } from '../../plan/rawValue';
import { parentOf } from '../../plan/estimateOrigins';
import { definePlanRule } from './planRule';
import { hashMemMultiplier, isSmallSpill, tryWorkMem, workMemAdvice } from './support/memory';
import { nameOf } from './support/words';

export const hashBatches = definePlanRule({
  id: 'plan/hash-batches',
  since: '0.1.0',
  title: 'Hash that does not fit into memory',
  docs: {
    problem: 'A hash table was split into batches, and all but the first went through temporary files.',
    why: 'Both sides of a join, or all rows of a grouping, are written and read once more.',
    thresholds:
      'More than one batch; silent below 10 MB together with 5 % of the run time (ExplainSQL), and below 1 MB (ours).',
    whenToIgnore: 'A report that runs rarely and may take its time.',
  },
  examples: [
    {
      title: 'a join whose smaller side needs eight times the memory',
      bad: `Hash Join  (cost=900.00..9000.00 rows=500000 width=8) (actual time=30.0..400.0 rows=500000 loops=1)
  Hash Cond: (r.camera_id = c.id)
  ->  Seq Scan on counting_results r  (cost=0.00..900.00 rows=500000 width=8) (actual time=0.01..60.0 rows=500000 loops=1)
  ->  Hash  (cost=0.00..900.00 rows=400000 width=8) (actual time=150.0..150.0 rows=400000 loops=1)
        Buckets: 65536  Batches: 8  Memory Usage: 4096kB
        ->  Seq Scan on cameras c  (cost=0.00..900.00 rows=400000 width=8) (actual time=0.01..60.0 rows=400000 loops=1)
Execution Time: 420.0 ms`,
      says: 'Hash needs 8 batches: it does not fit into work_mem x hash_mem_multiplier.',
    },
    {
      title: 'a hash in memory',
      good: `Hash Join  (cost=900.00..9000.00 rows=500000 width=8) (actual time=30.0..400.0 rows=500000 loops=1)
  Hash Cond: (r.camera_id = c.id)
  ->  Seq Scan on counting_results r  (cost=0.00..900.00 rows=500000 width=8) (actual time=0.01..60.0 rows=500000 loops=1)
  ->  Hash  (cost=0.00..9.00 rows=400 width=8) (actual time=1.0..1.0 rows=400 loops=1)
        Buckets: 1024  Batches: 1  Memory Usage: 24kB
        ->  Seq Scan on cameras c  (cost=0.00..9.00 rows=400 width=8) (actual time=0.01..1.0 rows=400 loops=1)
Execution Time: 420.0 ms`,
    },
  ],
  check({ tree, catalog, report }) {
    for (const node of tree.nodes) {
      const batches = rawNumber(node.raw, 'Hash Batches') ?? rawNumber(node.raw, 'HashAgg Batches') ?? 1;
      if (batches <= 1) continue;
      const join = node.nodeType === 'Hash' ? parentOf(tree, node)?.figures : undefined;
      const disk = rawNumber(node.raw, 'Disk Usage');
      const written = (node.figures.tempWrittenBlocks ?? 0) + (join?.tempWrittenBlocks ?? 0);
      const read = (node.figures.tempReadBlocks ?? 0) + (join?.tempReadBlocks ?? 0);
      const memory = (rawNumber(node.raw, 'Peak Memory Usage') ?? 0) * 1024;
      // Without buffer counts: all batches but the first were written.
      const known = disk === undefined ? written * BLOCK_BYTES : disk * 1024;
      const bytes = known || (batches - 1) * memory;
      const share = (node.figures.selfShare ?? 0) + (join?.selfShare ?? 0);
      if (isSmallSpill(bytes, share)) continue;
      const planned = rawNumber(node.raw, 'Original Hash Batches');
      // A join says what one batch took, a grouping what went to disk; batches are never filled evenly.
      const whole = disk === undefined ? 1.25 * batches * memory : memory + 2 * bytes;
      const workMem = whole / hashMemMultiplier(tree, catalog);
      const [ownMs, joinMs] = [node.figures.selfMs, join?.selfMs];
      report({
        node,
        message: `${nameOf(node)} needs ${formatCount(batches)} batches: it does not fit into work_mem x hash_mem_multiplier.`,
        evidence: `${formatCount(batches)} batches${planned === undefined || planned === batches ? '' : ` (planned ${formatCount(planned)})`}, ${formatBytes(memory)} memory${known === 0 ? '' : `, ${formatBytes(known)} written to temporary files`}`,
        savesMs: ownMs === undefined ? undefined : ownMs + (joinMs ?? 0),
        savesBlocks: read + written,
        nextStep: workMemAdvice(workMem, 'reduce the rows before the hash'),
        steps: tryWorkMem(workMem),
      });
    }
  },
});

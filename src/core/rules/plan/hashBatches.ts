import { formatBytes, formatCount } from '../../base/units';
import { BLOCK_BYTES } from '../../base/units';
import { rawNumber } from '../../plan/rawValue';
import { definePlanRule } from './planRule';
import { isSmallSpill } from './spill';
import { nameOf } from './words';

export const hashBatches = definePlanRule({
  id: 'plan/hash-batches',
  title: 'Hash that does not fit into memory',
  docs: {
    problem: 'A hash table was split into batches, and all but the first went through temporary files.',
    why: 'Both sides of a join, or all rows of a grouping, are written and read once more.',
    thresholds: 'More than one batch; silent below 10 MB together with 5 % of the run time (ExplainSQL).',
  },
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const batches = rawNumber(node.raw, 'Hash Batches') ?? rawNumber(node.raw, 'HashAgg Batches') ?? 1;
      if (batches <= 1) continue;
      const join = node.nodeType === 'Hash' && node.parentId !== undefined ? tree.nodes[node.parentId] : undefined;
      const disk = rawNumber(node.raw, 'Disk Usage');
      const blocks = (node.figures.tempWrittenBlocks ?? 0) + (join?.figures.tempWrittenBlocks ?? 0);
      const bytes = disk === undefined ? blocks * BLOCK_BYTES : disk * 1024;
      const share = (node.figures.selfShare ?? 0) + (join?.figures.selfShare ?? 0);
      if (isSmallSpill(bytes, share)) continue;
      const planned = rawNumber(node.raw, 'Original Hash Batches');
      const memory = rawNumber(node.raw, 'Peak Memory Usage') ?? 0;
      report({
        node,
        message: `${nameOf(node)} needs ${formatCount(batches)} batches: it does not fit into work_mem x hash_mem_multiplier.`,
        evidence: `${formatCount(batches)} batches${planned === undefined ? '' : ` (planned ${formatCount(planned)})`}, ${formatBytes(memory * 1024)} memory, ${formatBytes(bytes)} written to temporary files`,
        savesMs: (node.figures.selfMs ?? 0) + (join?.figures.selfMs ?? 0),
        nextStep:
          'Try a larger work_mem or hash_mem_multiplier for this statement, or reduce the rows before the hash.',
      });
    }
  },
});

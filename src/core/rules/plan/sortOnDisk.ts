import { formatBytes } from '../../base/units';
import { rawNumber, rawObjects, rawText } from '../../plan/rawValue';
import { definePlanRule } from './planRule';
import { isSmallSpill, sortMemory, tryWorkMem, workMemAdvice } from './support/memory';
import { nameOf, spent } from './support/words';

export const sortOnDisk = definePlanRule({
  id: 'plan/sort-on-disk',
  since: '0.1.0',
  title: 'Sort that does not fit into work_mem',
  docs: {
    problem: 'The sort wrote its rows to temporary files.',
    why: 'Rows that fit into work_mem are sorted in memory; an index in the right order needs no sort at all.',
    thresholds: 'Silent below 10 MB together with 5 % of the run time (ExplainSQL), and below 1 MB (ours).',
    whenToIgnore: 'A report that runs rarely and may take its time.',
  },
  examples: [
    {
      title: 'half of the time in a merge of temporary files',
      bad: `Sort  (cost=90000.00..92000.00 rows=500000 width=40) (actual time=300.0..400.0 rows=500000 loops=1)
  Sort Key: captured_at
  Sort Method: external merge  Disk: 24000kB
  ->  Seq Scan on counting_results  (cost=0.00..9000.00 rows=500000 width=40) (actual time=0.01..120.0 rows=500000 loops=1)
Execution Time: 420.0 ms`,
      says: 'Sort writes 23.4 MB to disk.',
    },
    {
      title: 'a sort in memory',
      good: `Sort  (cost=90.00..92.00 rows=5000 width=40) (actual time=3.0..4.0 rows=5000 loops=1)
  Sort Key: captured_at
  Sort Method: quicksort  Memory: 480kB
  ->  Seq Scan on counting_results  (cost=0.00..90.00 rows=5000 width=40) (actual time=0.01..1.0 rows=5000 loops=1)
Execution Time: 4.2 ms`,
    },
  ],
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const { selfMs, selfShare = 0, rowsActual = 0, loops, tempReadBlocks = 0, tempWrittenBlocks = 0 } = node.figures;
      // Each worker sorts for itself and says so for itself.
      const sorts = [node.raw, ...rawObjects(node.raw, 'Workers')].filter(
        sort => rawText(sort, 'Sort Space Type') === 'Disk',
      );
      if (sorts.length === 0) continue;
      const bytes = sorts.map(sort => (rawNumber(sort, 'Sort Space Used') ?? 0) * 1024);
      const all = bytes.reduce((sum, part) => sum + part, 0);
      if (isSmallSpill(all, selfShare)) continue;
      const inMemory = sortMemory(rowsActual / (loops || 1), rawNumber(node.raw, 'Plan Width') ?? 0);
      // Widths are estimates: what was written is at least what has to fit.
      const wanted = Math.max(1.5 * Math.max(...bytes), inMemory);
      report({
        node,
        message: `${nameOf(node)} writes ${formatBytes(all)} to disk.`,
        evidence: `Sort Method: ${rawText(sorts[0] ?? {}, 'Sort Method') ?? 'external'}, ${formatBytes(all)} on disk${sorts.length > 1 ? ` by ${sorts.length} processes` : ''}${spent(selfMs)}`,
        savesMs: selfMs,
        savesBlocks: tempReadBlocks + tempWrittenBlocks,
        nextStep: workMemAdvice(wanted, 'make an index that delivers the order'),
        steps: [...tryWorkMem(wanted), { kind: 'suggest-index', title: 'Suggest indexes' }],
      });
    }
  },
});

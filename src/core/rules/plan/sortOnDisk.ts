import { formatBytes, formatMs } from '../../base/units';
import { rawNumber, rawObjects, rawText } from '../../plan/rawValue';
import { definePlanRule } from './planRule';
import { nameOf } from './words';
import { isSmallSpill } from './spill';

export const sortOnDisk = definePlanRule({
  id: 'plan/sort-on-disk',
  title: 'Sort that does not fit into work_mem',
  docs: {
    problem: 'The sort wrote its rows to temporary files.',
    why: 'Rows that fit into work_mem are sorted in memory; an index in the right order needs no sort at all.',
    thresholds: 'Silent below 10 MB together with 5 % of the run time (ExplainSQL).',
  },
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const { selfMs, selfShare = 0 } = node.figures;
      // Each worker sorts for itself and says so for itself.
      const sorts = [node.raw, ...rawObjects(node.raw, 'Workers')].filter(
        sort => rawText(sort, 'Sort Space Type') === 'Disk',
      );
      if (sorts.length === 0) continue;
      const bytes = sorts.map(sort => (rawNumber(sort, 'Sort Space Used') ?? 0) * 1024);
      const all = bytes.reduce((sum, part) => sum + part, 0);
      if (isSmallSpill(all, selfShare)) continue;
      // Rows are larger in memory than on disk; twice is the usual allowance.
      const wanted = formatBytes(2 * Math.max(...bytes)).replace(/(\.\d+)? (\w+)$/, (_, __, unit: string) => unit);
      report({
        node,
        message: `${nameOf(node)} writes ${formatBytes(all)} to disk.`,
        evidence: `Sort Method: ${rawText(sorts[0] ?? {}, 'Sort Method') ?? 'external'}, ${formatBytes(all)} on disk${selfMs === undefined ? '' : `, ${formatMs(selfMs)}`}`,
        savesMs: selfMs,
        nextStep: `Try SET work_mem = '${wanted}' for this statement, or an index that delivers the order.`,
      });
    }
  },
});

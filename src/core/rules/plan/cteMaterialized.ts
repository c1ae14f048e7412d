import { sum } from '../../base/sum';
import { formatTimes } from '../../base/units';
import type { PlanNode, PlanTree } from '../../plan/planTree';
import { cteName } from '../../plan/initPlanReaders';
import { cteFinder } from '../../plan/estimateOrigins';
import { definePlanRule } from './planRule';
import { condition, partOf, percent, rows, spent } from './support/words';

/** Ours: as for indexes, half of a percent more or less decides nothing. */
const KEPT_SHARE = 0.1;
const LEAST_ROWS = 1000;
/** What a CTE computes once for good reason, or must. */
const MUST_STAY = new Set(['Recursive Union', 'ModifyTable', 'LockRows']);

const plan = (
  kept: number,
  top = '',
) => `CTE Scan on recent  (cost=9000.00..9900.00 rows=500 width=40) (actual time=0.1..90.0 rows=${kept} loops=1)
  Filter: (camera_id = 7)
  Rows Removed by Filter: ${100_000 - kept}
  CTE recent
    ->  ${top}Seq Scan on counting_results  (cost=0.00..9000.00 rows=100000 width=40) (actual time=0.01..60.0 rows=100000 loops=1)
Execution Time: 91.0 ms`;

export const cteMaterialized = definePlanRule({
  id: 'plan/cte-materialized',
  since: '0.2.0',
  title: 'CTE computed in full and then filtered',
  docs: {
    problem: 'A CTE is computed as a whole, and its readers then throw nine rows of ten away.',
    why: 'A materialized CTE keeps conditions out: with NOT MATERIALIZED, or as a subquery, the filter reaches the tables and their indexes.',
    thresholds: 'At least 1,000 rows in the CTE, all its readers together keep < 10 % of what they read (ours).',
    whenToIgnore:
      'The CTE calls a volatile function, or is costly and read in several places that together need most of it.',
  },
  examples: [
    {
      title: 'one camera of a CTE over all',
      bad: plan(100),
      says: 'CTE recent computes 100,000 rows, and 0.1 % of them pass the filters of its readers.',
    },
    { title: 'a CTE that is needed', good: plan(60_000) },
  ],
  check({ tree, report }) {
    const scansOf = readersByCte(tree);
    for (const node of tree.nodes) {
      const name = cteName(node);
      const { rowsActual = 0, totalMs, totalBlocks } = node.figures;
      if (name === undefined || rowsActual < LEAST_ROWS || MUST_STAY.has(node.nodeType) || hasWrite(node)) continue;
      const scans = scansOf.get(node);
      if (!scans || scans.some(scan => condition(scan, 'Filter') === '')) continue;
      const kept = sum(scans.map(scan => scan.figures.rowsActual ?? 0));
      const read = kept + sum(scans.map(scan => scan.figures.rowsRemovedByFilter ?? 0));
      const share = kept / Math.max(1, read);
      if (share >= KEPT_SHARE) continue;
      const filters = scans.map(scan => condition(scan, 'Filter')).join(', ');
      report({
        node,
        message: `CTE ${name} computes ${rows(rowsActual)}, and ${percent(share)} of them pass the filters of its readers.`,
        evidence: `${formatTimes(scans.length, 'reader')} with ${filters}: ${rows(kept)} of ${rows(read)} kept${spent(totalMs)}`,
        savesMs: partOf(totalMs, 1 - share),
        savesBlocks: partOf(totalBlocks, 1 - share),
        nextStep: `Write WITH ${name} AS NOT MATERIALIZED (...), or put the filter into the CTE.`,
        steps: [{ kind: 'rewrite', title: 'How to open the CTE', rule: 'join/materialized-cte-fence' }],
      });
    }
  },
});

function readersByCte(tree: PlanTree): ReadonlyMap<PlanNode, readonly PlanNode[]> {
  const cteOf = cteFinder(tree);
  const readers = new Map<PlanNode, PlanNode[]>();
  for (const scan of tree.nodes) {
    const cte = scan.nodeType === 'CTE Scan' ? cteOf(scan) : undefined;
    const known = cte && readers.get(cte);
    if (known) known.push(scan);
    else if (cte) readers.set(cte, [scan]);
  }
  return readers;
}

function hasWrite(node: PlanNode): boolean {
  return MUST_STAY.has(node.nodeType) || node.children.some(hasWrite);
}

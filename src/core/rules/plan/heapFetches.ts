import { formatCount, formatMs } from '../../base/units';
import { rawNumber } from '../../plan/rawValue';
import { definePlanRule } from './planRule';
import { nameOf, percent } from './words';

/** ExplainSQL's thresholds for index-only scans. */
const FETCHED_SHARE = 0.25;
const LEAST_FETCHES = 100;

export const heapFetches = definePlanRule({
  id: 'plan/heap-fetches',
  title: 'Index-only scan that visits the table',
  docs: {
    problem: 'An Index Only Scan had to look into the table for a quarter of its rows or more.',
    why: 'Pages not marked all-visible have to be visited. VACUUM marks them.',
    thresholds: 'Heap fetches >= 25 % of the rows and >= 100 (ExplainSQL).',
  },
  check({ tree, report }) {
    for (const node of tree.nodes) {
      const { rowsActual = 0, rowsRemovedByFilter = 0, loops = 1, selfMs } = node.figures;
      // Unlike rows, heap fetches are printed as a sum over loops (explain.c prints the counter undivided).
      const fetches = rawNumber(node.raw, 'Heap Fetches') ?? 0;
      const found = rowsActual + rowsRemovedByFilter;
      if (node.nodeType !== 'Index Only Scan' || fetches < LEAST_FETCHES || fetches < FETCHED_SHARE * found) continue;
      const share = found === 0 ? 1 : Math.min(1, fetches / found);
      report({
        node,
        message: `${nameOf(node)} visits the table for ${percent(share)} of its rows.`,
        evidence: `Heap Fetches: ${formatCount(fetches)} in ${formatCount(loops)} ${loops === 1 ? 'loop' : 'loops'}${selfMs === undefined ? '' : `, ${formatMs(selfMs)}`}`,
        savesMs: selfMs === undefined ? undefined : selfMs * share,
        nextStep: `VACUUM ${node.relation ?? 'the table'}, and let autovacuum come more often (autovacuum_vacuum_scale_factor).`,
      });
    }
  },
});

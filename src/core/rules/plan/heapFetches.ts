import { formatCount, formatTimes } from '../../base/units';
import { rawNumber } from '../../plan/rawValue';
import { definePlanRule } from './planRule';
import { relationOf, tableName } from './support/conditions';
import { exampleCatalog } from './support/exampleCatalog';
import { nameOf, partOf, percent, spent } from './support/words';

/** ExplainSQL's thresholds for index-only scans. */
const FETCHED_SHARE = 0.25;
const LEAST_FETCHES = 100;

export const heapFetches = definePlanRule({
  id: 'plan/heap-fetches',
  since: '0.1.0',
  title: 'Index-only scan that visits the table',
  docs: {
    problem: 'An Index Only Scan had to look into the table for a quarter of its rows or more.',
    why: 'Pages not marked all-visible have to be visited. VACUUM marks them.',
    thresholds: 'Heap fetches >= 25 % of the rows and >= 100 (ExplainSQL).',
    whenToIgnore: 'The rows were written a moment ago, or the table changes faster than VACUUM can follow.',
  },
  examples: [
    {
      title: 'a table that was loaded and not vacuumed',
      bad: `Index Only Scan using idx_camera on counting_results  (cost=0.42..90.00 rows=500 width=8) (actual time=0.01..10.0 rows=500 loops=1)
  Index Cond: (camera_id = 7)
  Heap Fetches: 400
Execution Time: 10.0 ms`,
      says: 'Index Only Scan using idx_camera on counting_results visits the table for 80 % of its rows.',
      catalog: exampleCatalog('counting_results', ['camera_id'], { pages: 1000, allVisiblePages: 100 }),
    },
    {
      title: 'a few new rows',
      good: `Index Only Scan using idx_camera on counting_results  (cost=0.42..90.00 rows=500 width=8) (actual time=0.01..10.0 rows=500 loops=1)
  Index Cond: (camera_id = 7)
  Heap Fetches: 90
Execution Time: 10.0 ms`,
    },
  ],
  check({ tree, catalog, report }) {
    for (const node of tree.nodes) {
      const {
        rowsActual = 0,
        rowsRemovedByFilter = 0,
        rowsRemovedByRecheck = 0,
        loops = 1,
        selfMs,
        selfBlocks,
      } = node.figures;
      // Unlike rows, heap fetches are printed as a sum over loops (explain.c prints the counter undivided).
      const fetches = rawNumber(node.raw, 'Heap Fetches') ?? 0;
      const found = rowsActual + rowsRemovedByFilter + rowsRemovedByRecheck;
      if (node.nodeType !== 'Index Only Scan' || fetches < LEAST_FETCHES || fetches < FETCHED_SHARE * found) continue;
      const share = found === 0 ? 1 : Math.min(1, fetches / found);
      const relation = relationOf(node, catalog);
      const visible =
        relation?.allVisiblePages !== undefined && relation.pages
          ? `; ${formatCount(relation.allVisiblePages)} of ${formatCount(relation.pages)} pages all-visible`
          : '';
      report({
        node,
        message: `${nameOf(node)} visits the table for ${percent(share)} of its rows.`,
        evidence: `Heap Fetches: ${formatCount(fetches)} in ${formatTimes(loops, 'loop')}${visible}${spent(selfMs)}`,
        savesMs: partOf(selfMs, share),
        savesBlocks: selfBlocks === undefined ? undefined : Math.min(fetches, selfBlocks),
        nextStep: `VACUUM ${node.relation ?? 'the table'}, and let autovacuum come more often (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor).`,
        steps:
          node.relation === undefined
            ? []
            : [
                {
                  kind: 'sql',
                  what: 'vacuum',
                  title: `VACUUM ${node.relation}`,
                  sql: [`VACUUM (ANALYZE) ${tableName(node)};`],
                },
              ],
      });
    }
  },
});

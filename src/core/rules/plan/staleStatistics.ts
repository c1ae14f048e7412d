import { formatCount } from '../../base/units';
import type { Relation, TableActivity } from '../../catalog/catalog';
import { definePlanRule } from './planRule';
import { relationOf, tableName } from './support/conditions';
import { isWorthwhile } from './support/estimates';
import { exampleCatalog } from './support/exampleCatalog';
import { nameOf, rows } from './support/words';

/** PostgreSQL's defaults of autovacuum_analyze_scale_factor and autovacuum_analyze_threshold: what it calls due. */
const DUE_SHARE = 0.1;
const DUE_ROWS = 50;

const activity = { inserts: 0, updates: 0, hotUpdates: 0, deletes: 0, sequentialScans: 0, indexScans: 0, deadRows: 0 };
const plan = (
  planned: number,
) => `Index Scan using idx_day on orders  (cost=0.29..8.30 rows=${planned} width=8) (actual time=0.01..12.0 rows=5000 loops=1)
  Index Cond: (day = '2026-11-20'::date)
Execution Time: 12.1 ms`;

export const staleStatistics = definePlanRule({
  id: 'plan/stale-statistics',
  since: '0.2.0',
  title: 'Row estimate wrong because statistics are old',
  docs: {
    problem: 'The estimate of a table is ten times off, and the table was never analysed or has changed a lot since.',
    why: 'The planner knows the values of a table as they were at the last ANALYZE.',
    thresholds:
      'q-error >= 10 (explain.depesz.com); more rows changed since the last ANALYZE than autovacuum tolerates by default (10 % + 50), or never analysed.',
    whenToIgnore: 'Autovacuum is just about to come by.',
  },
  examples: [
    {
      title: 'a day that was loaded after the last ANALYZE',
      bad: plan(1),
      catalog: exampleCatalog('orders', ['day'], {
        rowEstimate: 20_000,
        activity: { ...activity, modifiedSinceAnalyze: 5000, lastAnalyze: '2026-11-01T00:00:00Z' },
      }),
      says: 'Index Scan using idx_day on orders: 5,000 times more rows than planned, and orders changed by 5,000 rows since its last ANALYZE.',
    },
    {
      title: 'a table that has not changed',
      good: plan(1),
      catalog: exampleCatalog('orders', ['day'], {
        rowEstimate: 20_000,
        activity: { ...activity, modifiedSinceAnalyze: 10, lastAnalyze: '2026-11-01T00:00:00Z' },
      }),
    },
    {
      title: 'a load and its ANALYZE in one session, which counts the load late',
      good: plan(1),
      catalog: exampleCatalog('orders', ['day'], {
        rowEstimate: 20_000,
        activity: { ...activity, inserts: 20_000, modifiedSinceAnalyze: 20_000, lastAnalyze: '2026-11-01T00:00:00Z' },
      }),
    },
    { title: 'a table of which nothing is known', good: plan(1) },
  ],
  check({ wholeMs, origins, catalog, report }) {
    if (wholeMs < 1) return;
    for (const node of origins) {
      const relation = relationOf(node, catalog);
      const old = relation && whyOld(relation);
      if (!old || !isWorthwhile(node)) continue;
      const { rowsActual = 0, rowsPlanned, rowEstimateError: error = 1 } = node.figures;
      const way = rowsActual > rowsPlanned ? 'more' : 'fewer';
      report({
        node,
        severity: 'warning',
        message: `${nameOf(node)}: ${formatCount(Math.round(error))} times ${way} rows than planned, and ${relation.name} ${old.words}.`,
        evidence: `planned ${rows(rowsPlanned)}, actual ${rows(rowsActual)}; ${old.evidence}`,
        nextStep: `ANALYZE ${relation.name}, then explain again.`,
        steps: [
          { kind: 'sql', what: 'analyze', title: `ANALYZE ${relation.name}`, sql: [`ANALYZE ${tableName(node)};`] },
        ],
      });
    }
  },
});

function whyOld({ activity: counters, rowEstimate }: Relation): { words: string; evidence: string } | undefined {
  if (!counters) return undefined;
  const { modifiedSinceAnalyze: changed, lastAnalyze } = counters;
  const modified = `${rows(changed)} changed since`;
  if (lastAnalyze === undefined && rowEstimate === undefined)
    return { words: 'was never analysed', evidence: `last ANALYZE: never, ${modified}` };
  if (changed <= DUE_ROWS + DUE_SHARE * (rowEstimate ?? 0) || wasCountedLate(counters, rowEstimate)) return undefined;
  return {
    words: `changed by ${rows(changed)} since its last ANALYZE`,
    evidence: `last ANALYZE: ${lastAnalyze ?? 'not known'}, ${modified}${rowEstimate === undefined ? '' : `, ${rows(rowEstimate)} then`}`,
  };
}

/**
 * From 15 on a session tells its counters about once a second: what it inserted just before its own ANALYZE is then
 * counted as changed after it. The ANALYZE has seen these rows if it found as many as were ever inserted.
 */
function wasCountedLate({ inserts, modifiedSinceAnalyze }: TableActivity, rowEstimate = 0): boolean {
  return inserts > 0 && modifiedSinceAnalyze >= 0.9 * inserts && rowEstimate >= 0.9 * inserts;
}

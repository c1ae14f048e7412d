import { formatCount } from '../../base/units';
import type { PlanNode } from '../../plan/planTree';
import type { Relation } from '../../catalog/catalog';
import { definePlanRule } from './planRule';
import { columnsIn, conditionsOf, relationOf } from './support/conditions';
import { createStatistics, MOST_STATISTICS_COLUMNS } from './support/createStatistics';
import { isWorthwhile } from './support/estimates';
import { exampleCatalog } from './support/exampleCatalog';
import { nameOf, rows } from './support/words';

/** `(city = 'x'::text)`, `(zip = ANY (...))`: a column of its own compared for equality. */
const EQUALITY = /\(("(?:[^"]|"")+"|[\w.]+)(?:\)::[a-z ]+)? = /;

const plan = (
  filter: string,
) => `Seq Scan on addresses  (cost=0.00..9000.00 rows=12 width=40) (actual time=0.01..80.0 rows=4800 loops=1)
  Filter: ${filter}
  Rows Removed by Filter: 5200
Execution Time: 81.0 ms`;
const BOTH = "((city = 'Berlin'::text) AND (country = 'DE'::text))";

export const correlatedColumns = definePlanRule({
  id: 'plan/correlated-columns',
  since: '0.2.0',
  title: 'Row estimate wrong because columns depend on each other',
  docs: {
    problem: 'Several columns of one table are compared, and ten times more rows pass than the planner expected.',
    why: 'Without extended statistics the planner multiplies the selectivities as if the columns had nothing to do with each other.',
    thresholds:
      'q-error >= 10, more rows than planned, where the error begins (explain.depesz.com, ExplainSQL); two to eight columns, at least one compared for equality.',
    whenToIgnore:
      'The estimate is also wrong for each of the columns alone: then the statistics of the column are the cause.',
  },
  examples: [
    {
      title: 'a city and its country',
      bad: plan(BOTH),
      says: 'Seq Scan on addresses: 400 times more rows than planned for city, country together.',
    },
    { title: 'one column', good: plan("(city = 'Berlin'::text)") },
    { title: 'alternatives', good: plan("((city = 'Berlin'::text) OR (country = 'DE'::text))") },
    {
      title: 'a table that has the statistics',
      good: plan(BOTH),
      catalog: exampleCatalog('addresses', ['city', 'country'], {
        extendedStatistics: [{ name: 'addresses_place', kinds: ['mcv'], columns: ['city', 'country'] }],
      }),
    },
  ],
  check({ wholeMs, origins, catalog, report }) {
    if (wholeMs < 1) return;
    for (const node of origins) {
      const { rowsActual = 0, rowsPlanned, rowEstimateError: error = 1 } = node.figures;
      if (node.relation === undefined || rowsActual < rowsPlanned || !isWorthwhile(node)) continue;
      const relation = relationOf(node, catalog);
      const columns = dependentColumns(node, relation);
      if (columns.length < 2 || columns.length > MOST_STATISTICS_COLUMNS || hasStatistics(relation, columns)) continue;
      const list = columns.join(', ');
      const sql = createStatistics(node, columns);
      report({
        node,
        severity: 'warning',
        message: `${nameOf(node)}: ${formatCount(Math.round(error))} times more rows than planned for ${list} together.`,
        evidence: `planned ${rows(rowsPlanned)}, actual ${rows(rowsActual)} for ${conditionsOf(node)}`,
        nextStep: `Let PostgreSQL learn how ${list} go together: ${sql[0]} ${sql[1]}`,
        steps: [{ kind: 'sql', what: 'statistics', title: `Create statistics on ${list}`, sql }],
      });
    }
  },
});

/** Columns that are combined by AND alone, without functions: extended statistics know nothing of others. */
function dependentColumns(node: PlanNode, relation: Relation | undefined): string[] {
  const text = conditionsOf(node);
  if (!EQUALITY.test(text) || /\bOR\b|SubPlan|InitPlan|\bNOT\b/.test(text)) return [];
  return columnsIn(text, node, relation);
}

function hasStatistics(relation: Relation | undefined, columns: readonly string[]): boolean {
  return relation?.extendedStatistics?.some(known => columns.every(column => known.columns.includes(column))) ?? false;
}

import { formatCount, formatTimes } from '../../base/units';
import type { SqlStep } from '../../plan/nextStep';
import type { PlanNode } from '../../plan/planTree';
import { quoteIdentifier } from '../../sql/identifiers';
import { definePlanRule } from './planRule';
import { conditionsOf, tableName } from './support/conditions';
import { isWorthwhile } from './support/estimates';
import { nameOf, rows } from './support/words';

/** explain.depesz.com's last colour. */
const GRAVE_ERROR = 100;
/** Nobody can estimate what a recursion will find. */
const GUESSES = new Set(['Recursive Union', 'WorkTable Scan']);

export const rowEstimateOrigin = definePlanRule({
  id: 'plan/row-estimate-origin',
  since: '0.1.0',
  title: 'Row estimate wrong where it arises',
  docs: {
    problem: 'The planner expected at least ten times more or fewer rows than came.',
    why: 'Join methods and orders above were chosen for a number of rows that is not there. Only the node where the error arises is reported: those above inherit it.',
    thresholds:
      'q-error >= 10, grave from 100 (explain.depesz.com); silent below 100 rows a loop and 10,000 in all (ExplainSQL), and in statements of less than 1 ms.',
    whenToIgnore: 'Nothing above the node depends on its number of rows, as in a plain scan that returns them.',
  },
  examples: [
    {
      title: 'an error that begins in the scan',
      bad: `Sort  (cost=9.00..9.10 rows=10 width=8) (actual time=11.0..12.0 rows=5000 loops=1)
  ->  Seq Scan on orders  (cost=0.00..9.00 rows=10 width=8) (actual time=0.01..11.0 rows=5000 loops=1)
        Filter: ((total * 2) > 100)
Execution Time: 12.1 ms`,
      says: 'Seq Scan on orders: 500 times more rows than the planner expected.',
    },
    {
      title: 'rows that a LIMIT did not ask for',
      good: `Limit  (cost=0.00..0.10 rows=5 width=8) (actual time=0.01..5.0 rows=5 loops=1)
  ->  Seq Scan on orders  (cost=0.00..900.00 rows=90000 width=8) (actual time=0.01..5.0 rows=5 loops=1)
Execution Time: 5.1 ms`,
    },
    {
      title: 'a recursive query',
      good: `CTE Scan on tree  (cost=90.00..92.00 rows=110 width=8) (actual time=0.01..12.0 rows=5000 loops=1)
  CTE tree
    ->  Recursive Union  (cost=0.00..90.00 rows=110 width=8) (actual time=0.01..11.0 rows=5000 loops=1)
          ->  Seq Scan on nodes  (cost=0.00..9.00 rows=10 width=8) (actual time=0.01..1.0 rows=10 loops=1)
          ->  WorkTable Scan on tree tree_1  (cost=0.00..9.00 rows=100 width=8) (actual time=0.01..1.0 rows=499 loops=10)
Execution Time: 12.1 ms`,
    },
  ],
  check({ wholeMs, origins, report }) {
    if (wholeMs < 1) return;
    for (const node of origins) {
      if (GUESSES.has(node.nodeType) || !isWorthwhile(node)) continue;
      const { rowsActual = 0, rowsPlanned, loops = 1, rowEstimateError: error = 1 } = node.figures;
      const way = rowsActual > rowsPlanned ? 'more' : 'fewer';
      report({
        node,
        severity: error >= GRAVE_ERROR ? 'warning' : 'info',
        message: `${nameOf(node)}: ${formatCount(Math.round(error))} times ${way} rows than the planner expected.`,
        evidence: `planned ${rows(rowsPlanned)}, actual ${rows(rowsActual)}, ${formatTimes(loops, 'loop')}`,
        nextStep: nextStep(node),
        steps: steps(node),
      });
    }
  },
});

function nextStep(node: PlanNode): string {
  const called = functionOf(node);
  if (called) return `Say how many rows ${called} gives: ALTER FUNCTION ... ROWS, or SUPPORT.`;
  if (node.relation === undefined)
    return 'Look at the conditions and groupings of this node: ANALYZE their tables first.';
  const text = conditionsOf(node);
  if (/\bAND\b/.test(text)) {
    return `ANALYZE ${node.relation}; if that does not help, CREATE STATISTICS on the columns of ${text} together.`;
  }
  return `ANALYZE ${node.relation}; if that does not help, raise the statistics target of the column or create statistics on the expression.`;
}

function steps(node: PlanNode): SqlStep[] {
  const called = functionOf(node);
  if (called) {
    const count = Math.max(1, Math.round((node.figures.rowsActual ?? 0) / (node.figures.loops ?? 1)));
    const sql = [`ALTER FUNCTION ${quoteIdentifier(called)} ROWS ${count};`];
    return [{ kind: 'sql', what: 'statistics', title: `Expect ${rows(count)} of ${called}`, sql }];
  }
  if (node.relation === undefined) return [];
  return [{ kind: 'sql', what: 'analyze', title: `ANALYZE ${node.relation}`, sql: [`ANALYZE ${tableName(node)};`] }];
}

function functionOf(node: PlanNode): string | undefined {
  const name = node.raw['Function Name'];
  return node.nodeType === 'Function Scan' && typeof name === 'string' ? name : undefined;
}

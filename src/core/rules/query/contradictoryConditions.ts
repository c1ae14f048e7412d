import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { asColumn, integerConstant, list, operatorOf, stringConstant } from '../support/expressions';
import { mirrored } from '../support/rangeRewrite';
import { conjuncts, isSameTree, rangeOfTree } from '../support/trees';

export const contradictoryConditions = defineRule({
  id: 'query/contradictory-conditions',
  since: '0.2.0',
  severity: 'warning',
  title: 'Conditions that exclude each other',
  nodes: ['BoolExpr', 'AEXPR_BETWEEN'],
  docs: {
    problem: 'No row can meet all conditions: the query returns nothing.',
    why: 'A value is not two values at once, and no number lies between 10 and 5. Often OR was meant, or the bounds are swapped.',
    whenToIgnore: 'The query is meant to return no rows (`WHERE false` says so).',
  },
  messages: {
    both: 'No row meets this and the other condition on {column}: the query returns nothing.',
    swapped: 'BETWEEN with a lower bound above the upper one is never true.',
    isNull: 'A value that is NULL meets no comparison: the query returns nothing.',
  },
  examples: [
    {
      title: 'two values at once',
      bad: "SELECT id FROM agent_tasks WHERE status = 'new' AND status = 'failed'",
      flags: "status = 'failed'",
    },
    {
      title: 'an empty range',
      bad: 'SELECT id FROM orders WHERE total > 100 AND total < 50',
      flags: 'total < 50',
    },
    {
      title: 'swapped bounds',
      bad: 'SELECT id FROM orders WHERE total BETWEEN 100 AND 10',
      flags: 'total BETWEEN 100 AND 10',
    },
    {
      title: 'NULL with a value',
      bad: "SELECT id FROM orders WHERE shipped_at IS NULL AND shipped_at > '2024-01-01'",
      flags: "shipped_at > '2024-01-01'",
    },
    { title: 'two values, one of which', good: "SELECT id FROM agent_tasks WHERE status = 'new' OR status = 'failed'" },
    { title: 'a range', good: 'SELECT id FROM orders WHERE total > 50 AND total < 100' },
    { title: 'columns of two tables', good: 'SELECT 1 FROM a JOIN b ON true WHERE a.state = 1 AND b.state = 2' },
    { title: 'parameters', good: 'SELECT id FROM orders WHERE total > $1 AND total < $2' },
    { title: 'bounds in any order', good: 'SELECT id FROM orders WHERE total BETWEEN SYMMETRIC 100 AND 10' },
    {
      title: 'spellings of what may be one value',
      good: "SELECT id FROM orders WHERE day = '2024-01-01' AND day = '2024-1-1'",
    },
    { title: 'elements of an array', good: 'SELECT id FROM orders WHERE 1 = ANY (tags) AND 2 = ANY (tags)' },
    {
      title: 'a subquery has rows of its own',
      good: 'SELECT id FROM parts WHERE kind = 1 AND EXISTS (SELECT FROM parts WHERE kind = 2)',
    },
    { title: 'touching bounds', good: 'SELECT id FROM orders WHERE total >= 5 AND total <= 5' },
  ],
  check({ statement, find, rangeOf, report }) {
    for (const between of find('AEXPR_BETWEEN')) {
      const [low, high] = list(between.fields.rexpr).map(integerConstant);
      if (low !== undefined && high !== undefined && low > high) report({ at: rangeOf(between), message: 'swapped' });
    }
    // One condition contradicts none.
    if (find('BoolExpr').length === 0) return;
    for (const clause of ['whereClause', 'quals', 'havingClause']) {
      for (const owner of ['SelectStmt', 'UpdateStmt', 'DeleteStmt', 'JoinExpr'].flatMap(type => find(type))) {
        const tests = conjuncts(owner.fields[clause]).flatMap(condition => readTest(condition) ?? []);
        const byName = new Map<string, Test[]>();
        for (const later of tests) {
          const { name } = asColumn(later.column)!;
          const before = byName.get(name) ?? [];
          byName.set(name, before);
          const earlier = before.find(test => excludes(test, later));
          before.push(later);
          const at = earlier && rangeOfTree(statement, later.condition);
          if (!at) continue;
          const isNull = earlier.operator === 'IS NULL' || later.operator === 'IS NULL';
          if (isNull) report({ at, message: 'isNull' });
          else report({ at, message: 'both', values: { column: name } });
          break;
        }
      }
    }
  },
});

interface Test {
  readonly condition: unknown;
  readonly column: unknown;
  readonly operator: string;
  /** A number, a plain word, or nothing if the text does not tell the value. */
  readonly value: number | string | undefined;
}

function readTest(condition: unknown): Test | undefined {
  const node = unwrap(condition);
  if (node?.type === 'NullTest') {
    if (node.fields.nulltesttype !== 'IS_NULL' || !asColumn(node.fields.arg)) return undefined;
    return { condition, column: node.fields.arg, operator: 'IS NULL', value: undefined };
  }
  if (node?.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP') return undefined;
  const { lexpr, rexpr } = node.fields;
  const written = operatorOf(node.fields) ?? '';
  if (!/^(?:[<>]=?|=|<>)$/.test(written)) return undefined;
  if (asColumn(lexpr)) return { condition, column: lexpr, operator: written, value: literalOf(rexpr) };
  return asColumn(rexpr)
    ? { condition, column: rexpr, operator: mirrored(written), value: literalOf(lexpr) }
    : undefined;
}

function literalOf(value: unknown): number | string | undefined {
  const node = unwrap(value);
  if (node?.type !== 'A_Const') return undefined;
  const text = stringConstant(value);
  // Plain words differ in every type and collation if they differ in more than case.
  if (text !== undefined) return /^[a-z_]+$/i.test(text) ? text.toLowerCase() : undefined;
  const float = (node.fields.fval as NodeFields | undefined)?.fval;
  return float === undefined ? integerConstant(value) : Number(float);
}

function excludes(a: Test, b: Test): boolean {
  if (!isSameTree(a.column, b.column)) return false;
  if (a.operator === 'IS NULL' || b.operator === 'IS NULL') return a.operator !== b.operator;
  if (a.operator === '=' && b.operator === '=') {
    return a.value !== undefined && b.value !== undefined && typeof a.value === typeof b.value && a.value !== b.value;
  }
  if (typeof a.value !== 'number' || typeof b.value !== 'number') return false;
  const [low, high] = [lowerBound(a) ?? lowerBound(b), upperBound(a) ?? upperBound(b)];
  if (low === undefined || high === undefined) return false;
  return low.value > high.value || (low.value === high.value && (low.strict || high.strict));
}

function lowerBound({ operator, value }: Test): { readonly value: number; readonly strict: boolean } | undefined {
  return /^[>=]/.test(operator) && typeof value === 'number' ? { value, strict: operator === '>' } : undefined;
}

function upperBound({ operator, value }: Test): { readonly value: number; readonly strict: boolean } | undefined {
  return /^(?:<=?|=)$/.test(operator) && typeof value === 'number' ? { value, strict: operator === '<' } : undefined;
}

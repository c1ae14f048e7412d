import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeMatch } from '../nodeIndex';
import { asColumn, filteredQuery, isConstantExpression, operatorOf } from '../support/expressions';
import { conjuncts, disjuncts, isOutermost, isSameTree, textOfTree } from '../support/trees';

export const keysetAsOrChain = defineRule({
  id: 'query/keyset-as-or-chain',
  since: '0.2.0',
  severity: 'info',
  title: 'Position in an order spelled with OR',
  nodes: ['BoolExpr'],
  docs: {
    problem: 'The rows after a position are asked for with a chain of OR and AND.',
    why: 'PostgreSQL does not see through the chain: it walks the index from the beginning and throws away all rows before the position. A row comparison, `(a, b) > ($1, $2)`, starts at the position, and keeps and drops the same rows.',
    whenToIgnore: 'There is no index on these columns in this order.',
  },
  messages: {
    row: 'An index cannot start at this position; the row comparison ({columns}) {operator} (...) can, and means the same.',
  },
  examples: [
    {
      title: 'the next page',
      bad: 'SELECT id FROM orders WHERE created_at < $1 OR (created_at = $1 AND id < $2) ORDER BY created_at DESC, id DESC LIMIT 20',
      flags: 'created_at < $1 OR (created_at = $1 AND id < $2)',
      fixed: 'SELECT id FROM orders WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT 20',
    },
    {
      title: 'three columns',
      bad: "SELECT id FROM frames WHERE camera_id = 7 AND (day > '2024-01-01' OR (day = '2024-01-01' AND (n > 5 OR (n = 5 AND id > 9)))) LIMIT 5",
      flags: "day > '2024-01-01' OR (day = '2024-01-01' AND (n > 5 OR (n = 5 AND id > 9)))",
      fixed: "SELECT id FROM frames WHERE camera_id = 7 AND ((day, n, id) > ('2024-01-01', 5, 9)) LIMIT 5",
    },
    { title: 'a row comparison', good: 'SELECT id FROM orders WHERE (created_at, id) < ($1, $2) LIMIT 20' },
    {
      title: 'different directions',
      good: 'SELECT id FROM orders WHERE total < $1 OR (total = $1 AND id > $2) LIMIT 20',
    },
    { title: 'different values', good: 'SELECT id FROM orders WHERE total < $1 OR (total = $3 AND id < $2) LIMIT 20' },
    {
      title: 'another condition inside',
      good: 'SELECT id FROM orders WHERE total < 5 OR (total = 5 AND id < 3 AND paid) LIMIT 20',
    },
    { title: 'an inclusive beginning', good: 'SELECT id FROM orders WHERE total <= 5 OR (total = 5 AND id < 3)' },
    {
      title: 'nameless placeholders, whose values may differ',
      good: 'SELECT id FROM orders WHERE total < ? OR (total = ? AND id < ?) LIMIT 20',
    },
  ],
  check({ statement, find, rangeOf, report }) {
    const chains: NodeMatch[] = [];
    for (const or of find('BoolExpr')) {
      if (or.fields.boolop !== 'OR_EXPR' || !isOutermost(or) || !filteredQuery(or)) continue;
      if (chains.some(chain => isInside(or, chain))) continue;
      const steps = readChain({ BoolExpr: or.fields });
      if (!steps) continue;
      const columns = steps.map(step => textOfTree(statement, step.column));
      const values = steps.map(step => textOfTree(statement, step.value));
      const at = rangeOf(or);
      const isComplete = !columns.includes(undefined) && !values.includes(undefined);
      if (!isComplete || values.some(value => /^(?:\?|%s)$/.test(value ?? ''))) continue;
      chains.push(or);
      const { operator } = steps.at(-1)!;
      const newText = `(${columns.join(', ')}) ${operator} (${values.join(', ')})`;
      const hasComment = /--|\/\*/.test(statement.text.slice(at.start, at.end));
      const fixes = hasComment
        ? []
        : [{ title: 'Write a row comparison', safe: true, edits: [{ range: at, newText }] }];
      report({ at, message: 'row', values: { columns: columns.join(', '), operator }, fixes });
    }
  },
});

function isInside(node: NodeMatch, outer: NodeMatch): boolean {
  for (let at = node.parent; at; at = at.parent) if (at === outer) return true;
  return false;
}

interface Step {
  readonly column: unknown;
  readonly operator: string;
  readonly value: unknown;
}

/** `a > x OR (a = x AND rest)` read as the steps of a row comparison, where `rest` is another chain or `b > y`. */
function readChain(condition: unknown): Step[] | undefined {
  const arms = disjuncts(condition);
  if (arms.length !== 2) return undefined;
  const first = readStep(arms[0]);
  const [equal, ...rest] = conjuncts(arms[1]);
  const same = readStep(equal);
  if (!first || !same || same.operator !== '=' || rest.length !== 1) return undefined;
  if (!/^[<>]$/.test(first.operator)) return undefined;
  if (!isSameTree(first.column, same.column) || !isSameTree(first.value, same.value)) return undefined;
  const last = readStep(rest[0]);
  const steps = last ? [last] : readChain(rest[0]);
  // Only the last comparison decides whether the position itself belongs to the rows.
  return steps?.every(step => step.operator.startsWith(first.operator)) ? [first, ...steps] : undefined;
}

function readStep(condition: unknown): Step | undefined {
  const node = unwrap(condition);
  if (node?.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP') return undefined;
  const { lexpr, rexpr } = node.fields;
  const operator = operatorOf(node.fields) ?? '';
  if (!/^(?:[<>]=?|=)$/.test(operator) || !asColumn(lexpr) || !isConstantExpression(rexpr)) return undefined;
  return { column: lexpr, operator, value: rexpr };
}

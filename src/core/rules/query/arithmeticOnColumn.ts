import { defineRule } from '../defineRule';
import type { Fix } from '../finding';
import type { NodeFields } from '../nodeIndex';
import { typeFamily } from '../support/columnTypes';
import { comparedExpressions } from '../support/comparisons';
import {
  asColumn,
  castType,
  hasIndexKey,
  integerConstant,
  isConstantExpression,
  operatorOf,
  stringConstant,
} from '../support/expressions';
import { hasNoIndexAtAll } from '../support/computedColumns';
import { isBesideEquality } from '../support/narrowing';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { matchBelow, textOfTree } from '../support/trees';
import { unwrap } from '../../sql/walk';

export const arithmeticOnColumn = defineRule({
  id: 'query/arithmetic-on-column',
  since: '0.2.0',
  severity: 'info',
  title: 'Arithmetic on a column in a condition',
  nodes: ['+', '-', '*', '/'],
  docs: {
    problem:
      'The condition calculates with the column before it compares, so it asks for another value than an index holds.',
    why: "PostgreSQL does not solve equations: an index on the column serves `column > value - 1`, never `column + 1 > value`. The column's statistics are not used either.",
    whenToIgnore: 'The table is small, or another condition already leaves few rows.',
  },
  messages: {
    move: 'An index on {column} cannot serve this calculation; calculate on the other side and compare {column} itself.',
  },
  examples: [
    {
      title: 'the age of a row',
      bad: "SELECT id FROM counting_results WHERE created_at + interval '1 hour' > now()",
      flags: "created_at + interval '1 hour'",
      fixed: "SELECT id FROM counting_results WHERE created_at > now() - interval '1 hour'",
    },
    {
      title: 'a number, with a subtraction on the other side',
      schema: 'CREATE TABLE orders (id bigint, quantity integer);',
      bad: 'SELECT id FROM orders WHERE quantity - 5 >= $1 - 2',
      flags: 'quantity - 5',
      fixed: 'SELECT id FROM orders WHERE quantity >= ($1 - 2) + 5',
    },
    { title: 'a price with tax', bad: 'SELECT id FROM orders WHERE total * 1.19 > 100', flags: 'total * 1.19' },
    {
      title: 'the calculation is on the constant',
      good: "SELECT id FROM orders WHERE created_at > now() - interval '1 hour'",
    },
    { title: 'two columns', good: 'SELECT id FROM orders WHERE quantity * price > 1000' },
    { title: 'columns of two tables', good: 'SELECT o.id FROM orders o JOIN limits l ON o.total + 5 > l.maximum' },
    { title: 'a remainder, which no range expresses', good: 'SELECT id FROM cameras WHERE id % 16 = 3' },
    { title: 'in the select list', good: 'SELECT total * 1.19 > 100 AS dear FROM orders' },
    {
      title: 'after grouping',
      good: 'SELECT camera_id FROM counting_results GROUP BY camera_id HAVING sum(n) + 1 > 10',
    },
    { title: 'a key taken out of jsonb', good: "SELECT id FROM events WHERE payload - 'id' = '{}'" },
    {
      title: 'an index on the expression exists',
      schema: 'CREATE TABLE orders (id bigint, total numeric); CREATE INDEX ON orders ((total * 1.19));',
      good: 'SELECT id FROM orders WHERE total * 1.19 > 100',
    },
  ],
  check({ statement, thresholds, find, rangeOf, resolve, report, body }) {
    for (const { query, comparison, side, value } of comparedExpressions(find, 'A_Expr', body)) {
      const sum = readArithmetic(side.fields);
      const column = sum && asColumn(sum.column);
      if (!sum || !column || hasNoIndexAtAll(query, column)) continue;
      const name = matchBelow(side, 'lexpr', sum.column);
      const known = name && resolve(name);
      const family = typeFamily(known?.column.type);
      if (family === 'jsonb' || family === 'array' || isSmallTable(known?.relation, thresholds)) continue;
      const at = rangeOf(side);
      const columnText = textOfTree(statement, sum.column);
      const key = statement.text.slice(at.start, at.end).replace(columnText ?? '', column.name);
      if (hasIndexKey(known?.relation, key)) continue;
      const inverse = { '+': '-', '-': '+' }[sum.operator];
      const constant = textOfTree(statement, sum.constant);
      const other = textOfTree(statement, value);
      const operator = operatorOf(comparison.fields);
      const fixes: Fix[] = [];
      if (inverse && comparison.fields.kind === 'AEXPR_OP' && columnText && constant && other && side.key === 'lexpr') {
        const moved = `${columnText} ${operator} ${wrapped(value, other)} ${inverse} ${wrapped(sum.constant, constant)}`;
        fixes.push({
          title: `Compare ${column.name} itself`,
          // Months have no inverse, floats round, and a string literal may change its type.
          safe: family === 'integer' && isNumber(sum.constant) && isNumber(value) && fitsInteger(sum.constant, value),
          edits: [{ range: rangeOf(comparison), newText: moved }],
        });
      }
      report({
        at,
        message: 'move',
        values: { column: column.name },
        fixes,
        ...(isBesideEquality(query, comparison) ? HINT : warningIfBig(known?.relation, thresholds)),
      });
    }
  },
});

const HINT = { severity: 'hint' } as const;

interface Arithmetic {
  readonly column: unknown;
  readonly operator: string;
  readonly constant: unknown;
}

/** `column + constant`, `constant + column`, `column - constant`, `*` and `/`. */
function readArithmetic(fields: NodeFields): Arithmetic | undefined {
  const operator = operatorOf(fields) ?? '';
  if (fields.kind !== 'AEXPR_OP' || !['+', '-', '*', '/'].includes(operator)) return undefined;
  const { lexpr, rexpr } = fields;
  if (lexpr === undefined) return undefined;
  // `jsonb - 'key'`: a bare string subtracts no number.
  if (stringConstant(rexpr) !== undefined && !isIntervalCast(rexpr)) return undefined;
  if (asColumn(lexpr) && isConstantExpression(rexpr)) return { column: lexpr, operator, constant: rexpr };
  const commutes = operator === '+' || operator === '*';
  return commutes && asColumn(rexpr) && isConstantExpression(lexpr)
    ? { column: rexpr, operator, constant: lexpr }
    : undefined;
}

function isIntervalCast(value: unknown): boolean {
  const node = unwrap(value);
  return node?.type === 'TypeCast' && castType(node.fields) === 'interval';
}

function isNumber(value: unknown): boolean {
  return unwrap(value)?.type === 'A_Const' && integerConstant(value) !== undefined;
}

/** True if neither sum nor difference of two constants leaves the range of integer. */
function fitsInteger(one: unknown, other: unknown): boolean {
  return Math.abs(integerConstant(one) ?? Infinity) + Math.abs(integerConstant(other) ?? Infinity) < 2 ** 31;
}

/** Parentheses around anything an operator could tear apart. */
function wrapped(tree: unknown, text: string): string {
  return ['A_Expr', 'CaseExpr', 'BoolExpr'].includes(unwrap(tree)?.type ?? '') ? `(${text})` : text;
}

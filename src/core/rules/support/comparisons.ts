import { unwrap } from '../../sql/walk';
import type { BodyContext } from '../../sql/statement';
import { asColumn, contains, filteredQuery, isConstantExpression, operatorOf } from './expressions';
import type { NodeMatch } from '../nodeIndex';
import { mirrored, ORDER_OPERATORS } from './rangeRewrite';

/** `expression <operator> value` in a condition that filters rows, with the expression on the left. */
export interface Comparison {
  readonly query: NodeMatch;
  readonly comparison: NodeMatch;
  readonly side: NodeMatch;
  readonly operator: string;
  readonly value: unknown;
}

/**
 * Comparisons of an expression of the given type with a value that names no column: `=`, ranges, BETWEEN and IN, in
 * WHERE or JOIN ... ON. In the body of a routine its variables are such values too.
 */
export function comparedExpressions(
  find: (type: string) => readonly NodeMatch[],
  type: string,
  body?: BodyContext,
): Comparison[] {
  const found: Comparison[] = [];
  for (const side of find(type)) {
    const comparison = side.parent;
    if (comparison?.type !== 'A_Expr' || (side.key !== 'lexpr' && side.key !== 'rexpr')) continue;
    const onLeft = unwrap(comparison.fields.lexpr)?.fields === side.fields;
    const value = onLeft ? comparison.fields.rexpr : comparison.fields.lexpr;
    const written = operatorOf(comparison.fields) ?? '';
    const kind = comparison.fields.kind;
    const isOrder = kind === 'AEXPR_OP' && ORDER_OPERATORS.has(written);
    const isList = (kind === 'AEXPR_IN' && written === '=') || kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_OP_ANY';
    if (!(isOrder || (isList && onLeft)) || !isConstantIn(value, body)) continue;
    const query = filteredQuery(comparison);
    if (query) found.push({ query, comparison, side, operator: onLeft ? written : mirrored(written), value });
  }
  return found;
}

function isConstantIn(value: unknown, body: BodyContext | undefined): boolean {
  if (isConstantExpression(value)) return true;
  if (body === undefined) return false;
  return !contains(value, (type, fields) => {
    if (type === 'SubLink') return true;
    if (type !== 'ColumnRef') return false;
    const column = asColumn({ [type]: fields });
    return column === undefined || column.qualifier !== undefined || !body.variables.has(column.name);
  });
}

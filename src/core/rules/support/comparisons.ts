import { unwrap } from '../../sql/walk';
import { filteredQuery, isConstantExpression, operatorOf } from './expressions';
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
 * WHERE or JOIN ... ON.
 */
export function comparedExpressions(find: (type: string) => readonly NodeMatch[], type: string): Comparison[] {
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
    if (!(isOrder || (isList && onLeft)) || !isConstantExpression(value)) continue;
    const query = filteredQuery(comparison);
    if (query) found.push({ query, comparison, side, operator: onLeft ? written : mirrored(written), value });
  }
  return found;
}

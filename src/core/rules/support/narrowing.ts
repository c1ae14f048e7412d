import { unwrap } from '../../sql/walk';
import type { NodeMatch } from '../nodeIndex';
import { asColumn, isConstantExpression, operatorOf } from './expressions';
import { conjuncts } from './trees';

/**
 * True if another condition of the same WHERE fixes a column by `=` or IN. An index on that one may leave so few rows
 * that this condition does not matter.
 */
export function isBesideEquality(query: NodeMatch, condition: NodeMatch): boolean {
  return conjuncts(query.fields.whereClause).some(other => {
    const node = unwrap(other);
    if (node?.type !== 'A_Expr' || node.fields === condition.fields || operatorOf(node.fields) !== '=') return false;
    const { lexpr, rexpr } = node.fields;
    return (
      (asColumn(lexpr) !== undefined && isConstantExpression(rexpr)) ||
      (asColumn(rexpr) !== undefined && isConstantExpression(lexpr))
    );
  });
}

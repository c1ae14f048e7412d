import { unwrap } from '../../sql/walk';
import { isConstantExpression, operatorOf } from './expressions';
import { conjuncts } from './trees';
import type { FromItem } from './fromItems';
import { itemOf } from './mentions';

/**
 * `column = value`, where the value is a constant, a parameter, or a name qualified by something that is not in FROM:
 * `NEW.id`, `my_function.argument`, a table of the query around. That may well leave one row.
 */
export function isEqualToValue(condition: unknown, items: readonly FromItem[]): boolean {
  const node = unwrap(condition);
  if (node?.type !== 'A_Expr' || operatorOf(node.fields) !== '=') return false;
  return [node.fields.lexpr, node.fields.rexpr].some(side => isFixed(side, items));
}

/** A constant, a parameter, or a name from outside of FROM: one value for the whole query. */
export function isFixed(side: unknown, items: readonly FromItem[]): boolean {
  return isConstantExpression(side) || isFromOutside(side, items);
}

/** A subquery with such a condition of its own. */
export function isLookupQuery({ fields }: FromItem): boolean {
  return conjuncts(unwrap(fields.subquery)?.fields.whereClause).some(condition => isEqualToValue(condition, []));
}

function isFromOutside(side: unknown, items: readonly FromItem[]): boolean {
  const node = unwrap(side);
  if (node?.type === 'TypeCast') return isFromOutside(node.fields.arg, items);
  return items.length > 0 && node?.type === 'ColumnRef' && itemOf(node.fields, items) === null;
}

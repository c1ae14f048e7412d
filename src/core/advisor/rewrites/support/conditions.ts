import { isConstantExpression, list, operatorOf } from '../../../rules/support/expressions';
import { unwrap } from '../../../sql/walk';
import type { BlockColumn, QueryBlock } from './queryBlock';

/** `a.x = b.y` between two items of a block. */
export function columnPair(condition: unknown, block: QueryBlock): readonly [BlockColumn, BlockColumn] | undefined {
  const sides = equalSides(condition);
  const left = sides && block.column(sides[0]);
  const right = sides && block.column(sides[1]);
  return left && right && left.item !== right.item ? [left, right] : undefined;
}

/** The column of `column = value`, where the value is the same for all rows. */
export function fixedColumn(condition: unknown, block: QueryBlock): BlockColumn | undefined {
  const sides = equalSides(condition);
  if (!sides) return undefined;
  const [left, right] = sides;
  if (isConstantExpression(right)) return block.column(left);
  return isConstantExpression(left) ? block.column(right) : undefined;
}

/** The sides of `=`. */
export function equalSides(condition: unknown): readonly [unknown, unknown] | undefined {
  const node = unwrap(condition);
  if (node?.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP' || operatorOf(node.fields) !== '=') return undefined;
  return list(node.fields.name).length === 1 ? [node.fields.lexpr, node.fields.rexpr] : undefined;
}

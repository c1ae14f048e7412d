import { unwrap } from '../../sql/walk';
import { asColumn, list, operatorOf } from './expressions';
import type { FromItem } from './fromItems';
import { isFixed } from './lookups';
import { itemOf } from './mentions';

/** A column of an item of FROM. */
export interface ItemColumn {
  readonly item: FromItem;
  readonly name: string;
}

/** The item and column an expression means, if it is one column and can be told. */
export function itemColumn(expression: unknown, items: readonly FromItem[]): ItemColumn | undefined {
  const column = asColumn(expression);
  const fields = unwrap(expression)?.fields;
  if (!column || !fields) return undefined;
  // A bare name that is an item's is a whole row.
  if (column.qualifier === undefined && items.some(item => item.name === column.name)) return undefined;
  const item = itemOf(fields, items);
  return item ? { item, name: column.name } : undefined;
}

/** `a.x = b.y` between two different items. */
export function columnEquality(
  condition: unknown,
  items: readonly FromItem[],
): readonly [ItemColumn, ItemColumn] | undefined {
  const node = unwrap(condition);
  if (node?.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP' || operatorOf(node.fields) !== '=') return undefined;
  const left = itemColumn(node.fields.lexpr, items);
  const right = itemColumn(node.fields.rexpr, items);
  return left && right && left.item !== right.item ? [left, right] : undefined;
}

/** The column of `column = constant`. */
export function columnFixedBy(condition: unknown, items: readonly FromItem[]): ItemColumn | undefined {
  const node = unwrap(condition);
  if (node?.type !== 'A_Expr' || node.fields.kind !== 'AEXPR_OP' || operatorOf(node.fields) !== '=') return undefined;
  if (isFixed(node.fields.rexpr, items)) return itemColumn(node.fields.lexpr, items);
  return isFixed(node.fields.lexpr, items) ? itemColumn(node.fields.rexpr, items) : undefined;
}

/** The columns USING compares, for the join whose right side the item is. */
export function usingColumns(item: FromItem): string[] {
  return list(item.join?.usingClause).flatMap(node => {
    const name = unwrap(node)?.fields.sval;
    return typeof name === 'string' ? [name] : [];
  });
}

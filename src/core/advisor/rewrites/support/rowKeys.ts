import type { Catalog, Relation } from '../../../catalog/catalog';
import { list } from '../../../rules/support/expressions';
import type { FromItem } from '../../../rules/support/fromItems';
import { hasInheritanceChildren, unquoted } from '../../../rules/support/uniqueness';
import { quoteQualified } from '../../../sql/identifiers';
import { conjuncts } from '../../../rules/support/trees';
import { unwrap } from '../../../sql/walk';
import { columnPair, fixedColumn } from './conditions';
import type { BlockColumn, QueryBlock } from './queryBlock';

/** A column by its item and name. */
export type ColumnOf = Pick<BlockColumn, 'item' | 'name'>;

/** The first unique key of a table within the columns given; its columns are NOT NULL unless NULLs may be left out of it. */
export function keyWithin(
  relation: Relation | undefined,
  columns: ReadonlySet<string>,
  catalog: Catalog | undefined,
  mayBeNull = false,
): readonly string[] | undefined {
  if (!relation || hasInheritanceChildren(catalog, relation)) return undefined;
  const isSure = (name: string): boolean =>
    columns.has(name) && (mayBeNull || relation.columns.some(column => column.name === name && column.notNull));
  const indexes = relation.indexes
    .filter(({ unique, valid, predicate, keys }) => unique && valid && predicate === undefined && keys.length > 0)
    .map(({ keys }) => keys.map(unquoted));
  const constraints = relation.constraints
    .filter(({ kind, columns: keys }) => (kind === 'primary key' || kind === 'unique') && keys.length > 0)
    .map(({ columns: keys }) => keys);
  return [...indexes, ...constraints].find(key => key.every(isSure));
}

/** `orders (id, line) is unique` as a fact. */
export function keyFact(relation: Relation, key: readonly string[]): string {
  return `${quoteQualified(relation.schema === 'public' ? undefined : relation.schema, relation.name)} (${key.join(', ')}) is unique and NOT NULL`;
}

/**
 * The facts by which no two rows of a block, before its DISTINCT, have the same values in the columns given; undefined
 * if that is not certain. The columns must have a key of some tables, and what is joined to these by a key of its own
 * repeats no row. `items` are those of the block to look at, if not all.
 */
export function uniqueBy(
  block: QueryBlock,
  columns: readonly ColumnOf[],
  catalog: Catalog | undefined,
  items: readonly FromItem[] = block.items,
): readonly string[] | undefined {
  if (items.some(item => item.combination === 'right' || item.combination === 'full' || isJoinInOuterJoin(item)))
    return undefined;
  const facts: string[] = [];
  const single = new Set<FromItem>();
  for (const item of items) {
    // Rows that an outer join fills up have no key.
    if (isFilledUp(item, items)) continue;
    const own = columns.filter(column => column.item === item).map(({ name }) => name);
    const key = keyWithin(item.relation, new Set(own), catalog);
    if (!key || !item.relation) continue;
    single.add(item);
    facts.push(keyFact(item.relation, key));
  }
  for (let size = -1; size !== single.size;) {
    size = single.size;
    for (const item of items.filter(each => !single.has(each))) {
      const conditions = conditionsOn(item, block);
      const known = [
        ...conditions.flatMap(condition => fixedColumn(condition, block) ?? []).filter(column => column.item === item),
        ...conditions.flatMap(condition => {
          const [a, b] = columnPair(condition, block) ?? [];
          return a?.item === item && single.has(b!.item) ? [a] : b?.item === item && single.has(a!.item) ? [b] : [];
        }),
      ];
      // With `=` a NULL finds nothing, so the key may have NULLs.
      const key = keyWithin(item.relation, new Set(known.map(({ name }) => name)), catalog, true);
      if (!key || !item.relation) continue;
      single.add(item);
      facts.push(`${item.name ?? item.relation.name} is joined by its key (${key.join(', ')})`);
    }
  }
  return items.every(item => single.has(item)) ? facts : undefined;
}

/** True if an outer join may put NULLs in the place of the item's row. */
export function isFilledUp(item: FromItem, items: readonly FromItem[]): boolean {
  return (
    item.combination === 'left' ||
    items.some(each => each.combination === 'right' || each.combination === 'full' || isJoinInOuterJoin(each))
  );
}

/** True for a table within `LEFT JOIN (b JOIN c ...)`, whose conditions are not followed here. */
function isJoinInOuterJoin({ combination, join }: FromItem): boolean {
  return combination === 'left' && unwrap(join?.rarg)?.type === 'JoinExpr';
}

/** The conditions that every row of the item meets: WHERE and the inner joins, and of an outer join its own. */
function conditionsOn(item: FromItem, { fields, items }: QueryBlock): unknown[] {
  const joins = new Set(items.flatMap(({ join, combination }) => (join && combination !== 'left' ? [join] : [])));
  if (item.combination === 'left' && item.join) joins.add(item.join);
  return [...conjuncts(fields.whereClause), ...[...joins].flatMap(({ quals }) => conjuncts(quals))];
}

/** The columns a block selects as they are, those of a star too where the catalog knows them. */
export function selectedColumns(block: QueryBlock): ColumnOf[] {
  return list(block.fields.targetList).flatMap((target): ColumnOf[] => {
    const value = unwrap(target)?.fields.val;
    const column = block.column(value);
    if (column) return [column];
    if (!isStar(value)) return [];
    const { items, isCertain } = block.mentions(value);
    return isCertain
      ? [...items].flatMap(item => (item.relation?.columns ?? []).map(({ name }) => ({ item, name })))
      : [];
  });
}

/** `*` or `t.*`. */
export function isStar(value: unknown): boolean {
  const node = unwrap(value);
  return node?.type === 'ColumnRef' && unwrap(list(node.fields.fields).at(-1))?.type === 'A_Star';
}

/** The columns a block sorts by, up to the first key that is no column. */
export function sortColumns(block: QueryBlock): BlockColumn[] {
  const columns = list(block.fields.sortClause).map(key => block.column(unwrap(key)?.fields.node));
  const end = columns.indexOf(undefined);
  return columns.slice(0, end < 0 ? undefined : end).map(column => column!);
}

/** How the rows of a page may differ although the query finds the same: LIMIT where rows tie, or nothing sorts them. */
export function pageDifferences(
  block: QueryBlock,
  catalog: Catalog | undefined,
  items: readonly FromItem[] = block.items,
): string[] {
  const { limitCount, limitOffset } = block.fields;
  if (limitCount === undefined && limitOffset === undefined) return [];
  return uniqueBy(block, sortColumns(block), catalog, items) ? [] : [TIES_AT_PAGE_END];
}

/** LIMIT keeps whichever of equal rows comes first. */
export const TIES_AT_PAGE_END = 'where rows tie for the last place within LIMIT, other ones of them may be kept';

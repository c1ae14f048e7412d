import type { Index, Relation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import type { NodeMatch } from '../nodeIndex';
import { asColumn, operatorOf } from './expressions';
import type { ColumnName } from './expressions';
import { conjuncts } from './trees';

/** A valid index that can be entered by this column: it is its first key. Partial indexes count only if asked for. */
export function leadingIndex(
  relation: Relation | undefined,
  column: string,
  fits: (index: Index) => boolean = index => index.predicate === undefined,
): Index | undefined {
  return relation?.indexes.find(index => index.valid && index.keys[0]?.replace(/"/g, '') === column && fits(index));
}

/** True if a trigram index mentions the column. */
export function hasTrigramIndex(relation: Relation | undefined, column: ColumnName): boolean {
  return (
    relation?.indexes.some(
      index => index.valid && /g(?:in|ist)_trgm_ops/.test(index.definition) && index.definition.includes(column.name),
    ) ?? false
  );
}

/** True if another condition of the same AND fixes the leading column of an index by `=` or IN. */
export function isNarrowedByIndex(where: unknown, condition: NodeMatch, relation: Relation): boolean {
  return conjuncts(where).some(other => {
    const node = unwrap(other);
    if (node?.type !== 'A_Expr' || node.fields === condition.fields || operatorOf(node.fields) !== '=') return false;
    const column = asColumn(node.fields.lexpr) ?? asColumn(node.fields.rexpr);
    return column !== undefined && leadingIndex(relation, column.name) !== undefined;
  });
}

/** An expression over the column that begins an index: `lower(email)`. */
export function indexedExpression(relation: Relation | undefined, column: string): string | undefined {
  if (!relation) return undefined;
  const mentions = new RegExp(`\\b${column.replace(/[^\w]/g, '\\$&')}\\b`);
  return relation.indexes
    .filter(index => index.valid && index.method === 'btree')
    .map(index => index.keys[0] ?? '')
    .find(key => /\(|::/.test(key) && mentions.test(key));
}

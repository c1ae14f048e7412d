import { estimateIndexSize } from '../../core/advisor/indexes/indexSize';
import type { IndexDefinition } from '../../core/advisor/suggestion';
import { findRelation, type Catalog } from '../../core/catalog/catalog';
import { DatabaseError } from '../../core/ports';

/** The size of an index by what the catalog knows. @throws DatabaseError `unsupported` if it lacks the table. */
export function bytesByCatalog(catalog: Catalog, index: IndexDefinition): number {
  const relation = findRelation(catalog, index.relation, index.schema);
  if (!relation) throw new DatabaseError('unsupported', `no table ${index.schema}.${index.relation} in the catalog`);
  return estimateIndexSize(relation, index, { catalog }).bytes;
}

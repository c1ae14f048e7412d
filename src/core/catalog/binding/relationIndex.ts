import type { QualifiedName } from '../../sql/names/scope';
import type { Catalog, Relation } from '../catalog';

const indexes = new WeakMap<Catalog, ReadonlyMap<string, Relation>>();

/** The relation a name means. Like `findRelation`, for asking often: the catalog's names are indexed once. */
export function lookUpRelation(catalog: Catalog, { schema, name }: QualifiedName): Relation | undefined {
  let index = indexes.get(catalog);
  if (!index) {
    index = new Map(catalog.relations.map(relation => [keyOf(relation.schema, relation.name), relation]));
    indexes.set(catalog, index);
  }
  for (const wanted of schema === undefined ? catalog.searchPath : [schema]) {
    const found = index.get(keyOf(wanted, name));
    if (found) return found;
  }
  return undefined;
}

/** False if the relation may have columns that the catalog does not list: a view of which only the name is known. */
export function listsAllColumns({ columns, columnsKnown }: Relation): boolean {
  return columns.length > 0 && columnsKnown !== false;
}

function keyOf(schema: string, name: string): string {
  return `${schema}\0${name}`;
}

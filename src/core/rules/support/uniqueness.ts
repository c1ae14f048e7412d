import type { Catalog, Relation } from '../../catalog/catalog';

/** True if no two rows can have the same values in these columns. */
export function isUniqueBy(relation: Relation, columns: readonly string[]): boolean {
  return (
    relation.indexes.some(
      index =>
        index.unique &&
        index.valid &&
        index.predicate === undefined &&
        index.keys.length > 0 &&
        index.keys.every(key => columns.includes(unquoted(key))),
    ) ||
    relation.constraints.some(
      ({ kind, columns: keys }) =>
        (kind === 'primary key' || kind === 'unique') && keys.length > 0 && keys.every(key => columns.includes(key)),
    )
  );
}

/** True if tables inherit from it: their rows are among its own, and share no key with them. */
export function hasInheritanceChildren(catalog: Catalog | undefined, { schema, name }: Relation): boolean {
  return (catalog?.relations ?? []).some(
    child => !child.isPartition && child.parents?.some(parent => parent.name === name && parent.schema === schema),
  );
}

/** Index keys come as PostgreSQL prints them, quoted where it must. */
export function unquoted(key: string): string {
  return /^"(?:[^"]|"")*"$/.test(key) ? key.slice(1, -1).replaceAll('""', '"') : key;
}

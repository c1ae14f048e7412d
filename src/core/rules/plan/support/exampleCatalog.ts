import type { Catalog, Relation } from '../../../catalog/catalog';

/** A catalog of one table, for the examples of rules that look at it. */
export function exampleCatalog(name: string, columns: readonly string[], more: Partial<Relation> = {}): Catalog {
  const relation: Relation = {
    schema: 'public',
    name,
    kind: 'table',
    columns: columns.map(column => ({ name: column, type: 'integer', notNull: true })),
    indexes: [],
    constraints: [],
    isPartition: false,
    ...more,
  };
  return {
    source: 'server',
    serverVersion: 180000,
    searchPath: ['public'],
    relations: [relation],
    extensions: [],
    settings: {},
  };
}

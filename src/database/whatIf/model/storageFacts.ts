import { estimateTreeHeight } from '../../../core/advisor/indexes/indexSize';
import type { Catalog } from '../../../core/catalog/catalog';
import type { AttributeStatistics, StorageFacts } from '../shadowProtocol';
import type { Facts } from './facts';

/** Sizes and statistics as the worker takes them, tables before their indexes. */
export function storageFacts({ sizes, attributes }: Facts, catalog: Catalog): StorageFacts[] {
  const byOid = new Map(sizes.map(size => [size.oid, size]));
  const statistics = new Map<number, AttributeStatistics[]>();
  for (const each of attributes) statistics.set(each.relation, [...(statistics.get(each.relation) ?? []), each]);
  return [...sizes]
    .sort((a, b) => Number(a.relation !== null) - Number(b.relation !== null) || a.oid - b.oid)
    .map(size => ({
      schema: size.schema,
      name: size.name,
      analyzedPages: size.pages,
      tuples: size.tuples,
      allVisiblePages: size.visible,
      currentPages: size.current,
      ...(size.method === 'btree' ? { treeHeight: treeHeight(size.relation, size.columns, size.current) } : {}),
      attributes: statistics.get(size.oid) ?? [],
    }));

  function treeHeight(relation: number | null, columns: readonly string[], pages: number): number {
    const table = relation === null ? undefined : byOid.get(relation);
    const known = catalog.relations.find(({ schema, name }) => schema === table?.schema && name === table.name);
    const keys = columns.map(name => known?.columns.find(column => column.name === name));
    return estimateTreeHeight(pages, keys);
  }
}

import type { Catalog, Index, Relation } from '../../catalog/catalog';
import { quoteQualified } from '../../sql/identifiers';
import type { Change, IndexDefinition } from '../suggestion';
import { normal } from './candidates';
import { analyzeFor, createIndexSql, dropIndexSql } from './createIndexSql';

/** The partitions directly below a table, as far as the catalog knows them. */
export function partitionsOf(relation: Relation, catalog: Catalog): Partition[] {
  return catalog.relations
    .filter(
      ({ isPartition, parents }) =>
        isPartition && parents?.some(({ schema, name }) => schema === relation.schema && name === relation.name),
    )
    .map(partition => ({ relation: partition, partitions: partitionsOf(partition, catalog) }));
}

export interface Partition {
  readonly relation: Relation;
  readonly partitions: readonly Partition[];
}

/**
 * PostgreSQL builds an index of a partitioned table only while writers wait. Built CONCURRENTLY on each partition and
 * attached to one that the parent has ON ONLY itself, nobody waits; it becomes valid with the last partition. Where an
 * earlier build stopped half-way and left the parent's, it goes on from there.
 */
export function partitionedIndexChange(
  index: IndexDefinition,
  relation: Relation,
  partitions: readonly Partition[],
): Change {
  const create: string[] = [];
  const made: { schema: string; name: string }[] = [];
  const left = (table: Relation, name: string): Index | undefined =>
    table.indexes.find(existing => existing.name === name && isSame(existing, index));
  const { name: top } = createIndexSql(index, { concurrently: false });
  // without the parent's, what bears the name on a partition is somebody's own, and not to be attached
  const goesOn = left(relation, top)?.valid === false;
  const build = (table: Relation, below: readonly Partition[]): string => {
    const own = { ...index, schema: table.schema, relation: table.name };
    const isLeaf = table.kind !== 'partitioned table';
    const { name, sql } = createIndexSql(own, { concurrently: isLeaf });
    const found = goesOn ? left(table, name) : undefined;
    if (isLeaf && found?.valid === false) create.push(dropIndexSql(table.schema, name, { concurrently: true }));
    if (!found || (isLeaf && !found.valid)) create.push(isLeaf ? sql : sql.replace(' ON ', ' ON ONLY '));
    made.push({ schema: table.schema, name });
    for (const partition of below) {
      const attached = build(partition.relation, partition.partitions);
      // once more does nothing
      create.push(
        `ALTER INDEX ${quoteQualified(table.schema, name)} ATTACH PARTITION ${quoteQualified(partition.relation.schema, attached)}`,
      );
    }
    return name;
  };
  build(relation, partitions);
  create.push(...analyzeFor({ ...index, schema: relation.schema, relation: relation.name }));
  return {
    sql: create,
    runsInTransaction: false,
    locks:
      'SHARE UPDATE EXCLUSIVE on one partition after the other: reads and writes go on; attaching takes an instant',
    // the parent takes those with it that are attached; the others are left of a build that stopped half-way
    inverse: made.map(({ schema, name }) => dropIndexSql(schema, name, { concurrently: false })),
  };
}

function isSame(existing: Index, wanted: IndexDefinition): boolean {
  const inOrder = (texts: readonly string[]): string => texts.join();
  return (
    existing.method === wanted.method &&
    existing.unique === (wanted.unique ?? false) &&
    inOrder(existing.keys.map(normal)) === inOrder(wanted.keys.map(normal)) &&
    inOrder(existing.include) === inOrder(wanted.include) &&
    normal(existing.predicate ?? '') === normal(wanted.where ?? '')
  );
}

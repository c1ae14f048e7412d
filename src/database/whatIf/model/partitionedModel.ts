import { estimateTreeHeight } from '../../../core/advisor/indexes/indexSize';
import type { TableFacts } from '../../../core/advisor/partitions/partitionFacts';
import { statisticsWithin, type Cut } from '../../../core/advisor/partitions/whatIf/partitionStatistics';
import type { PartitionLayout } from '../../../core/advisor/partitions/whatIf/layout';
import type { Index } from '../../../core/catalog/catalog';
import { quoteIdentifier, quoteQualified } from '../../../core/sql/identifiers';
import type { ModelStep, ShadowModel, StorageFacts } from '../shadowProtocol';

/** The same model with one table cut into partitions: its size, its indexes and its statistics among them. */
export function partitionedModel(model: ShadowModel, table: TableFacts, layout: PartitionLayout): ShadowModel {
  const { relation } = table;
  const own = (name: string): boolean => relation.indexes.some(index => index.name === name);
  const whole = model.storage.find(({ schema, name }) => schema === relation.schema && name === relation.name);
  if (!whole) throw new Error(`the model lacks ${relation.schema}.${relation.name}`);
  const steps = model.steps.flatMap((step): readonly ModelStep[] => {
    if (step.what === `table ${relation.schema}.${relation.name}`) return tableSteps(step, table, layout);
    const index = relation.indexes.find(({ name }) => step.what === `index ${name}`);
    return index ? indexSteps(index, table, layout) : [step];
  });
  const storage = model.storage.flatMap((facts): readonly StorageFacts[] => {
    if (facts === whole) return tableStorage(facts, table, layout);
    const index =
      facts.schema === relation.schema && own(facts.name) && relation.indexes.find(each => each.name === facts.name);
    return index ? indexStorage(facts, index, table, layout) : [facts];
  });
  return { ...model, steps, storage };
}

function tableSteps(step: ModelStep, { relation }: TableFacts, layout: PartitionLayout): ModelStep[] {
  // storage parameters belong to the partitions
  const options = / with \([^()]*\)$/.exec(step.sql)?.[0] ?? '';
  const parent = step.sql.slice(0, step.sql.length - options.length);
  const name = quoteQualified(relation.schema, relation.name);
  return [
    { ...step, sql: `${parent} partition by ${layout.clause}` },
    ...layout.partitions.map(partition => ({
      sql: `create table ${quoteQualified(relation.schema, partition.name)} partition of ${name} ${partition.bound}${options}`,
      what: `partition ${partition.name}`,
    })),
  ];
}

/** Unique ones get the key, as the partitioned table's have to. */
function indexSteps(index: Index, { relation }: TableFacts, layout: PartitionLayout): ModelStep[] {
  const column = quoteIdentifier(layout.column);
  const isWidened = index.unique && !index.keys.includes(column);
  const keys = isWidened ? [...index.keys, column] : index.keys;
  // from the method on: operator classes, sort order and all stand there
  const rest = index.definition.slice(index.definition.indexOf(' USING '));
  const widened = isWidened
    ? ` USING btree (${keys.join(', ')})${index.include.length > 0 ? ` INCLUDE (${index.include.join(', ')})` : ''}${index.predicate ? ` WHERE ${index.predicate}` : ''}`
    : rest;
  const make = (name: string, table: string): ModelStep => ({
    sql: `create ${index.unique ? 'unique ' : ''}index ${quoteIdentifier(name)} on ${quoteQualified(relation.schema, table)}${widened}`,
    what: `index ${name}`,
    optional: true,
  });
  // partitions' first: the parent's takes them over instead of making more
  return [
    ...layout.partitions.map((partition, i) => make(partIndexName(index, i), partition.name)),
    make(index.name, relation.name),
  ];
}

function partIndexName({ name }: Index, place: number): string {
  return `${name}_p${place}`;
}

function tableStorage(whole: StorageFacts, table: TableFacts, layout: PartitionLayout): StorageFacts[] {
  const key = table.keys.find(({ column }) => column === layout.column);
  const correlation = whole.attributes.find(({ attname }) => attname === layout.column)?.correlation;
  const parts = parted(layout).map(({ partition, shareBefore }): StorageFacts => {
    const cut: Cut = {
      column: layout.column,
      rows: table.rows,
      shareBefore,
      ...(key ? { key } : {}),
      ...(correlation === null || correlation === undefined ? {} : { keyCorrelation: Number(correlation) }),
    };
    const { share } = partition;
    return {
      ...sized(whole, share),
      name: partition.name,
      attributes:
        share > 0
          ? whole.attributes.map(each => ({ ...statisticsWithin(each, partition, cut), inherited: false }))
          : [],
    };
  });
  const parent = {
    ...sized(whole, 0),
    tuples: whole.tuples,
    attributes: whole.attributes.map(each => ({ ...each, inherited: true })),
  };
  return [parent, ...parts];
}

function indexStorage(
  whole: StorageFacts,
  index: Index,
  { relation }: TableFacts,
  layout: PartitionLayout,
): StorageFacts[] {
  const columns = [...index.keys, ...index.include].map(key =>
    relation.columns.find(({ name }) => quoteIdentifier(name) === key),
  );
  return layout.partitions.map((partition, i) => {
    const size = sized(whole, partition.share);
    return {
      ...size,
      // an index has a page of its own even without a row
      currentPages: Math.max(1, size.currentPages),
      analyzedPages: Math.max(1, size.analyzedPages),
      name: partIndexName(index, i),
      ...(whole.treeHeight === undefined ? {} : { treeHeight: estimateTreeHeight(size.currentPages, columns) }),
      attributes: whole.attributes,
    };
  });
}

function sized(whole: StorageFacts, share: number): StorageFacts {
  const part = (pages: number): number => Math.ceil(pages * share);
  return {
    ...whole,
    analyzedPages: part(whole.analyzedPages),
    currentPages: part(whole.currentPages),
    allVisiblePages: Math.floor(whole.allVisiblePages * share),
    tuples: Math.round(Math.max(0, whole.tuples) * share),
  };
}

/** Partitions with the shares of those before them. */
function parted({
  partitions,
}: PartitionLayout): { partition: PartitionLayout['partitions'][number]; shareBefore: number }[] {
  let before = 0;
  return partitions.map(partition => {
    const shareBefore = before;
    before += partition.share;
    return { partition, shareBefore };
  });
}

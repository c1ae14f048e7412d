import { BLOCK_BYTES, formatBytes } from '../../base/units';
import type { Catalog } from '../../catalog/catalog';
import { bareKey, estimateIndexSize } from '../indexes/indexSize';
import type { IndexDefinition } from '../suggestion';
import type { ExistingIndexFinding, ReviewLimits } from './finding';
import { reindexChange } from './indexChanges';
import { nameOf, type CounterFacts, type ExistingIndex, type IndexDensity } from './indexFacts';

/** Fill of a leaf of a new B-tree, percent, unless `fillfactor` says otherwise. */
const LEAF_FILL = 90;
/** Once so much of the table was written since ANALYZE, its counts say little. */
const STALE_SHARE = 0.2;

/** A B-tree that takes much more pages than its entries need. */
export interface BloatedIndex {
  readonly index: ExistingIndex;
  /** What it would take when built anew, in bytes. */
  readonly neededBytes: number;
  readonly how: 'statistics' | 'measured';
  readonly text: string;
}

/**
 * B-trees that look bloated by the planner's statistics: entries and their width against the pages there are. Says
 * nothing of an index whose counts are out of date or whose keys have no statistics.
 */
export function likelyBloated(
  indexes: readonly ExistingIndex[],
  catalog: Catalog,
  limits: ReviewLimits,
): BloatedIndex[] {
  return indexes.flatMap(index => {
    const { table, tuples, sizeBytes = 0 } = index;
    if (index.method !== 'btree' || index.isPartitioned || !index.valid || sizeBytes < limits.bloatBytes) return [];
    if (tuples === undefined || (table.modifiedSinceAnalyze ?? 0) > STALE_SHARE * Math.max(1, table.rows ?? 0))
      return [];
    const relation = catalog.relations.find(({ schema, name }) => schema === table.schema && name === table.name);
    if (!relation) return [];
    const isKnown = (name: string | undefined): boolean =>
      relation.columns.some(column => column.name === name && column.statistics !== undefined);
    if (!index.keys.every(({ column }) => isKnown(column)) || !index.include.every(isKnown)) return [];
    const definition: IndexDefinition = {
      schema: index.schema,
      relation: table.name,
      method: 'btree',
      keys: index.keys.map(({ text }) => text).filter(text => bareKey(text) !== undefined),
      include: index.include,
    };
    const estimated = estimateIndexSize({ ...relation, rowEstimate: tuples }, definition, { catalog }).bytes;
    const neededBytes = Math.round((estimated * LEAF_FILL) / fillFactor(index));
    const text = `${formatBytes(sizeBytes)} for entries that take about ${formatBytes(neededBytes)}, estimated from statistics`;
    return isBloated(sizeBytes, neededBytes, limits) ? [{ index, neededBytes, how: 'statistics', text }] : [];
  });
}

/** The same, from what `pgstatindex` found in the pages; undefined if the pages are well filled after all. */
export function measuredBloat(
  index: ExistingIndex,
  density: IndexDensity,
  limits: ReviewLimits,
): BloatedIndex | undefined {
  const { leafPages, internalPages, emptyPages, deletedPages, averageLeafDensity } = density;
  const pages = 1 + leafPages + internalPages + emptyPages + deletedPages;
  const neededLeaves = (leafPages * averageLeafDensity) / fillFactor(index);
  const shrink = leafPages === 0 ? 0 : neededLeaves / leafPages;
  const neededBytes = Math.ceil(1 + neededLeaves + internalPages * shrink) * BLOCK_BYTES;
  if (!isBloated(pages * BLOCK_BYTES, neededBytes, limits)) return undefined;
  const text =
    `${formatBytes(pages * BLOCK_BYTES)}: leaves are filled to ${averageLeafDensity.toFixed(0)} %, ` +
    `${emptyPages + deletedPages} pages are empty; built anew it would take about ${formatBytes(neededBytes)}`;
  return { index, neededBytes, how: 'measured', text };
}

export function bloatFinding(bloated: BloatedIndex, server: CounterFacts): ExistingIndexFinding {
  const { index, neededBytes, how, text } = bloated;
  const sizeBytes = index.sizeBytes ?? 0;
  return {
    problem: 'bloated',
    severity: how === 'measured' ? 'warning' : 'info',
    relation: nameOf(index.table),
    index: nameOf(index),
    title: `${index.name} is bloated`,
    evidence: { how, text },
    sizeBytes,
    scans: index.scans ?? null,
    reclaimableBytes: Math.max(0, sizeBytes - neededBytes),
    change: server.isStandby ? null : reindexChange(index),
    cautions: [
      `the rebuild needs about ${formatBytes(neededBytes)} of free space while both exist`,
      ...(how === 'statistics' ? ['an estimate: the extension pgstattuple would measure it'] : []),
    ],
  };
}

function isBloated(bytes: number, neededBytes: number, limits: ReviewLimits): boolean {
  return bytes - neededBytes >= limits.bloatBytes / 2 && bytes >= limits.bloatFactor * neededBytes;
}

function fillFactor({ options }: ExistingIndex): number {
  const set = options.find(option => option.startsWith('fillfactor='))?.slice('fillfactor='.length);
  return set === undefined ? LEAF_FILL : Number(set);
}

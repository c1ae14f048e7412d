import { formatBytes, formatCount } from '../../base/units';
import type { Catalog, Relation } from '../../catalog/catalog';
import type { Change, EvidenceKind, IndexDefinition } from '../suggestion';
import { analyzeFor, createIndexSql, dropIndexSql, unusedName } from './createIndexSql';
import { partitionedIndexChange, partitionsOf } from './partitionedIndex';

/** "orders (customer_id, created_at) INCLUDE (amount) WHERE status = 'open'" */
export function indexInWords(index: IndexDefinition): string {
  const method = index.method === 'btree' ? '' : ` using ${index.method}`;
  const include = index.include.length > 0 ? ` INCLUDE (${index.include.join(', ')})` : '';
  return `${index.relation}${method} (${index.keys.join(', ')})${include}${index.where ? ` WHERE ${index.where}` : ''}`;
}

/** Creating and dropping an index, without blocking writers wherever PostgreSQL can. */
export function indexChange(index: IndexDefinition, relation: Relation, catalog?: Catalog): Change {
  const partitions = catalog && relation.kind === 'partitioned table' ? partitionsOf(relation, catalog) : [];
  if (partitions.length > 0) return partitionedIndexChange(index, relation, partitions);
  const concurrently = relation.kind !== 'partitioned table';
  const { name, sql } = createIndexSql(index, {
    concurrently,
    ...(catalog && { name: unusedName(index, catalog) }),
  });
  return {
    sql: [sql, ...analyzeFor(index)],
    runsInTransaction: false,
    locks: concurrently
      ? 'SHARE UPDATE EXCLUSIVE: reads and writes go on; VACUUM and other changes of the table wait'
      : 'SHARE: writes to the table and its partitions wait until it is built. CONCURRENTLY is not possible on a ' +
        'partitioned table; to avoid the wait, create it ON ONLY the parent, CONCURRENTLY on each partition, then attach them',
    inverse: [dropIndexSql(index.schema, name, { concurrently })],
  };
}

/** What having the index costs: storage, and the writes that have to maintain it. */
export function indexCost(relation: Relation, bytes: number): string {
  const size = `about ${formatBytes(bytes)}`;
  const activity = relation.activity;
  if (!activity) return `${size}; every insert and most updates also write it`;
  const writes = activity.inserts + Math.max(0, activity.updates - activity.hotUpdates);
  return writes === 0
    ? `${size}; the table has had no writes since its counters were reset`
    : `${size}; ${formatCount(writes)} inserts and updates since the counters were reset would also have written it`;
}

/** How an estimate was made, for the end of a sentence about costs. */
export function estimateInWords(how: EvidenceKind, relativeError?: number): string {
  if (how !== 'what-if (shadow)') return '';
  const off =
    relativeError === undefined
      ? ''
      : `, ${(relativeError * 100).toFixed(1)} % off the server's own for today's design`;
  return ` (planned from the server's statistics${off})`;
}

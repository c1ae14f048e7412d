import type { Index, Relation } from '../../catalog/catalog';
import type { Change, IndexDefinition } from '../suggestion';
import { normal } from './candidates';
import { dropIndexSql, recreateSql } from './createIndexSql';

export interface RedundantIndex {
  /** `schema.name` of the existing index. */
  readonly index: string;
  readonly because: string;
  readonly sizeBytes?: number;
  /** Uses since the counters were reset. */
  readonly scans?: number;
  /** Drops it, and makes it again as it was. */
  readonly change: Change;
}

interface Keys {
  readonly name: string;
  readonly keys: readonly string[];
  readonly include: readonly string[];
  readonly predicate: string;
}

/**
 * Existing B-tree indexes whose keys begin those of another one, existing or proposed. Indexes that enforce
 * something (unique, primary key, constraint) are never redundant.
 */
export function redundantIndexes(
  relation: Relation,
  proposed: readonly { name: string; index: IndexDefinition }[],
): RedundantIndex[] {
  // those of a partition go with the index of its parent that they are attached to
  if (relation.isPartition) return [];
  const existing = relation.indexes.filter(index => index.valid && index.method === 'btree');
  const others: Keys[] = [
    ...existing.map(keysOf),
    ...proposed
      .filter(
        ({ index }) => index.method === 'btree' && index.schema === relation.schema && index.relation === relation.name,
      )
      .map(({ name, index }) => ({
        name,
        keys: index.keys.map(normal),
        include: index.include,
        predicate: normal(index.where ?? ''),
      })),
  ];
  const found: RedundantIndex[] = [];
  const gone = new Set<string>();
  // of two that are the same the later one goes, unless it alone is used
  const leastWorthFirst = [...existing].reverse().sort((a, b) => used(a) - used(b));
  for (const index of leastWorthFirst) {
    if (index.unique || index.primary || relation.constraints.some(constraint => constraint.name === index.name))
      continue;
    const own = keysOf(index);
    const wider = others.find(other => other.name !== index.name && !gone.has(other.name) && covers(other, own));
    if (!wider) continue;
    gone.add(index.name);
    const same = wider.keys.length === own.keys.length;
    const because = same ? `${wider.name} has the same keys` : `its keys begin those of ${wider.name}`;
    found.push({
      index: `${relation.schema}.${index.name}`,
      because,
      ...(index.sizeBytes !== undefined && { sizeBytes: index.sizeBytes }),
      ...(index.scans !== undefined && { scans: index.scans }),
      change: dropChange(relation, index),
    });
  }
  return found;
}

function dropChange({ schema, name, kind }: Relation, index: Index): Change {
  const concurrently = kind !== 'partitioned table';
  return {
    sql: [dropIndexSql(schema, index.name, { concurrently })],
    runsInTransaction: false,
    locks: concurrently
      ? 'SHARE UPDATE EXCLUSIVE: reads and writes go on'
      : `ACCESS EXCLUSIVE for a moment, on ${name} and its partitions`,
    inverse: [recreateSql(index.definition, !concurrently)],
  };
}

function used({ scans = 0 }: Index): number {
  return scans > 0 ? 1 : 0;
}

function keysOf(index: Index): Keys {
  return {
    name: index.name,
    keys: index.keys.map(normal),
    include: index.include,
    predicate: normal(index.predicate ?? ''),
  };
}

function covers(wide: Keys, narrow: Keys): boolean {
  const stored = new Set([...wide.keys, ...wide.include]);
  return (
    wide.predicate === narrow.predicate &&
    narrow.keys.every((key, position) => wide.keys[position] === key) &&
    narrow.include.every(name => stored.has(name))
  );
}

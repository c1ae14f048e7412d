import type { Index, Relation } from '../../catalog/catalog';
import type { IndexDefinition } from '../suggestion';
import { normal } from './candidates';

export interface RedundantIndex {
  /** `schema.name` of the existing index. */
  readonly index: string;
  readonly because: string;
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
        include: index.include.map(normal),
        predicate: normal(index.where ?? ''),
      })),
  ];
  const found: RedundantIndex[] = [];
  const gone = new Set<string>();
  for (const index of existing) {
    if (index.unique || index.primary || relation.constraints.some(constraint => constraint.name === index.name))
      continue;
    const own = keysOf(index);
    const wider = others.find(other => other.name !== index.name && !gone.has(other.name) && covers(other, own));
    if (!wider) continue;
    gone.add(index.name);
    const same = wider.keys.length === own.keys.length;
    const because = same ? `${wider.name} has the same keys` : `its keys begin those of ${wider.name}`;
    found.push({ index: `${relation.schema}.${index.name}`, because });
  }
  return found;
}

function keysOf(index: Index): Keys {
  return {
    name: index.name,
    keys: index.keys.map(normal),
    include: index.include.map(normal),
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

import type { ExistingIndex, IndexKey } from './indexFacts';

/** True if the indexes hold the same entries in the same order, forwards or backwards. */
export function areSame(a: ExistingIndex, b: ExistingIndex): boolean {
  return (
    isAlike(a, b) &&
    a.keys.length === b.keys.length &&
    beginsWith(b, a) &&
    a.include.length === b.include.length &&
    a.include.every(column => b.include.includes(column)) &&
    // For other methods the storage parameters make another index: BRIN's pages_per_range, GIN's fastupdate.
    (a.method === 'btree' || [...a.options].sort().join() === [...b.options].sort().join())
  );
}

/** True if the keys of the narrow B-tree begin those of the wide one, which holds all that the narrow one holds. */
export function isPrefixOf(narrow: ExistingIndex, wide: ExistingIndex): boolean {
  const stored = [...wide.keys.flatMap(({ column }) => column ?? []), ...wide.include];
  return (
    narrow.method === 'btree' &&
    isAlike(narrow, wide) &&
    narrow.keys.length < wide.keys.length &&
    beginsWith(wide, narrow) &&
    narrow.include.every(column => stored.includes(column))
  );
}

/** On the same rows of the same table, by the same method. */
function isAlike(a: ExistingIndex, b: ExistingIndex): boolean {
  return a.table.oid === b.table.oid && a.method === b.method && a.predicate === b.predicate;
}

function beginsWith(wide: ExistingIndex, narrow: ExistingIndex): boolean {
  const pairs = narrow.keys.map((key, position) => [key, wide.keys[position]!] as const);
  if (!pairs.every(([a, b]) => isSameKey(a, b))) return false;
  // Other methods have no order; a B-tree can also be read from its end, where every direction is the opposite.
  return (
    narrow.method !== 'btree' ||
    pairs.every(([a, b]) => isSameOrder(a, b, false)) ||
    pairs.every(([a, b]) => isSameOrder(a, b, true))
  );
}

function isSameKey(a: IndexKey, b: IndexKey): boolean {
  return a.text === b.text && a.operatorClass === b.operatorClass && a.collation === b.collation;
}

function isSameOrder(a: IndexKey, b: IndexKey, reversed: boolean): boolean {
  return (a.descending === b.descending) !== reversed && (a.notNull || (a.nullsFirst === b.nullsFirst) !== reversed);
}

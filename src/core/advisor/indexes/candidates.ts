import type { Catalog, Column, Index, Relation } from '../../catalog/catalog';
import type { IndexDefinition } from '../suggestion';
import { btreeKeyLists, compareText, isSortable, withoutKeys, type Key } from './keyLists';
import { otherMethods } from './otherMethods';
import { partialPredicates, predicateShare } from './partialPredicates';
import type { TableAccess } from './tableAccess';

export interface CandidateOptions {
  /** Most key columns of an index. */
  readonly maxWidth: number;
}

export interface Candidate {
  readonly relation: Relation;
  readonly index: IndexDefinition;
}

/** An index is worth considering from here on; a smaller table is read whole in a handful of pages. */
export const SMALL_TABLE_PAGES = 8;

/** A covering index pays when it is much narrower than its table. */
const COVERING_SHARE = 0.65;
const COVERING_COLUMNS = 10;
/**
 * A B-tree refuses entries above 2704 bytes (BTMaxItemSize), and with them the row: columns that take a tenth of that on
 * average may hold some that are too long.
 */
const COVERING_BYTES = 270;

/** The indexes that could serve one mention of a table, without those an existing index already provides. */
export function candidateIndexes(access: TableAccess, catalog: Catalog, options: CandidateOptions): Candidate[] {
  const { relation } = access;
  const found = new Map<string, Candidate>();
  const add = (index: Pick<IndexDefinition, 'method' | 'keys'>, include: readonly string[] = [], where?: string) => {
    const definition: IndexDefinition = {
      schema: relation.schema,
      relation: relation.name,
      ...index,
      include: [...include].sort(compareText),
      ...(where === undefined ? {} : { where }),
    };
    const id = indexIdentity(definition);
    if (!found.has(id) && !coveringIndex(relation, definition)) found.set(id, { relation, index: definition });
  };
  const btree = (keys: readonly Key[], include?: readonly string[], where?: string): void => {
    if (keys.length > 0) add({ method: 'btree', keys: keys.map(key => key.text) }, include, where);
  };
  const keyLists = btreeKeyLists(access, options.maxWidth);
  const included = coveringColumns(access);
  for (const keys of keyLists) {
    btree(keys);
    if (included) btree(keys, withoutKeys(included, keys));
  }
  for (const predicates of partialPredicates(access)) {
    const where = predicates.map(predicate => predicate.text).join(' AND ');
    const fixed = new Set(predicates.filter(predicate => predicate.fixesColumn).map(predicate => predicate.column));
    const share = predicates.reduce((least, predicate) => Math.min(least, predicateShare(relation, predicate)), 1);
    const includedThere = coveringColumns(access, share);
    for (const keys of keyLists) {
      const rest = keys.filter(key => !(key.plain && fixed.has(key.column)));
      const left = rest.length > 0 ? rest : keys.slice(0, 1);
      btree(left, [], where);
      const wanted = includedThere && withoutKeys(includedThere, left).filter(name => !fixed.has(name));
      if (wanted) btree(left, wanted, where);
    }
  }
  for (const index of otherMethods(access, catalog)) add(index);
  return [...found.values()];
}

/** A search asks for the same few hundred again and again. */
const identities = new WeakMap<IndexDefinition, string>();

/** Two definitions with the same identity build the same index. */
export function indexIdentity(index: IndexDefinition): string {
  let identity = identities.get(index);
  if (identity === undefined) {
    const { schema, relation, method, keys, include, where } = index;
    identity = [schema, relation, method, keys.join(','), include.join(','), where ?? ''].join('|');
    identities.set(index, identity);
  }
  return identity;
}

/** The existing index that already does all that `index` would: same leading keys, same predicate or none. */
export function coveringIndex(relation: Relation, index: IndexDefinition): Index | undefined {
  return relation.indexes.find(existing => {
    if (!existing.valid || existing.method !== index.method) return false;
    if (existing.predicate !== undefined && normal(existing.predicate) !== normal(index.where ?? '')) return false;
    const keys = existing.keys.map(normal);
    const wanted = index.keys.map(normal);
    if (!wanted.every((key, position) => keys[position] === key)) return false;
    const stored = new Set([...keys, ...existing.include]);
    return index.include.every(name => stored.has(name));
  });
}

/**
 * Keys and predicates as both sides print them, without parentheses and harmless casts. Quoted names lose their quotes
 * and keep their case, as strings do: `"Id"` is not `id`.
 */
export function normal(text: string): string {
  return text.replace(/"((?:[^"]|"")*)"|'(?:[^']|'')*'|[^"']+/g, (part, name: string | undefined) => {
    if (name !== undefined) return name.replaceAll('""', '"');
    return part.startsWith("'") ? part : bareText(part);
  });
}

function bareText(text: string): string {
  return text
    .toLowerCase()
    .replace(/::(text|character varying|bpchar|integer|bigint)\b/g, '')
    .replace(/[\s()]/g, '');
}

/**
 * Columns that would make the index enough to answer from, if that is far smaller than the table; `share` of whose rows
 * it holds.
 */
function coveringColumns(access: TableAccess, share = 1): string[] | undefined {
  const needed = access.relation.columns.filter(column => access.needed.has(column.name));
  const width = (columns: readonly Column[]): number =>
    columns.reduce((sum, column) => sum + (column.statistics?.averageWidthBytes ?? 8), 0);
  if (needed.length === 0 || needed.length > COVERING_COLUMNS) return undefined;
  if (!needed.every(column => isSortable(column.type))) return undefined;
  if (width(needed) > COVERING_BYTES) return undefined;
  if (share * width(needed) > COVERING_SHARE * width(access.relation.columns)) return undefined;
  return needed.map(column => column.name);
}

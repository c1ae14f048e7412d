import type { Relation } from '../../catalog/catalog';
import type { IndexDefinition } from '../suggestion';
import type { Candidate } from './candidates';
import { bareKey } from './indexSize';

/** Rows that one run of a statement writes. */
export interface Writes {
  readonly relation: Relation;
  readonly use: 'insert' | 'update' | 'delete' | 'merge';
  readonly rows: number;
  /** Columns an UPDATE sets. */
  readonly columns: ReadonlySet<string>;
}

/**
 * Planner cost of one B-tree entry written: a page touched in cache and its WAL. Between the cost of processing an
 * index tuple (0.005) and a random page read (4); our own choice, towards the upper end of what inserts show.
 */
const ENTRY_COST = 0.5;
/** Entries in B-tree entries. GIN writes one for each element, BRIN touches a block range's summary now and then. */
const ENTRY_WEIGHT: Readonly<Record<IndexDefinition['method'], number>> = {
  btree: 1,
  hash: 1,
  gist: 2,
  spgist: 2,
  gin: 6,
  brin: 0.02,
};
/** A DELETE leaves the entries to VACUUM, which removes a page's worth at a time. */
const DELETE_SHARE = 0.1;
/** Share of updates that find room on their page, when the server has not counted any. */
const ASSUMED_HOT_SHARE = 0.5;

/**
 * What keeping the new indexes of one table up to date adds to a run, in planner cost. An UPDATE that changes no
 * indexed column needs no index entries at all (HOT): the first index on a column it sets makes it write all of them.
 */
export function upkeepCost(writes: Writes, set: readonly Candidate[]): number {
  const own = set.filter(({ relation }) => relation === writes.relation);
  if (own.length === 0 || writes.rows === 0) return 0;
  const entries = own.reduce((sum, candidate) => sum + entryWeight(candidate), 0);
  const everyRow = ENTRY_COST * writes.rows;
  switch (writes.use) {
    case 'insert':
    case 'merge':
      return everyRow * entries;
    case 'delete':
      return everyRow * entries * DELETE_SHARE;
    case 'update': {
      const hotShare = hotShareOf(writes.relation);
      if (touchesExisting(writes)) return everyRow * entries;
      const losesHot = own.some(candidate => touches(candidate, writes.columns));
      const existing = writes.relation.indexes.length;
      return losesHot ? everyRow * (entries + hotShare * existing) : everyRow * entries * (1 - hotShare);
    }
  }
}

function entryWeight({ index, relation }: Candidate): number {
  // a partial index is written for the rows it holds; the share is not known here, so for half of them
  return ENTRY_WEIGHT[index.method] * (index.where !== undefined && relation.rowEstimate !== undefined ? 0.5 : 1);
}

function hotShareOf({ activity }: Relation): number {
  return activity && activity.updates > 0 ? activity.hotUpdates / activity.updates : ASSUMED_HOT_SHARE;
}

function touchesExisting({ relation, columns }: Writes): boolean {
  return relation.indexes.some(
    index =>
      index.method !== 'brin' &&
      reads(relation, [...index.keys, ...index.include, index.predicate ?? '']).some(name => columns.has(name)),
  );
}

function touches({ index, relation }: Candidate, columns: ReadonlySet<string>): boolean {
  // BRIN summarises blocks: PostgreSQL 16 and newer keep an update HOT in spite of it
  if (index.method === 'brin') return false;
  return reads(relation, [...index.keys, ...index.include, index.where ?? '']).some(name => columns.has(name));
}

/** Columns that keys, included columns or a predicate name. */
function reads(relation: Relation, texts: readonly string[]): string[] {
  const plain = new Set(texts.map(text => bareKey(text) ?? text));
  const words = new Set(texts.flatMap(text => text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []));
  return relation.columns.filter(({ name }) => plain.has(name) || words.has(name)).map(({ name }) => name);
}

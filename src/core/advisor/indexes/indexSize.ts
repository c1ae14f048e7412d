import { BLOCK_BYTES } from '../../base/units';
import { findRelation, type Catalog, type Column, type Relation } from '../../catalog/catalog';
import type { IndexDefinition } from '../suggestion';
import { align, btreeLeafBytes, itemBytes, widthOf, type MostCombinations } from './btreeSize';
import { columnSamples } from './columnSamples';
import { expressionColumn } from './expressionColumn';
import { ginElements } from './ginElements';
import { estimateGin, type GinCounters } from './ginSize';

export { distinctValues } from './btreeSize';

/** Page header, special space and nothing else: what is left for items of a B-tree page. */
const USABLE_BYTES = BLOCK_BYTES - 24 - 16;
/** PostgreSQL's default fill factors of B-tree leaves, and of inner pages after a build. */
const LEAF_FILL = 0.9;
const INNER_FILL = 0.7;
const LINE_POINTER = 4;
/** GiST and SP-GiST split pages in half as they fill. */
const SPLIT_FILL = 0.7;
/** GiST keeps a point as the box around it; SP-GiST's entries have a header of 16 bytes instead of 8. */
const BOX_BYTES = 32;
const SPGIST_HEADER_BYTES = 8;
/** pg_trgm's GiST entries list the trigrams of a text, three bytes each; the last so many sampled texts, which are no common ones, tell how many. */
const TRIGRAM_BYTES = 3;
const TRIED_SAMPLES = 50;
/** A hash index has entries of 16 bytes with their line pointers, and a fill factor of 75. */
const HASH_ENTRIES_PER_BUCKET = Math.floor((USABLE_BYTES / 20) * 0.75);
/** Pages that one entry of BRIN sums up, and entries on a page of it, about. */
const BRIN_RANGE_PAGES = 128;
const BRIN_ENTRIES_PER_PAGE = 200;

export interface IndexSize {
  readonly bytes: number;
  readonly pages: number;
  /** Rows the index holds. */
  readonly tuples: number;
  /** Levels above the leaves. */
  readonly treeHeight: number;
  /** Of a GIN index, where its columns' statistics tell. */
  readonly gin?: GinCounters;
}

export interface SizeFacts {
  /** Share of the rows that the index's predicate keeps; 1 if there is none. */
  readonly selectivity?: number;
  /** Knows the tables that foreign keys lead to. */
  readonly catalog?: Catalog;
}

/** Estimated size from column statistics. */
export function estimateIndexSize(
  relation: Relation,
  index: IndexDefinition,
  { selectivity = 1, catalog }: SizeFacts = {},
): IndexSize {
  const rows = Math.max(1, (relation.rowEstimate ?? 1000) * selectivity);
  const columns = index.keys.map(key => columnOfKey(relation, key));
  const ofPages = (pages: number, tuples = rows, treeHeight = 0): IndexSize => ({
    bytes: pages * BLOCK_BYTES,
    pages,
    tuples,
    treeHeight,
  });
  switch (index.method) {
    case 'brin': {
      const ranges = Math.ceil((relation.pages ?? 0) / BRIN_RANGE_PAGES);
      return ofPages(2 + Math.max(1, Math.ceil(ranges / BRIN_ENTRIES_PER_PAGE)), ranges);
    }
    case 'hash':
      return ofPages(hashPages(rows));
    case 'gist':
    case 'spgist': {
      const key = index.keys.reduce((sum, text, i) => sum + searchKeyBytes(index.method, columns[i], text), 0);
      const item = 8 + align(key, 8) + LINE_POINTER;
      return ofPages(Math.max(2, Math.ceil((rows * item) / (USABLE_BYTES * SPLIT_FILL))));
    }
    case 'gin': {
      const keys = index.keys.map((text, i) => ({ text, column: columns[i] }));
      const gin = estimateGin(relation, keys, rows);
      // and the first page
      if (gin) return { ...ofPages(1 + gin.entryPages + gin.dataPages), gin };
      // without statistics a rough guess: about 60 % of the data
      return ofPages(Math.max(2, Math.ceil((rows * (widths(columns) * 0.6 + 6)) / BLOCK_BYTES)));
    }
    case 'btree': {
      const included = index.include.map(name => relation.columns.find(column => column.name === name));
      const leafBytes = btreeLeafBytes(columns, included, rows, catalog ? mostCombinations(relation, catalog) : []);
      const leaves = Math.max(1, Math.ceil(leafBytes / (USABLE_BYTES * LEAF_FILL)));
      const { height, innerPages } = treeAbove(leaves, itemBytes([...columns, ...included]));
      return ofPages(1 + leaves + innerPages, rows, height);
    }
  }
}

/** Columns that refer to another table together have no more combinations of values than that has rows. */
function mostCombinations(relation: Relation, catalog: Catalog): MostCombinations[] {
  return relation.constraints.flatMap(({ columns, references }) => {
    if (!references || columns.length < 2) return [];
    const referenced = findRelation(catalog, references.relation, references.schema);
    return referenced?.rowEstimate ? [{ columns, most: referenced.rowEstimate }] : [];
  });
}

/** Height of a B-tree of that many pages over the given columns (unknown columns count as 16 bytes). */
export function estimateTreeHeight(pages: number, columns: readonly (Column | undefined)[]): number {
  return pages <= 2 ? 0 : treeAbove(pages - 1, itemBytes(columns)).height;
}

function treeAbove(leaves: number, item: number): { height: number; innerPages: number } {
  const fanout = Math.max(2, Math.floor((USABLE_BYTES * INNER_FILL) / (item + LINE_POINTER)));
  let height = 0;
  let innerPages = 0;
  for (let level = leaves; level > 1; height++) {
    level = Math.ceil(level / fanout);
    innerPages += level;
  }
  return { height, innerPages };
}

/** A build makes a power of two of buckets, and from 512 on a quarter of the next one at a time. */
function hashPages(rows: number): number {
  const wanted = Math.max(2, rows / HASH_ENTRIES_PER_BUCKET);
  const below = 2 ** Math.floor(Math.log2(wanted));
  const step = below < 512 ? below : below / 4;
  return Math.ceil(wanted / step) * step + 4 + Math.ceil(wanted / 32);
}

/** What GiST and SP-GiST keep of a value on their leaves. */
function searchKeyBytes(method: IndexDefinition['method'], column: Column | undefined, key: string): number {
  const width = column ? widthOf(column) : 32;
  // a text loses the beginning that it shares with its neighbours: about as much
  if (method === 'spgist') return /^(text|character)/.test(column?.type ?? '') ? width : width + SPGIST_HEADER_BYTES;
  if (column?.type === 'point') return BOX_BYTES;
  if (!column || !key.includes('gist_trgm_ops')) return width;
  const samples = columnSamples(column).slice(-TRIED_SAMPLES);
  const trigrams = samples.reduce((sum, sample) => sum + ginElements(sample, column.type, 'gin_trgm_ops').length, 0);
  // without samples: of words of five letters
  return 5 + TRIGRAM_BYTES * (samples.length > 0 ? trigrams / samples.length : width * 1.2);
}

function widths(columns: readonly (Column | undefined)[]): number {
  return columns.reduce((sum, column) => sum + (column ? widthOf(column) : 32), 0);
}

/** The column a key is, or one made up for what an expression gives. */
export function columnOfKey(relation: Relation, key: string): Column | undefined {
  const bare = bareKey(key);
  return bare === undefined ? expressionColumn(relation, key) : relation.columns.find(column => column.name === bare);
}

/** The column name of a key as it stands in CREATE INDEX, without quotes, direction and operator class. */
export function bareKey(key: string): string | undefined {
  const quoted = /^"((?:[^"]|"")+)"(?!\()/.exec(key);
  if (quoted?.[1] !== undefined) return quoted[1].replace(/""/g, '"');
  return /^([\p{L}_][\p{L}\p{N}_$]*)(?= |$)/u.exec(key)?.[1];
}

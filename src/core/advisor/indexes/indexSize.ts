import { BLOCK_BYTES } from '../../base/units';
import type { Column, Relation } from '../../catalog/catalog';
import type { IndexDefinition } from '../suggestion';
import { align, btreeLeafBytes, itemBytes, widthOf } from './btreeSize';
import { expressionColumn } from './expressionColumn';
import { estimateGin } from './ginSize';

export { distinctValues } from './btreeSize';

/** Page header, special space and nothing else: what is left for items of a B-tree page. */
const USABLE_BYTES = BLOCK_BYTES - 24 - 16;
/** PostgreSQL's default fill factors of B-tree leaves, and of inner pages after a build. */
const LEAF_FILL = 0.9;
const INNER_FILL = 0.7;
const LINE_POINTER = 4;
/** GiST and SP-GiST split pages in half as they fill. */
const SPLIT_FILL = 0.7;
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
}

/** Estimated size from column statistics. `selectivity` is the share of rows a predicate keeps. */
export function estimateIndexSize(relation: Relation, index: IndexDefinition, selectivity = 1): IndexSize {
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
      const item = 8 + align(widths(columns), 8) + LINE_POINTER;
      return ofPages(Math.max(2, Math.ceil((rows * item) / (USABLE_BYTES * SPLIT_FILL))));
    }
    case 'gin': {
      const [column] = columns;
      const contents = column && columns.length === 1 ? estimateGin(relation, column, index.keys[0]!, rows) : undefined;
      // without statistics a rough guess: about 60 % of the data
      const bytes = contents?.bytes ?? rows * (widths(columns) * 0.6 + 6);
      return ofPages(Math.max(2, Math.ceil(bytes / BLOCK_BYTES)), rows, 1);
    }
    case 'btree': {
      const included = index.include.map(name => relation.columns.find(column => column.name === name));
      const leafBytes = btreeLeafBytes(columns, included, rows);
      const leaves = Math.max(1, Math.ceil(leafBytes / (USABLE_BYTES * LEAF_FILL)));
      const { height, innerPages } = treeAbove(leaves, itemBytes([...columns, ...included]));
      return ofPages(1 + leaves + innerPages, rows, height);
    }
  }
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

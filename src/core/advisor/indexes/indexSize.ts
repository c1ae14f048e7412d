import { BLOCK_BYTES } from '../../base/units';
import type { Column, Relation } from '../../catalog/catalog';
import type { IndexDefinition } from '../suggestion';

/** Page header, special space and nothing else: what is left for items of a B-tree page. */
const USABLE_BYTES = BLOCK_BYTES - 24 - 16;
/** PostgreSQL's default fill factors of B-tree leaves, and of inner pages after a build. */
const LEAF_FILL = 0.9;
const INNER_FILL = 0.7;
/** Index tuple header (8) and line pointer (4), bytes. */
const TUPLE_OVERHEAD = 8;
const LINE_POINTER = 4;
/** BTMaxItemSize's cousin: a posting list takes at most about a sixth of a page. */
const POSTING_LIMIT_BYTES = 1352;
const POINTER_BYTES = 6;

export interface IndexSize {
  readonly bytes: number;
  readonly pages: number;
  /** Rows the index holds. */
  readonly tuples: number;
  /** Levels above the leaves. */
  readonly treeHeight: number;
}

/**
 * Estimated size from column statistics. B-trees count deduplication (equal keys share one entry; types whose equal
 * values may look different, like numeric, are not deduplicated). `selectivity` is the share of rows a predicate keeps.
 */
export function estimateIndexSize(relation: Relation, index: IndexDefinition, selectivity = 1): IndexSize {
  const rows = Math.max(1, (relation.rowEstimate ?? 1000) * selectivity);
  if (index.method === 'brin') {
    const pages = 3 + Math.ceil((relation.pages ?? 0) / 128 / 200);
    return { bytes: pages * BLOCK_BYTES, pages, tuples: Math.ceil((relation.pages ?? 0) / 128), treeHeight: 0 };
  }
  const columns = index.keys.map(key => columnOfKey(relation, key));
  if (index.method === 'gin') {
    // a rough guess: entries repeat each row pointer several times, then compress; about 60 % of the data
    const width = columns.reduce((sum, column) => sum + (column ? widthOf(column) : 32), 0);
    const pages = Math.max(2, Math.ceil((rows * (width * 0.6 + 6)) / USABLE_BYTES));
    return { bytes: pages * BLOCK_BYTES, pages, tuples: rows, treeHeight: 1 };
  }
  const included = index.include.map(name => relation.columns.find(column => column.name === name));
  const item = itemBytes([...columns, ...included]);
  let leafBytes = rows * (item + LINE_POINTER);
  const distinct = distinctKeys(columns, rows);
  const deduplicates =
    index.include.length === 0 && !columns.some(column => column && NOT_DEDUPLICATED.test(column.type));
  if (deduplicates && distinct < rows / 1.5) {
    const pointersPerItem = Math.max(1, Math.floor((POSTING_LIMIT_BYTES - item) / POINTER_BYTES));
    const items = distinct * Math.ceil(rows / distinct / pointersPerItem);
    leafBytes = Math.min(leafBytes, items * (item + LINE_POINTER) + rows * POINTER_BYTES);
  }
  const leaves = Math.max(1, Math.ceil(leafBytes / (USABLE_BYTES * LEAF_FILL)));
  const { height, innerPages } = treeAbove(leaves, item);
  const pages = 1 + leaves + innerPages;
  return { bytes: pages * BLOCK_BYTES, pages, tuples: rows, treeHeight: height };
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

const NOT_DEDUPLICATED = /^(numeric|real|double precision|jsonb|character\(|bpchar)/;

/** Types of fixed length: bytes, which is also their alignment up to 8. */
const FIXED: readonly (readonly [RegExp, number])[] = [
  [/^(boolean|"char")$/, 1],
  [/^smallint$/, 2],
  [/^(integer|date|real|oid)$/, 4],
  [/^(bigint|double precision|timestamp|time without|money)/, 8],
  [/^(uuid|interval)/, 16],
];

function itemBytes(columns: readonly (Column | undefined)[]): number {
  let offset = 0;
  for (const column of columns) {
    const fixed = column && FIXED.find(([type]) => type.test(column.type))?.[1];
    if (fixed) offset = align(offset, column.type === 'uuid' ? 1 : Math.min(8, fixed)) + fixed;
    else offset += column ? widthOf(column) : 16;
  }
  return TUPLE_OVERHEAD + align(offset, 8);
}

function widthOf(column: Column): number {
  return column.statistics?.averageWidthBytes ?? 16;
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

function distinctKeys(columns: readonly (Column | undefined)[], rows: number): number {
  let distinct = 1;
  for (const column of columns) distinct *= column ? distinctValues(column, rows) : rows / 10;
  return Math.max(1, Math.min(rows, distinct));
}

/** Number of distinct values of a column; an unanalysed one counts as a tenth of the rows. */
export function distinctValues(column: Column, rows: number): number {
  const distinct = column.statistics?.distinct;
  if (distinct === undefined || distinct === 0) return Math.max(1, rows / 10);
  return Math.max(1, distinct < 0 ? -distinct * rows : distinct);
}

function columnOfKey(relation: Relation, key: string): Column | undefined {
  const bare = bareKey(key);
  return relation.columns.find(column => column.name === bare);
}

/** The column name of a key as it stands in CREATE INDEX, without quotes, direction and operator class. */
export function bareKey(key: string): string | undefined {
  const quoted = /^"((?:[^"]|"")+)"/.exec(key);
  if (quoted?.[1] !== undefined) return quoted[1].replace(/""/g, '"');
  return /^([\p{L}_][\p{L}\p{N}_$]*)(?= |$)/u.exec(key)?.[1];
}

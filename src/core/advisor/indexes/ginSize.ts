import { BLOCK_BYTES } from '../../base/units';
import type { Column, Relation } from '../../catalog/catalog';
import { columnSamples, estimateDistinct } from './columnSamples';
import { commonElements } from './commonElements';
import { ginElements } from './ginElements';

/** An entry that grows beyond this gives its row pointers to a tree of pages (GinMaxItemSize: a third of a page). */
const INLINE_LIMIT_BYTES = 2712;
/** Index tuple header, line pointer, and the first row pointer with the list's length. */
const ENTRY_OVERHEAD_BYTES = 8 + 4 + 8;
/** What a page holds of entries: all but its header, its special space and three line pointers. */
const USABLE_BYTES = BLOCK_BYTES - 24 - 8 - 12;
/** Row pointers come in the order of the table; measured. */
const TREE_FILL = 0.7;
/** Blocks between two row pointers from which on their difference takes a byte more: 11 bits are the row's, 7 a byte. */
const WIDER_FROM_BLOCKS = [2 ** 3, 2 ** 10, 2 ** 17, 2 ** 24];

/** Keys seen at most so often in a hundred sampled values. */
const RARE = 8;

/** What a GIN index keeps in its first page, and the planner reads there. */
export interface GinCounters {
  /** Distinct keys. */
  readonly entries: number;
  /** Pages of the tree of keys, with the row pointers of rare keys. */
  readonly entryPages: number;
  /** Pages of the trees of row pointers that common keys have. */
  readonly dataPages: number;
}

/** Keys that are about equally frequent. */
export interface EqualKeys {
  readonly count: number;
  /** Rows that have one of them, counted for each. */
  readonly postings: number;
  /** Of a key as stored. */
  readonly bytes: number;
}

/**
 * Estimated from what the columns' statistics show: values or elements, and how often each occurs. Undefined where
 * a column has none.
 */
export function estimateGin(
  relation: Relation,
  keys: readonly { readonly column: Column | undefined; readonly text: string }[],
  rows: number,
): GinCounters | undefined {
  const rowsPerPage = Math.max(1, (relation.rowEstimate ?? 1000) / Math.max(1, relation.pages ?? 1));
  const total = { entries: 0, entryPages: 0, dataPages: 0 };
  for (const { column, text } of keys) {
    const found =
      column &&
      ((text.includes('gin_trgm_ops') ? undefined : commonElements(column, rows)) ?? sampledKeys(column, text, rows));
    if (!found) return undefined;
    for (const { count, postings, bytes } of found) {
      const each = postings / Math.max(1e-9, count);
      const entry = ENTRY_OVERHEAD_BYTES + align(bytes);
      const list = each * pointerBytes(rows / Math.max(1, each), rowsPerPage);
      const isInline = entry + list <= INLINE_LIMIT_BYTES;
      total.entries += count;
      total.entryPages += count * entryPages(isInline ? entry + list : entry);
      if (!isInline) total.dataPages += count * treePages(list);
    }
  }
  return {
    entries: Math.round(total.entries),
    entryPages: Math.max(1, Math.ceil(total.entryPages)),
    dataPages: Math.round(total.dataPages),
  };
}

/**
 * A build adds keys in their order. A page that is full is split where its first half has been passed, and its left
 * part stays as it is: half of the page, and on average half an entry more.
 */
function entryPages(bytes: number): number {
  return bytes / ((USABLE_BYTES + bytes) / 2);
}

/** Leaves, and the root above several. */
function treePages(listBytes: number): number {
  const leaves = Math.max(1, Math.ceil(listBytes / (BLOCK_BYTES * TREE_FILL)));
  return leaves === 1 ? 1 : leaves + 1;
}

/** From the elements of sampled values. */
function sampledKeys(column: Column, key: string, rows: number): EqualKeys[] | undefined {
  const samples = columnSamples(column);
  if (samples.length === 0) return undefined;
  const groups = new Map<string, Map<string, { share: number; seen: number; bytes: number }>>();
  for (const sample of samples) {
    for (const { group, text, bytes } of ginElements(sample, column.type, key)) {
      let elements = groups.get(group);
      if (!elements) groups.set(group, (elements = new Map()));
      const known = elements.get(text) ?? { share: 0, seen: 0, bytes };
      known.share += sample.share;
      known.seen += sample.isCommon ? 2 : 1;
      elements.set(text, known);
    }
  }
  return [...groups.values()].flatMap(elements => groupedKeys([...elements.values()], rows));
}

function groupedKeys(all: readonly { share: number; seen: number; bytes: number }[], rows: number): EqualKeys[] {
  const once = all.filter(({ seen }) => seen === 1).length;
  // how often a rare key was seen is mostly chance: rare keys are taken to be equally rare
  const rare = all.filter(({ seen }) => seen <= RARE);
  const common = all.filter(({ seen }) => seen > RARE);
  const found = common.map(({ share, bytes }) => ({ count: 1, postings: share * rows, bytes }));
  if (rare.length === 0) return found;
  const sampled = all.reduce((sum, { seen }) => sum + seen, 0);
  const postings = rows * all.reduce((sum, { share }) => sum + share, 0);
  const distinct = estimateDistinct(sampled, all.length, once, postings);
  const rest = rows * rare.reduce((sum, { share }) => sum + share, 0);
  const bytes = rare.reduce((sum, element) => sum + element.bytes, 0) / rare.length;
  const count = Math.min(rest, Math.max(rare.length, distinct - common.length));
  return [...found, { count, postings: rest, bytes }];
}

/** Bytes of the difference between row pointers that lie, at random, so many rows apart on average. */
function pointerBytes(gap: number, rowsPerPage: number): number {
  const blocks = gap / rowsPerPage;
  const onAnother = blocks * (1 - Math.exp(-1 / blocks));
  return 1 + onAnother + WIDER_FROM_BLOCKS.reduce((sum, from) => sum + Math.exp(-from / blocks), 0);
}

function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

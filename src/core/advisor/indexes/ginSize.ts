import { BLOCK_BYTES } from '../../base/units';
import type { Column, Relation } from '../../catalog/catalog';
import { columnSamples, estimateDistinct, parseJson, type Sample } from './columnSamples';

/** A posting list that grows beyond this becomes a tree of pages of its own (GinMaxItemSize is about a third of a page). */
const INLINE_LIMIT_BYTES = 2700;
/** Index tuple header, line pointer, and the first row pointer with the list's length. */
const ENTRY_OVERHEAD_BYTES = 8 + 4 + 8;
/** Entries come in random order of their keys, which leaves pages as full as splits do; measured on built indexes. */
const ENTRY_FILL = 0.55;
/** Row pointers come in the order of the table; measured. */
const TREE_FILL = 0.7;
/** A row pointer is stored as the difference to the one before, the block in the bits above these. */
const OFFSET_BITS = 11;

/** Keys seen at most so often in a hundred sampled values. */
const RARE = 8;

/** What a GIN index holds of one column. */
export interface GinContents {
  /** Distinct keys. */
  readonly keys: number;
  /** Row pointers. */
  readonly postings: number;
  readonly bytes: number;
}

/**
 * Estimated from the values that the column's statistics show: their elements, how many there are of them and how
 * often each occurs. Undefined without such values.
 */
export function estimateGin(relation: Relation, column: Column, key: string, rows: number): GinContents | undefined {
  const samples = columnSamples(column);
  if (samples.length === 0) return undefined;
  const groups = new Map<string, Map<string, { share: number; seen: number; bytes: number }>>();
  for (const sample of samples) {
    for (const { group, text, bytes } of elementsOf(sample, column.type, key)) {
      let elements = groups.get(group);
      if (!elements) groups.set(group, (elements = new Map()));
      const known = elements.get(text) ?? { share: 0, seen: 0, bytes };
      known.share += sample.share;
      known.seen += sample.isCommon ? 2 : 1;
      elements.set(text, known);
    }
  }
  const rowsPerPage = Math.max(1, (relation.rowEstimate ?? 1000) / Math.max(1, relation.pages ?? 1));
  const total = { keys: 0, postings: 0, bytes: 0 };
  const add = (keys: number, postings: number, keyBytes: number): void => {
    total.keys += keys;
    total.postings += postings;
    total.bytes += keys * entryBytes(postings / Math.max(1e-9, keys), keyBytes, rows, rowsPerPage);
  };
  for (const elements of groups.values()) {
    const all = [...elements.values()];
    const once = all.filter(({ seen }) => seen === 1).length;
    // how often a rare key was seen is mostly chance: rare keys are taken to be equally rare
    const rare = all.filter(({ seen }) => seen <= RARE);
    const sampled = all.reduce((sum, { seen }) => sum + seen, 0);
    const postings = rows * all.reduce((sum, { share }) => sum + share, 0);
    for (const { share, seen, bytes } of all) if (seen > RARE) add(1, share * rows, bytes);
    if (rare.length === 0) continue;
    const distinct = estimateDistinct(sampled, all.length, once, postings);
    const rest = rows * rare.reduce((sum, { share }) => sum + share, 0);
    const bytes = rare.reduce((sum, element) => sum + element.bytes, 0) / rare.length;
    add(Math.min(rest, Math.max(rare.length, distinct - (all.length - rare.length))), rest, bytes);
  }
  return { ...total, bytes: total.bytes + BLOCK_BYTES };
}

/** Bytes on disk of one key with its row pointers. */
function entryBytes(count: number, keyBytes: number, rows: number, rowsPerPage: number): number {
  const list = count * pointerBytes(rows / Math.max(1, count), rowsPerPage);
  const entry = ENTRY_OVERHEAD_BYTES + align(keyBytes);
  if (list <= INLINE_LIMIT_BYTES) return (entry + list) / ENTRY_FILL;
  return entry / ENTRY_FILL + BLOCK_BYTES * Math.max(1, Math.ceil(list / (BLOCK_BYTES * TREE_FILL)));
}

/** Seven bits a byte of the difference between two row pointers that many rows apart. */
function pointerBytes(gap: number, rowsPerPage: number): number {
  const pages = gap / rowsPerPage;
  // half a byte more: differences vary around their mean, and each is rounded up
  const across = (OFFSET_BITS + Math.log2(Math.max(1, pages))) / 7 + 0.5;
  return pages >= 1 ? across : 1 + pages * (across - 1);
}

interface Element {
  readonly group: string;
  readonly text: string;
  /** Of the key as stored. */
  readonly bytes: number;
}

function elementsOf({ value }: Sample, type: string, key: string): Element[] {
  const plain = (texts: Iterable<string>, bytes: (text: string) => number): Element[] =>
    [...new Set(texts)].map(text => ({ group: '', text, bytes: bytes(text) }));
  const asText = (text: string): number => text.length + 1;
  if (key.includes('gin_trgm_ops')) return plain(trigrams(value), () => 4);
  if (type === 'jsonb' || type === 'json') {
    const found = new Map<string, Element>();
    const isPathOps = key.includes('jsonb_path_ops');
    jsonElements(parseJson(value), '', isPathOps, element => found.set(`${element.group} ${element.text}`, element));
    return [...found.values()];
  }
  if (type === 'tsvector') return plain(value.match(/'(?:[^']|'')*'/g) ?? [], asText);
  if (key.includes('to_tsvector')) return plain(value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [], asText);
  if (type.endsWith('[]')) {
    const items = value.replace(/^\{|\}$/g, '').match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
    return plain(items, /^(integer|date|real)/.test(type) ? () => 4 : /^bigint/.test(type) ? () => 8 : asText);
  }
  return [{ group: '', text: value, bytes: asText(value) }];
}

/** Three characters at a time of each word, with two blanks before and one behind it, as pg_trgm takes them. */
function* trigrams(text: string): Generator<string> {
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const padded = `  ${word} `;
    for (let start = 0; start + 3 <= padded.length; start++) yield padded.slice(start, start + 3);
  }
}

/** jsonb_path_ops hashes each value with its path into one key; jsonb_ops keeps keys and values apart. */
function jsonElements(value: unknown, path: string, isPathOps: boolean, add: (element: Element) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) jsonElements(item, path, isPathOps, add);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      if (!isPathOps) add({ group: 'key', text: name, bytes: name.length + 2 });
      jsonElements(item, `${path}.${name}`, isPathOps, add);
    }
  } else if (value !== undefined) {
    add({ group: path, text: String(value), bytes: isPathOps ? 4 : String(value).length + 2 });
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

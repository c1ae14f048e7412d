import { sum } from '../../base/sum';
import type { Column } from '../../catalog/catalog';
import { columnSamples } from './columnSamples';

/** Index tuple header (8) and line pointer (4), bytes. */
const TUPLE_OVERHEAD = 8;
const LINE_POINTER = 4;
/** A posting list tuple takes at most about a sixth of a page. */
const POSTING_LIMIT_BYTES = 1352;
const POINTER_BYTES = 6;
/** Common values are taken together in so many groups of similar frequency. */
const COMMON_GROUPS = 4;

/** Equal values may look different there, so that B-trees keep each of them. */
const NOT_DEDUPLICATED = /^(numeric|real|double precision|jsonb)|\[\]$/;

/** Types of fixed length: bytes, which is also their alignment up to 8. */
const FIXED: readonly (readonly [RegExp, number])[] = [
  [/^(boolean|"char")$/, 1],
  [/^smallint$/, 2],
  [/^(integer|date|real|oid)$/, 4],
  [/^(bigint|double precision|timestamp|time without|money)/, 8],
  [/^(uuid|interval)/, 16],
];

/** Values of a column that are about equally frequent. */
interface ValueGroup {
  /** Of the rows. */
  readonly share: number;
  readonly values: number;
}

/** So many combinations of values of these columns there are at most. */
export interface MostCombinations {
  readonly columns: readonly string[];
  readonly most: number;
}

/**
 * Bytes that the entries of a B-tree over the columns take on its leaves. Equal keys share one entry with a list of row
 * pointers, unless there are included columns or a type forbids it; columns are taken to be independent but for what is
 * known of their combinations.
 */
export function btreeLeafBytes(
  keys: readonly (Column | undefined)[],
  included: readonly (Column | undefined)[],
  rows: number,
  known: readonly MostCombinations[] = [],
): number {
  const item = itemBytes([...keys, ...included]) + LINE_POINTER;
  const deduplicates = included.length === 0 && !keys.some(column => column && NOT_DEDUPLICATED.test(column.type));
  if (!deduplicates) return rows * item;
  let groups: readonly KeyGroup[] = [{ share: 1, combinations: 1, repetition: Infinity }];
  for (const column of keys) {
    const own = valueGroups(column, rows);
    groups = groups.flatMap(a =>
      own.map(b => ({
        share: a.share * b.share,
        combinations: a.combinations * b.values,
        repetition: Math.min(a.repetition, (b.share * rows) / b.values),
      })),
    );
  }
  const possible = shareOfCombinations(keys, rows, known);
  return groups.reduce(
    (sum, { combinations, ...group }) =>
      sum + groupBytes({ ...group, combinations: combinations * possible }, group.share * rows, item),
    0,
  );
}

/** How many of the combinations that independent columns could have there can be. */
function shareOfCombinations(
  keys: readonly (Column | undefined)[],
  rows: number,
  known: readonly MostCombinations[],
): number {
  return known.reduce((least, { columns, most }) => {
    const among = keys.filter(key => key !== undefined && columns.includes(key.name));
    if (among.length < columns.length) return least;
    const independent = among.reduce((product, key) => product * distinctValues(key!, rows), 1);
    return Math.min(least, most / independent);
  }, 1);
}

/** Keys made of one group of values of each column. */
interface KeyGroup {
  readonly share: number;
  readonly combinations: number;
  /** Rows to a value of the column that tells most of them apart. */
  readonly repetition: number;
}

function groupBytes({ combinations, repetition }: KeyGroup, rows: number, item: number): number {
  if (rows <= 0) return 0;
  // rows fall on combinations at random, but no fewer keys come up than the best column has values
  const keys = Math.min(
    rows,
    Math.max(1, combinations * (1 - Math.exp(-rows / combinations)), rows / Math.max(1, repetition)),
  );
  const rowsOnce = keys * shareOnce(rows / keys);
  const pointersPerItem = Math.max(1, Math.floor((POSTING_LIMIT_BYTES - item) / POINTER_BYTES));
  const items = Math.max(keys, rows / pointersPerItem);
  return Math.min(rows * item, items * item + (rows - rowsOnce) * POINTER_BYTES);
}

/** Share of the keys that come up once, if they come up so often on average: Poisson without its zero. */
function shareOnce(mean: number): number {
  if (mean <= 1.0001) return 1;
  let low = 0;
  let high = mean;
  for (let step = 0; step < 30; step++) {
    const rate = (low + high) / 2;
    if (rate / (1 - Math.exp(-rate)) < mean) low = rate;
    else high = rate;
  }
  return (high * Math.exp(-high)) / (1 - Math.exp(-high));
}

function valueGroups(column: Column | undefined, rows: number): ValueGroup[] {
  if (!column?.statistics) return [{ share: 1, values: rows / 10 }];
  const { nullFraction, mostCommonFrequencies = [] } = column.statistics;
  const groups: ValueGroup[] = nullFraction > 0 ? [{ share: nullFraction, values: 1 }] : [];
  const size = Math.ceil(mostCommonFrequencies.length / COMMON_GROUPS);
  for (let start = 0; start < mostCommonFrequencies.length; start += size) {
    const group = mostCommonFrequencies.slice(start, start + size);
    groups.push({ share: sum(group), values: group.length });
  }
  const rest = 1 - nullFraction - sum(mostCommonFrequencies);
  const values = distinctValues(column, rows) - mostCommonFrequencies.length;
  if (rest > 1e-6) groups.push({ share: rest, values: Math.max(1, values) });
  return groups;
}

/** Number of distinct values of a column; an unanalysed one counts as a tenth of the rows. */
export function distinctValues(column: Column, rows: number): number {
  const distinct = column.statistics?.distinct;
  if (distinct === undefined || distinct === 0) return Math.max(1, rows / 10);
  return Math.max(1, distinct < 0 ? -distinct * rows : distinct);
}

/** Entries made up of sampled values, to see what padding to eight bytes adds on average. */
const TRIED_ENTRIES = 200;

/** An entry with its header, on average; without its line pointer. Unknown columns count as 16 bytes. */
export function itemBytes(columns: readonly (Column | undefined)[]): number {
  const parts = columns.map((column, position) => {
    const fixed = column && FIXED.find(([type]) => type.test(column.type))?.[1];
    // values of different columns are put together as if they had nothing to do with each other
    return {
      fixed,
      alignment: column?.type === 'uuid' ? 1 : 8,
      widths: sampleWidths(column),
      stride: 2 * position + 1,
    };
  });
  let bytes = 0;
  for (let entry = 0; entry < TRIED_ENTRIES; entry++) {
    let offset = 0;
    for (const { fixed, alignment, widths, stride } of parts) {
      // a NULL takes no room, but the bitmap that says so takes as much as most values
      if (fixed) offset = align(offset, Math.min(alignment, fixed)) + fixed;
      else offset += widths[(entry * stride) % widths.length] ?? 16;
    }
    bytes += TUPLE_OVERHEAD + align(offset, 8);
  }
  return bytes / TRIED_ENTRIES;
}

export function widthOf(column: Column): number {
  const fixed = FIXED.find(([type]) => type.test(column.type))?.[1];
  return fixed ?? Math.max(1, column.statistics?.averageWidthBytes ?? 16);
}

function sampleWidths(column: Column | undefined): readonly number[] {
  const isNumeric = column?.type.startsWith('numeric') ?? false;
  if (!column || (!isNumeric && !/^(text|character)/.test(column.type))) return [column ? widthOf(column) : 16];
  const samples = columnSamples(column);
  const rare = samples.filter(({ isCommon }) => !isCommon);
  const shown = rare.length > 0 ? rare : samples;
  if (shown.length === 0) return [widthOf(column)];
  return shown.map(({ value }) => (isNumeric ? numericBytes(value) : value.length + 1));
}

/** Header of three bytes, and two for each group of four digits on either side of the point. */
function numericBytes(value: string): number {
  const [whole = '', fraction = ''] = value.replace('-', '').split('.');
  const digits = whole.replace(/^0+/, '');
  const used = fraction.replace(/0+$/, '');
  return 3 + 2 * (Math.ceil(digits.length / 4) + Math.ceil(used.length / 4));
}

export function align(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}

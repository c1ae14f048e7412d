import type { Column } from '../../catalog/catalog';
import { elementBytes } from './ginElements';
import type { EqualKeys } from './ginSize';

/** Bytes of a tsvector beside its words: its head, and of each word its entry and one position (tsvector's layout). */
const VECTOR_HEAD_BYTES = 8;
const LEXEME_BYTES = 4 + 4;
/** Ranks taken together: a step of a tenth in rank changes the frequency by a tenth. */
const RANK_STEP = 1.1;
/** Common lexemes, from the end of the list, that tell how fast frequencies fall. */
const FITTED = 0.5;

/**
 * Elements of arrays and lexemes of `tsvector`: ANALYZE keeps up to a thousand of them with their frequencies. The rarer
 * ones follow Zipf's law as the end of that list does, until they make up what there is in all: ANALYZE counts it for
 * arrays, and of a `tsvector` the width tells. Undefined without such statistics.
 */
export function commonElements({ type, statistics }: Column, rows: number): EqualKeys[] | undefined {
  const { mostCommonElements: words = [], mostCommonElementFrequencies = [] } = statistics ?? {};
  if (!statistics || words.length === 0) return undefined;
  const widthOf = elementBytes(type);
  const common = words.map((word, i) => ({ share: mostCommonElementFrequencies[i] ?? 0, bytes: widthOf(word) }));
  common.sort((a, b) => b.share - a.share);
  const found: EqualKeys[] = common.map(({ share, bytes }) => ({ count: 1, postings: share * rows, bytes }));
  const bytes = common.reduce((sum, each) => sum + each.bytes, 0) / common.length;
  const lexemes =
    statistics.averageElements ?? (statistics.averageWidthBytes - VECTOR_HEAD_BYTES) / (LEXEME_BYTES + bytes);
  const rest = lexemes * (1 - statistics.nullFraction) - common.reduce((sum, { share }) => sum + share, 0);
  return [...found, ...rarer(common, rest * rows, rows, bytes)];
}

function rarer(
  common: readonly { readonly share: number }[],
  postings: number,
  rows: number,
  bytes: number,
): EqualKeys[] {
  const found: EqualKeys[] = [];
  const last = common.length;
  const first = Math.max(1, Math.floor(last * FITTED));
  const least = common[last - 1]!.share;
  // the exponent of Zipf's law between two ranks; 1 is what most texts have
  const fitted = Math.log(common[first - 1]!.share / least) / Math.log(last / first);
  const exponent = last >= 20 && fitted > 0.3 && fitted < 3 ? fitted : 1;
  let left = postings;
  for (let rank = last + 1; left >= 1; rank = Math.ceil(rank * RANK_STEP)) {
    const ranks = Math.ceil(rank * RANK_STEP) - rank;
    const each = least * rows * (rank / last) ** -exponent;
    if (each < 1.5) return [...found, { count: left, postings: left, bytes }];
    const some = Math.min(left, each * ranks);
    found.push({ count: some / each, postings: some, bytes });
    left -= some;
  }
  return found;
}

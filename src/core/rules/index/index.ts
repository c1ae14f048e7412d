import type { Rule } from '../defineRule';
import { columnTwice } from './columnTwice';
import { constantPartialKey } from './constantPartialKey';
import { duplicateIndex } from './duplicateIndex';
import { indexNameTaken } from './indexNameTaken';
import { lowCardinality } from './lowCardinality';
import { redundantPrefix } from './redundantPrefix';
import { tooManyIndexes } from './tooManyIndexes';
import { uselessPredicate } from './uselessPredicate';
import { wideKey } from './wideKey';

/** Rules over the design of indexes. */
export const INDEX_RULES: readonly Rule[] = [
  indexNameTaken,
  duplicateIndex,
  redundantPrefix,
  columnTwice,
  constantPartialKey,
  uselessPredicate,
  lowCardinality,
  wideKey,
  tooManyIndexes,
];

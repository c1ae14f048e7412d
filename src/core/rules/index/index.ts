import type { Rule } from '../defineRule';
import { columnTwice } from './columnTwice';
import { constantPartialKey } from './constantPartialKey';
import { datePartExpression } from './datePartExpression';
import { documentInBtree } from './documentInBtree';
import { duplicateIndex } from './duplicateIndex';
import { ginOnDocumentPath } from './ginOnDocumentPath';
import { hashIndex } from './hashIndex';
import { indexNameTaken } from './indexNameTaken';
import { indexOnPartition } from './indexOnPartition';
import { lowCardinality } from './lowCardinality';
import { noOperatorClass } from './noOperatorClass';
import { notImmutableExpression } from './notImmutableExpression';
import { nullInTextSearch } from './nullInTextSearch';
import { policyColumnWithoutIndex } from './policyColumnWithoutIndex';
import { redundantPrefix } from './redundantPrefix';
import { smallTable } from './smallTable';
import { tooManyIndexes } from './tooManyIndexes';
import { uniqueWithSoftDelete } from './uniqueWithSoftDelete';
import { uselessPredicate } from './uselessPredicate';
import { wideKey } from './wideKey';

/** Rules over the design of indexes. */
export const INDEX_RULES: readonly Rule[] = [
  notImmutableExpression,
  noOperatorClass,
  indexNameTaken,
  duplicateIndex,
  redundantPrefix,
  columnTwice,
  uniqueWithSoftDelete,
  nullInTextSearch,
  documentInBtree,
  hashIndex,
  lowCardinality,
  constantPartialKey,
  uselessPredicate,
  indexOnPartition,
  policyColumnWithoutIndex,
  datePartExpression,
  ginOnDocumentPath,
  wideKey,
  tooManyIndexes,
  smallTable,
];

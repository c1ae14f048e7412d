import type { RewriteCases } from '../rewriteCases';
import { aggregateBeforeJoin } from './aggregateBeforeJoin';
import { leftJoinNullToNotExists, allToNotExists, nullOrConditionToOn } from './existence';
import {
  rowNumberToDistinctOn,
  rowNumberToLateral,
  distinctOnToLateral,
  maxJoinToDistinctOn,
  maxJoinToLateral,
} from './firstOfGroup';
import { orToUnionAll, orWithinTableToUnionAll } from './orToUnionAll';
import { unionToUnionAll } from './unionToUnionAll';
import { countToEstimate, writeInBatches, writesToOne } from './wholeTables';

/** The cases of rewrites that take a whole query apart. */
export const BLOCK_CASES: readonly RewriteCases[] = [
  aggregateBeforeJoin,
  leftJoinNullToNotExists,
  allToNotExists,
  nullOrConditionToOn,
  rowNumberToDistinctOn,
  rowNumberToLateral,
  distinctOnToLateral,
  maxJoinToDistinctOn,
  maxJoinToLateral,
  orToUnionAll,
  orWithinTableToUnionAll,
  unionToUnionAll,
  countToEstimate,
  writeInBatches,
  writesToOne,
];

import type { RewriteDefinition } from './rewrite';
import { aggregateBeforeJoin } from './aggregateBeforeJoin';
import { allToNotExists, correlatedInToExists } from './correlatedInToExists';
import { countToEstimate } from './countToEstimate';
import { distinctJoinToExists } from './distinctJoinToExists';
import { distinctOnToLateral } from './distinctOnToLateral';
import { leftJoinNullToNotExists } from './leftJoinNullToNotExists';
import { maxJoinToDistinctOn, maxJoinToLateral } from './maxJoinToLatest';
import { nullOrConditionToOn } from './nullOrConditionToOn';
import { orToUnionAll } from './orToUnionAll';
import { orWithinTableToUnionAll } from './orWithinTableToUnionAll';
import { rowNumberToDistinctOn, rowNumberToLateral } from './rowNumberToDistinctOn';
import { unionToUnionAll } from './unionToUnionAll';
import { writeInBatches } from './writeInBatches';
import { writesToOne } from './writesToOne';

/** Rewrites that take a whole query apart: its joins, groups, set operations. */
export const BLOCK_REWRITES: readonly RewriteDefinition[] = [
  orToUnionAll,
  orWithinTableToUnionAll,
  unionToUnionAll,
  distinctJoinToExists,
  leftJoinNullToNotExists,
  correlatedInToExists,
  allToNotExists,
  rowNumberToLateral,
  rowNumberToDistinctOn,
  distinctOnToLateral,
  maxJoinToLateral,
  maxJoinToDistinctOn,
  aggregateBeforeJoin,
  countToEstimate,
  writeInBatches,
  nullOrConditionToOn,
  writesToOne,
];

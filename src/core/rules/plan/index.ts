import type { Catalog } from '../../catalog/catalog';
import type { PlanFinding, PlanTree } from '../../plan/planTree';
import { runPlanRules } from './runPlanRules';
import type { PlanRule } from './planRule';
import { coldCache } from './coldCache';
import { correlatedColumns } from './correlatedColumns';
import { cteMaterialized } from './cteMaterialized';
import { functionOrCastHidesIndex } from './functionOrCastHidesIndex';
import { hashBatches } from './hashBatches';
import { heapFetches } from './heapFetches';
import { indexFilterRemovesMany } from './indexFilterRemovesMany';
import { jitCostsMore } from './jitCostsMore';
import { joinFilterRemovesMany } from './joinFilterRemovesMany';
import { limitLateFilter } from './limitLateFilter';
import { lossyBitmap } from './lossyBitmap';
import { materializeOnDisk } from './materializeOnDisk';
import { nestedLoopMisestimate } from './nestedLoopMisestimate';
import { offsetReadsRows } from './offsetReadsRows';
import { orderByIndex } from './orderByIndex';
import { partitionsNotPruned } from './partitionsNotPruned';
import { planningAboveExecution } from './planningAboveExecution';
import { repeatedSubplan } from './repeatedSubplan';
import { rowEstimateOrigin } from './rowEstimateOrigin';
import { rowLocks } from './rowLocks';
import { seqScanKeepsFewRows } from './seqScanKeepsFewRows';
import { sortOnDisk } from './sortOnDisk';
import { staleStatistics } from './staleStatistics';
import { tempFiles } from './tempFiles';
import { triggerFkWithoutIndex } from './triggerFkWithoutIndex';
import { walHeavy } from './walHeavy';
import { workersNotLaunched } from './workersNotLaunched';

export type { PlanExample, PlanRule } from './planRule';

/** All rules over executed plans. */
export const PLAN_RULES: readonly PlanRule[] = [
  functionOrCastHidesIndex,
  seqScanKeepsFewRows,
  indexFilterRemovesMany,
  orderByIndex,
  limitLateFilter,
  offsetReadsRows,
  partitionsNotPruned,
  joinFilterRemovesMany,
  staleStatistics,
  correlatedColumns,
  rowEstimateOrigin,
  nestedLoopMisestimate,
  sortOnDisk,
  hashBatches,
  materializeOnDisk,
  tempFiles,
  heapFetches,
  lossyBitmap,
  repeatedSubplan,
  cteMaterialized,
  workersNotLaunched,
  jitCostsMore,
  triggerFkWithoutIndex,
  planningAboveExecution,
  coldCache,
  walHeavy,
  rowLocks,
];

/** What all rules find in a plan, see {@link runPlanRules}. */
export function findPlanFindings(tree: PlanTree, context: { readonly catalog?: Catalog } = {}): PlanFinding[] {
  return runPlanRules(PLAN_RULES, tree, context);
}

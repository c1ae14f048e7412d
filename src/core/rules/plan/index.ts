import type { Catalog } from '../../catalog/catalog';
import type { PlanFinding, PlanTree } from '../../plan/planTree';
import { functionOrCastHidesIndex } from './functionOrCastHidesIndex';
import { hashBatches } from './hashBatches';
import { heapFetches } from './heapFetches';
import { indexFilterRemovesMany } from './indexFilterRemovesMany';
import { jitCostsMore } from './jitCostsMore';
import { lossyBitmap } from './lossyBitmap';
import { nestedLoopMisestimate } from './nestedLoopMisestimate';
import type { PlanReport, PlanRule } from './planRule';
import { planningAboveExecution } from './planningAboveExecution';
import { repeatedSubplan } from './repeatedSubplan';
import { rowEstimateOrigin } from './rowEstimateOrigin';
import { seqScanKeepsFewRows } from './seqScanKeepsFewRows';
import { sortOnDisk } from './sortOnDisk';
import { triggerFkWithoutIndex } from './triggerFkWithoutIndex';
import { workersNotLaunched } from './workersNotLaunched';

export type { PlanRule } from './planRule';

/** All rules over executed plans. */
export const PLAN_RULES: readonly PlanRule[] = [
  functionOrCastHidesIndex,
  seqScanKeepsFewRows,
  indexFilterRemovesMany,
  rowEstimateOrigin,
  nestedLoopMisestimate,
  sortOnDisk,
  hashBatches,
  heapFetches,
  lossyBitmap,
  repeatedSubplan,
  workersNotLaunched,
  jitCostsMore,
  triggerFkWithoutIndex,
  planningAboveExecution,
];

/** Nobody notices less: neither in absolute terms nor beside the rest of the statement. */
const LEAST_SAVED_MS = 1;
const LEAST_SAVED_SHARE = 0.05;
/** ExplainSQL: medium from 20 % of the run time. An executed plan never fails by its speed, so nothing is an error. */
const WARNING_SHARE = 0.2;

/**
 * What the rules find in an executed plan, the largest possible saving first; findings that save no time by
 * themselves (estimates) follow. A plan that was only explained, or ran without timing, yields few or none.
 */
export function findPlanFindings(tree: PlanTree, context: { readonly catalog?: Catalog } = {}): PlanFinding[] {
  if (!tree.analyzed) return [];
  const wholeMs = tree.executionMs ?? tree.root.figures.totalMs ?? 0;
  const findings: PlanFinding[] = [];
  for (const rule of PLAN_RULES) {
    const report = (found: PlanReport) => {
      const finding = toFinding(rule, found, wholeMs, tree.planningMs ?? 0);
      if (finding) findings.push(finding);
    };
    rule.check({ tree, catalog: context.catalog, wholeMs, report });
  }
  // Where an expression hides the index, "create an index on the filter" would be the wrong advice.
  const hidden = new Set(findings.filter(each => each.rule === functionOrCastHidesIndex.id).map(each => each.nodeId));
  const kept = findings.filter(each => each.rule !== seqScanKeepsFewRows.id || !hidden.has(each.nodeId));
  return kept.sort((a, b) => (b.savesMs ?? 0) - (a.savesMs ?? 0));
}

function toFinding(rule: PlanRule, found: PlanReport, wholeMs: number, planningMs: number): PlanFinding | undefined {
  const { node, message, evidence, savesMs, nextStep } = found;
  if (savesMs !== undefined && (savesMs < LEAST_SAVED_MS || savesMs < LEAST_SAVED_SHARE * wholeMs)) return undefined;
  const share = savesMs === undefined ? 0 : savesMs / Math.max(wholeMs, planningMs);
  const severity = found.severity ?? (share >= WARNING_SHARE ? 'warning' : 'info');
  return { rule: rule.id, severity, nodeId: node?.id, message, evidence, savesMs, nextStep };
}

import type { Catalog } from '../../catalog/catalog';
import { findEstimateOrigins } from '../../plan/estimateOrigins';
import type { PlanFinding, PlanTree } from '../../plan/planTree';
import { statementFigures } from '../../plan/statementFigures';
import type { PlanReport, PlanRule } from './planRule';

/** Nobody notices less: neither in absolute terms nor beside the rest of the statement. */
const LEAST_SAVED_MS = 1;
const LEAST_SAVED_SHARE = 0.05;
/** 1 MB: where no time was measured, blocks decide. */
const LEAST_SAVED_BLOCKS = 128;
/** ExplainSQL: medium from 20 % of the run time. An executed plan never fails by its speed, so nothing is an error. */
const WARNING_SHARE = 0.2;

/**
 * What a rule says better than others about the same node: the others are then left out. "Index the filter" is wrong
 * where an expression hides the index, and nobody extends statistics that are only old.
 */
const SAYS_BETTER: Readonly<Record<string, readonly string[]>> = {
  'plan/function-or-cast-hides-index': [
    'plan/seq-scan-keeps-few-rows',
    'plan/index-filter-removes-many',
    'plan/row-estimate-origin',
  ],
  'plan/order-by-index': ['plan/index-filter-removes-many', 'plan/limit-late-filter', 'plan/row-estimate-origin'],
  'plan/stale-statistics': ['plan/correlated-columns', 'plan/row-estimate-origin'],
  'plan/correlated-columns': ['plan/row-estimate-origin'],
  'plan/partitions-not-pruned': [
    'plan/function-or-cast-hides-index',
    'plan/seq-scan-keeps-few-rows',
    'plan/index-filter-removes-many',
    'plan/row-estimate-origin',
  ],
};

/** Spills that name their node; the sum over all is worth a word only when none of them does. */
const NAMED_SPILLS = new Set(['plan/sort-on-disk', 'plan/hash-batches', 'plan/materialize-on-disk']);

/**
 * What the rules find in an executed plan, the largest possible saving first; findings that save nothing by
 * themselves (estimates) follow. A plan that was only explained yields none: nothing in it was measured.
 */
export function runPlanRules(
  rules: readonly PlanRule[],
  tree: PlanTree,
  context: { readonly catalog?: Catalog } = {},
): PlanFinding[] {
  if (!tree.analyzed) return [];
  const wholeMs = tree.executionMs ?? tree.root.figures.totalMs ?? 0;
  const shared = {
    tree,
    wholeMs,
    catalog: context.catalog,
    statement: statementFigures(tree),
    origins: findEstimateOrigins(tree),
  };
  const findings: PlanFinding[] = [];
  const better = new Set<string>();
  for (const rule of rules) {
    const report = (found: PlanReport) => {
      const finding = toFinding(rule, found, tree, wholeMs);
      if (!finding) return;
      findings.push(finding);
      for (const node of [found.node, ...(found.covers ?? [])]) {
        for (const other of SAYS_BETTER[rule.id] ?? []) better.add(`${other} ${node?.id}`);
      }
    };
    rule.check({ ...shared, report });
  }
  const namesSpill = findings.some(({ rule }) => NAMED_SPILLS.has(rule));
  return findings
    .filter(({ rule, nodeId }) => !better.has(`${rule} ${nodeId}`))
    .filter(({ rule }) => rule !== 'plan/temp-files' || !namesSpill)
    .sort(bySaving);
}

function bySaving(a: PlanFinding, b: PlanFinding): number {
  return (b.savesMs ?? 0) - (a.savesMs ?? 0) || (b.savesBlocks ?? 0) - (a.savesBlocks ?? 0);
}

function toFinding(rule: PlanRule, found: PlanReport, tree: PlanTree, wholeMs: number): PlanFinding | undefined {
  const { node, message, evidence, savesMs, nextStep, steps } = found;
  const savesBlocks = found.savesBlocks === undefined ? undefined : Math.round(found.savesBlocks);
  const share = shareSaved(found, tree, wholeMs);
  if (share !== undefined && (share < LEAST_SAVED_SHARE || isLittle(savesMs, savesBlocks))) return undefined;
  const severity = found.severity ?? ((share ?? 0) >= WARNING_SHARE ? 'warning' : 'info');
  return {
    rule: rule.id,
    severity,
    nodeId: node?.id,
    message,
    evidence,
    savesMs,
    ...(savesBlocks && { savesBlocks }),
    nextStep,
    ...(steps && steps.length > 0 && { steps }),
  };
}

/** Of the time if it was measured, else of the blocks; undefined if neither is known. */
function shareSaved({ savesMs, savesBlocks }: PlanReport, tree: PlanTree, wholeMs: number): number | undefined {
  // Planning may take longer than everything else.
  if (savesMs !== undefined) return savesMs / Math.max(wholeMs, tree.planningMs ?? 0, Number.MIN_VALUE);
  const all = tree.root.figures.totalBlocks;
  return savesBlocks === undefined || !all ? undefined : savesBlocks / all;
}

function isLittle(savesMs: number | undefined, savesBlocks: number | undefined): boolean {
  if (savesMs !== undefined) return savesMs < LEAST_SAVED_MS;
  return (savesBlocks ?? 0) < LEAST_SAVED_BLOCKS;
}

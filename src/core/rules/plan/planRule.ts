import type { Catalog } from '../../catalog/catalog';
import type { PlanFinding, PlanNode, PlanTree } from '../../plan/planTree';

/** A rule over one plan. */
export interface PlanRule {
  /** `plan/slug`. */
  readonly id: string;
  readonly title: string;
  /** What the rule looks for, why it costs time, and where its thresholds come from. */
  readonly docs: { readonly problem: string; readonly why: string; readonly thresholds: string };
  check(context: PlanRuleContext): void;
}

export interface PlanRuleContext {
  readonly tree: PlanTree;
  readonly catalog?: Catalog;
  /** What shares refer to: execution time, or the root's time when EXPLAIN did not say. */
  readonly wholeMs: number;
  report(finding: PlanReport): void;
}

/** A finding without what the rule's caller knows already. */
export interface PlanReport {
  readonly node?: PlanNode;
  readonly message: string;
  readonly evidence: string;
  readonly savesMs?: number;
  readonly nextStep: string;
  /** Only for what has no `savesMs`; otherwise the share of the run time decides. */
  readonly severity?: PlanFinding['severity'];
}

/** Keeps the type of a rule literal; rules are plain data with one function. */
export function definePlanRule(rule: PlanRule): PlanRule {
  return rule;
}

import type { Catalog } from '../../catalog/catalog';
import type { NextStep } from '../../plan/nextStep';
import type { PlanFinding, PlanNode, PlanTree } from '../../plan/planTree';
import type { StatementFigures } from '../../plan/statementFigures';

/** A rule over one executed plan. */
export interface PlanRule {
  /** `plan/slug`; the file is the slug in camel case. */
  readonly id: string;
  /** The version of the product that first had it. */
  readonly since: string;
  readonly title: string;
  /** Markdown, a short paragraph each; `thresholds` says where the numbers come from. */
  readonly docs: {
    readonly problem: string;
    readonly why: string;
    readonly thresholds: string;
    readonly whenToIgnore: string;
  };
  /** Run as tests and shown on the rule's page: small plans in PostgreSQL's text format. */
  readonly examples: readonly PlanExample[];
  check(context: PlanRuleContext): void;
}

export type PlanExample = BadPlan | GoodPlan;

/** A plan in which the rule must find something. */
export interface BadPlan extends PlanSetting {
  readonly bad: string;
  /** The message it gives. */
  readonly says: string;
}

/** A plan in which it must not. */
export interface GoodPlan extends PlanSetting {
  readonly good: string;
}

interface PlanSetting {
  readonly title: string;
  /** What is known of the tables; nothing when absent. */
  readonly catalog?: Catalog;
}

export interface PlanRuleContext {
  readonly tree: PlanTree;
  readonly statement: StatementFigures;
  /** Where wrong row estimates begin, see `findEstimateOrigins`. */
  readonly origins: readonly PlanNode[];
  readonly catalog?: Catalog;
  /** What shares refer to: execution time, or the root's time when EXPLAIN did not say; 0 with TIMING and SUMMARY OFF. */
  readonly wholeMs: number;
  report(finding: PlanReport): void;
}

/** A finding without what the rule's caller knows already. */
export interface PlanReport {
  readonly node?: PlanNode;
  /** Nodes that need no advice of their own beside this one. */
  readonly covers?: readonly PlanNode[];
  readonly message: string;
  /** The figures that decided, with units. */
  readonly evidence: string;
  /** Upper bounds of what fixing it could save; undefined what is not known. */
  readonly savesMs?: number;
  readonly savesBlocks?: number;
  /** What to do next, in one sentence. */
  readonly nextStep: string;
  /** The same to press, the best first. */
  readonly steps?: readonly NextStep[];
  /** Only for what saves nothing by itself; otherwise the share of the whole decides. */
  readonly severity?: PlanFinding['severity'];
}

/** Keeps the type of a rule literal; rules are plain data with one function. */
export function definePlanRule(rule: PlanRule): PlanRule {
  return rule;
}

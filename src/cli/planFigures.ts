import type { PlanProblem, PlanTree } from '../core/plan/planTree';

/** The figures of one plan as the JSON output gives them; null is what PostgreSQL did not say. */
export interface ReportedFigures {
  readonly planningMs: number | null;
  readonly executionMs: number | null;
  readonly totalCost: number | null;
  readonly nodes: number;
}

/** What was not understood, with null for what is not known of it. */
export interface ReportedProblem {
  readonly message: string;
  readonly line: number | null;
  readonly text: string | null;
}

export function reportedProblem({ message, line, text }: PlanProblem): ReportedProblem {
  return { message, line: line ?? null, text: text ?? null };
}

export function planFigures(tree: PlanTree): ReportedFigures {
  return {
    planningMs: tree.planningMs ?? null,
    // auto_explain writes it into the log instead of the plan
    executionMs: tree.executionMs ?? tree.source?.loggedMs ?? null,
    totalCost: tree.root.figures.totalCost ?? null,
    nodes: tree.nodes.length,
  };
}

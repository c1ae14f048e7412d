import type { PlanTree } from '../core/plan/planTree';

/** The figures of one plan as the JSON output gives them; null is what PostgreSQL did not say. */
export interface ReportedFigures {
  readonly planningMs: number | null;
  readonly executionMs: number | null;
  readonly totalCost: number | null;
  readonly nodes: number;
}

export function planFigures(tree: PlanTree): ReportedFigures {
  return {
    planningMs: tree.planningMs ?? null,
    executionMs: tree.executionMs ?? null,
    totalCost: tree.root.figures.totalCost ?? null,
    nodes: tree.nodes.length,
  };
}

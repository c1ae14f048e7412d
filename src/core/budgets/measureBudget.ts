import type { CancelSignal } from '../base/cancelSignal';
import { parsePlan } from '../plan/parsePlan';
import type { PlanTree } from '../plan/planTree';
import type { Database, ExplainRequest } from '../ports';
import type { Clause } from './budget';
import { hasTimes, needsRun } from './evaluateBudget';

/** Runs of a statement whose times count; half of them one way is still a majority. */
export const DEFAULT_RUNS = 5;

export interface MeasureOptions {
  /** Only plan it; nothing is run. */
  readonly planOnly?: boolean;
  /** How often it is run when times are limited; without them twice: the second finds the caches warm. */
  readonly runs?: number;
  readonly signal?: CancelSignal;
}

/**
 * The plans that a budget is held against, one for each run. The statement is run only if a clause needs it, each time
 * in a transaction that is rolled back.
 * @throws DatabaseError; CancelledError
 */
export async function measureBudget(
  database: Pick<Database, 'explain'>,
  clauses: readonly Clause[],
  request: Omit<ExplainRequest, 'analyze' | 'options'>,
  { planOnly, runs = DEFAULT_RUNS, signal }: MeasureOptions = {},
): Promise<PlanTree[]> {
  const analyze = !planOnly && needsRun(clauses);
  const count = !analyze ? 1 : hasTimes(clauses) ? runs : Math.min(runs, 2);
  const wantsWal = clauses.some(clause => clause.kind === 'limit' && clause.metric === 'WAL bytes');
  const options = wantsWal ? { WAL: true } : undefined;
  const plans: PlanTree[] = [];
  while (plans.length < count) {
    const { plan } = await database.explain({ ...request, analyze, ...(options && { options }) }, signal);
    const [tree] = parsePlan(plan);
    if (tree) plans.push(tree);
    else break;
  }
  return plans;
}

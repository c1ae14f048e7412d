import type { ParameterValues, StatementInfo, TextSpan } from './server';

/** Opens the comparison of a statement with its budget: the address of the document, and where the statement stands. */
export const CHECK_BUDGET = 'queryTuner.budget.check';

/** The requests about budgets: what a statement may cost, said in a comment above it. */
export interface BudgetRequests {
  /** The budgets of a document; of `text`, if it is not open. Needs no connection. */
  'queryTuner/budget/list': { params: BudgetListParams; result: readonly BudgetView[] };
  /** Plans a statement, and runs it if its budget needs that, always rolled back; shown beside it from then on. */
  'queryTuner/budget/check': { params: BudgetCheckParams; result: BudgetOutcome };
}

export interface BudgetListParams {
  readonly uri: string;
  /** Of a document that the server was not told of, with its language. */
  readonly text?: string;
  readonly languageId?: string;
}

/** A statement with a budget. */
export interface BudgetView {
  /** Tells the budgets of a document apart, and stays while others are edited. */
  readonly id: string;
  readonly statement: StatementInfo;
  /** The comments with the budget. */
  readonly span: TextSpan;
}

export interface BudgetCheckParams {
  readonly connectionId: string;
  readonly uri: string;
  readonly text?: string;
  readonly languageId?: string;
  /** {@link BudgetView.id}. */
  readonly id: string;
  readonly parameters?: ParameterValues;
  /** The user agreed to run what a rollback does not undo. */
  readonly allowEffects?: boolean;
}

export interface BudgetOutcome {
  readonly status: 'met' | 'failed' | 'unknown';
  /** "budget met 4/5: shared hit 31 > 20". */
  readonly summary: string;
  /** Why it was not run or planned. */
  readonly obstacle?: string;
  readonly clauses: readonly {
    readonly outcome: 'pass' | 'fail' | 'unknown';
    readonly message: string;
    readonly span: TextSpan;
  }[];
}

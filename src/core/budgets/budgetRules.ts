/** Ids of what is reported about budgets. */
export const BUDGET_RULES = {
  malformed: 'budget/malformed',
  contradiction: 'budget/contradiction',
  unknownName: 'budget/unknown-name',
  misplaced: 'budget/misplaced',
  /** Prose that could be a budget. */
  expectation: 'budget/expectation',
  /** A plan was looked at, and costs more. */
  notMet: 'budget/not-met',
  /** It could not be found out. */
  notTold: 'budget/not-told',
} as const;

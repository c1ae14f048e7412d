import type { ClauseResult } from './evaluateBudget';

/** How a whole budget fared. */
export interface BudgetSummary {
  /** `met` if all clauses are, `failed` if one is not, else `unknown`. */
  readonly status: 'met' | 'failed' | 'unknown';
  /** "budget met 4/5: shared hit 31 > 20". */
  readonly text: string;
}

/** Failures first, then what could not be told. */
export function summarizeResults(results: readonly ClauseResult[]): BudgetSummary {
  const met = results.filter(({ outcome }) => outcome === 'pass').length;
  const failed = results.filter(({ outcome }) => outcome === 'fail');
  const unknown = results.filter(({ outcome }) => outcome === 'unknown');
  const status = failed.length > 0 ? 'failed' : unknown.length > 0 ? 'unknown' : 'met';
  if (status === 'met') return { status, text: results.length === 1 ? 'budget met' : `budget met, all ${met}` };
  const why = [...failed, ...unknown].map(({ message }) => message).join('; ');
  return { status, text: `budget met ${met}/${results.length}: ${why}` };
}

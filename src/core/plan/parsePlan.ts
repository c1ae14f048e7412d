import { PlanInputError } from './planInputError';
import type { PlanTree } from './planTree';
import { readPlans } from './readPlans';

export { PlanInputError } from './planInputError';

const WHAT_TO_DO =
  'Paste the whole output of EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON), or of EXPLAIN in text, YAML or XML format; ' +
  "psql's table frame and server log lines may stay around it.";

/**
 * Reads plans as {@link readPlans} does, for callers that can do nothing without one.
 *
 * @returns one tree per explained statement, in order, never empty
 * @throws PlanInputError if nothing could be understood; the message says what to paste instead
 */
export function parsePlan(input: unknown): PlanTree[] {
  const { plans } = readPlans(input);
  if (plans.length > 0) return [...plans];
  throw noPlan(input);
}

/** What to say of an input in which no plan was found. */
export function noPlan(input: unknown): PlanInputError {
  const isEmpty = typeof input === 'string' && input.trim() === '';
  return new PlanInputError(`${isEmpty ? 'The plan is empty' : 'No plan found in the input'}. ${WHAT_TO_DO}`);
}

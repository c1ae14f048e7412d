/** The input holds no plan that could be read. The message says what to do and is fit to be shown as it is. */
export class PlanInputError extends Error {
  override readonly name = 'PlanInputError';
}

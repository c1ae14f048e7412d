import type { AdvisedView } from './index';
/** The view's migration as a script, and behind it, as comments, the queries written over the view. */
export declare function viewScript(
  { plan, evidence, statements }: AdvisedView,
  placeOf: (id: number) => string,
): string;

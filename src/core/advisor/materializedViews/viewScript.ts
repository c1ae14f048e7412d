import { migrationScript } from '../migration/migrationScript';
import type { AdvisedView } from './index';

/** The view's migration as a script, and behind it, as comments, the queries written over the view. */
export function viewScript({ plan, evidence, statements }: AdvisedView, placeOf: (id: number) => string): string {
  const queries = statements.flatMap(({ id, rewritten, differences }) => [
    '',
    `-- ${placeOf(id)}, written over the view:`,
    ...differences.map(difference => `-- (${difference})`),
    ...rewritten.split('\n').map(line => `-- ${line}`.trimEnd()),
  ]);
  return `-- ${evidence}\n${migrationScript(plan)}${queries.join('\n')}\n`;
}

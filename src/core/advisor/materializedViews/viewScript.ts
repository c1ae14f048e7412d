import { migrationScript } from '../migration/migrationScript';
import type { AdvisedView } from './index';

/** The view's migration as a script, and behind it the queries written over the view. */
export function viewScript(view: AdvisedView, placeOf: (id: number) => string): string {
  return `-- ${view.evidence}\n${migrationScript(view.plan)}${rewrittenComments(view, placeOf)}`;
}

/** The queries written over the view, as comments: they are for the application, not for the migration. */
export function rewrittenComments(
  { statements }: Pick<AdvisedView, 'statements'>,
  placeOf: (id: number) => string,
): string {
  const lines = statements.flatMap(({ id, rewritten, differences }) => [
    '',
    `-- ${placeOf(id)}, written over the view:`,
    ...differences.map(difference => `-- (${difference})`),
    ...rewritten.split('\n').map(line => `-- ${line}`.trimEnd()),
  ]);
  return `${lines.join('\n')}\n`;
}

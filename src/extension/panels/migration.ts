import type { Suggestion } from '../../core/advisor/suggestion';

/** A suggestion as a migration: what it does and why, the way up, and the way down in comments. */
export function migrationText({ title, change, evidence }: Suggestion): string {
  const comment = (text: string): string => text.replace(/^/gm, '-- ');
  return [
    comment(title),
    comment(`${evidence.how}: ${evidence.text}`),
    ...(change.runsInTransaction ? [] : [comment('Runs outside a transaction.')]),
    ...change.sql.map(statement => `${statement};`),
    '',
    comment('Undo:'),
    ...change.inverse.map(statement => comment(`${statement};`)),
    '',
  ].join('\n');
}

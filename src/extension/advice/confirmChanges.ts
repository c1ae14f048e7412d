import * as vscode from 'vscode';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';

/** Statements shown in the question; a dialog does not scroll. */
const MOST_SHOWN = 20;

/** The SQL is shown before anything runs; production is named. */
export async function confirmChanges(
  connection: ConnectionEntry,
  what: string,
  sql: readonly string[],
): Promise<boolean> {
  const production = roleOf(connection) === 'production';
  const where = production ? vscode.l10n.t('the production database {0}', connection.name) : connection.name;
  const shown = sql.slice(0, MOST_SHOWN).map(statement => `${statement};`);
  const more = sql.length > shown.length ? [vscode.l10n.t('... and {0} more', sql.length - shown.length)] : [];
  const options = { modal: true, detail: [...shown, ...more].join('\n') };
  const run = vscode.l10n.t('Run');
  return (await vscode.window.showWarningMessage(vscode.l10n.t('{0} on {1}?', what, where), options, run)) === run;
}

export function countChanges(changes: number): string {
  return changes === 1 ? '1 change' : vscode.l10n.t('{0} changes', changes);
}

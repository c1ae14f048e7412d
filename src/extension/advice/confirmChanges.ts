import * as vscode from 'vscode';
import type { FailureData } from '../../protocol/server';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import type { OfferedChange } from './adviceState';

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

/** Says which change failed, what became of the others, and who could make them. */
export function stoppedAt(error: unknown, { title }: OfferedChange, made: number, of: number): unknown {
  if (!(error instanceof Error) || error instanceof vscode.CancellationError) return error;
  const { data } = error as Error & { readonly data?: FailureData };
  const parts = of === 1 ? [error.message] : [`${title}: ${error.message}`];
  if (data?.kind === 'permission')
    parts.push(vscode.l10n.t('"Save Checked as Migration" writes a script for somebody who may.'));
  if (of > 1 && made === 0) parts.push(vscode.l10n.t('None of the {0} changes was made.', of));
  if (made > 0) parts.push(vscode.l10n.t('{0} of {1} changes were made; the others were not tried.', made, of));
  error.message = parts.map(part => part.replace(/\.?$/, '.')).join(' ');
  return error;
}

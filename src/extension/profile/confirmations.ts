import * as vscode from 'vscode';
import type { ScopedChanges } from '../../protocol/profile';
import type { KeptRun } from '../../protocol/profilePage';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';

const MOST_LINES = 25;

/**
 * What would run is shown before it does; production is named.
 * @param waiting settings that count from the next restart on
 */
export function confirmApply(
  connection: ConnectionEntry,
  groups: readonly ScopedChanges[],
  script: string,
  waiting: readonly string[],
): Promise<boolean> {
  const count = groups.reduce((sum, { changes }) => sum + changes.length, 0);
  const what = count === 1 ? 'Change 1 setting' : `Change ${count} settings`;
  const notes = waiting.length === 0 ? [] : ['', `Waits for a restart of the server: ${waiting.join(', ')}`];
  return confirm(`${what} on ${placeOf(connection)}?`, [...script.split('\n'), ...notes], 'Apply');
}

/** A value that somebody else has changed since is left alone, whatever is answered. */
export function confirmUndo(connection: ConnectionEntry, { record }: KeptRun): Promise<boolean> {
  const before = new Map(record.entriesBefore.map(({ name, value }) => [name, value]));
  const lines = record.changes
    .filter(({ outcome }) => outcome !== 'refused' && outcome !== 'planned')
    .map(({ name }) => `${name}: back to ${before.get(name) ?? 'not set'}`);
  const note = 'A value that was changed since is left alone.';
  return confirm(`Take the settings back on ${placeOf(connection)}?`, [...lines, '', note], 'Undo');
}

/** Statements that only read may still be heavy: on production it is asked. */
export async function confirmMeasure(connection: ConnectionEntry): Promise<boolean> {
  if (roleOf(connection) !== 'production') return true;
  const lines = ['Each statement that only reads runs eight times, in transactions that are rolled back.'];
  return confirm(`Run statements on ${placeOf(connection)}?`, lines, 'Run');
}

function placeOf(connection: ConnectionEntry): string {
  return roleOf(connection) === 'production' ? `the production database ${connection.name}` : connection.name;
}

async function confirm(question: string, lines: readonly string[], verb: string): Promise<boolean> {
  const more = lines.length > MOST_LINES ? [`... and ${lines.length - MOST_LINES} more`] : [];
  const options = { modal: true, detail: [...lines.slice(0, MOST_LINES), ...more].join('\n') };
  return (await vscode.window.showWarningMessage(question, options, verb)) === verb;
}

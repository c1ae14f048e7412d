import * as vscode from 'vscode';
import type { ConnectionRole, ConnectionTarget } from '../../protocol/server';

/** An entry of `queryTuner.connections`: everything but the password, which lies in the secret storage. */
export interface ConnectionEntry extends Omit<ConnectionTarget, 'password'> {
  /** Unique; also its id. */
  readonly name: string;
  readonly role?: ConnectionRole;
}

const SECTION = 'queryTuner';
const KEY = 'connections';

/** The connections of the settings, in order; entries without a name are left out. */
export function readConnections(): ConnectionEntry[] {
  const entries = vscode.workspace.getConfiguration(SECTION).get<ConnectionEntry[]>(KEY, []);
  return entries.filter(entry => typeof entry?.name === 'string' && entry.name !== '');
}

/** Writes the user's connections; entries of a workspace or a machine stay where they are. */
export async function writeUserConnection(name: string, entry: ConnectionEntry | undefined): Promise<void> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const present = settings.inspect<ConnectionEntry[]>(KEY)?.globalValue ?? [];
  const others = present.filter(other => other.name !== name);
  const position = present.findIndex(other => other.name === name);
  const next = entry
    ? [...others.slice(0, position < 0 ? undefined : position), entry, ...(position < 0 ? [] : others.slice(position))]
    : others;
  await settings.update(KEY, next, vscode.ConfigurationTarget.Global);
}

/** Connections without a role count as development. */
export function roleOf(entry: ConnectionEntry): ConnectionRole {
  return entry.role ?? 'development';
}

import * as vscode from 'vscode';
import type { ConnectionRole } from '../../protocol/server';
import { readConnections, roleOf, splitPassword, writeUserConnection, type ConnectionEntry } from '../connections/connectionSettings';
import type { Connections } from '../connections/connections';
import { messageOf, requireTrust } from '../feedback';
import type { ServerApi } from '../serverApi';

/** Add, edit, test, remove and switch connections. */
export function registerConnectionCommands(connections: Connections, server: ServerApi): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('queryTuner.connection.add', () => addConnection(connections, server)),
    vscode.commands.registerCommand('queryTuner.connection.edit', () => editConnection(connections)),
    vscode.commands.registerCommand('queryTuner.connection.test', () => testConnection(connections)),
    vscode.commands.registerCommand('queryTuner.connection.remove', () => removeConnection(connections)),
    vscode.commands.registerCommand('queryTuner.connection.switch', () => switchConnection(connections, server)),
  );
}

/** The connection of the active file, asked for where none is chosen. Undefined if the user gives up. */
export async function connectionForFile(
  connections: Connections,
  server: ServerApi,
  uri: vscode.Uri | undefined,
): Promise<ConnectionEntry | undefined> {
  const chosen = connections.connectionOf(uri);
  if (chosen) return chosen;
  if (readConnections().length === 0) return addConnection(connections, server);
  return switchConnection(connections, server);
}

async function addConnection(connections: Connections, server: ServerApi): Promise<ConnectionEntry | undefined> {
  if (!requireTrust()) return undefined;
  const target = await askTarget(server);
  if (!target) return undefined;
  const name = await askName(target.suggestedName);
  if (!name) return undefined;
  const role = await askRole('development');
  if (!role) return undefined;
  const { url, password: inUrl } = target.url === undefined ? { url: undefined, password: undefined } : splitPassword(target.url);
  const password = inUrl ?? (await askPassword());
  if (password === undefined) return undefined;
  const entry: ConnectionEntry = { name, role, ...target.entry, ...(url !== undefined && { url }) };
  return saveConnection(connections, entry, password || undefined);
}

interface ChosenTarget {
  readonly url?: string;
  readonly entry: Omit<ConnectionEntry, 'name' | 'role' | 'url'>;
  readonly suggestedName: string;
}

/** What was found in the surroundings, or an address typed in. */
async function askTarget(server: ServerApi): Promise<ChosenTarget | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map(folder => folder.uri.fsPath);
  const proposals = await server.request('queryTuner/connections/propose', { folders });
  if (proposals.length > 0) {
    const own = { label: '$(edit) Type an address', description: '', proposal: undefined };
    const picked = await vscode.window.showQuickPick(
      [...proposals.map(proposal => ({ label: proposal.label, description: proposal.origin, proposal })), own],
      { title: 'Add Connection', placeHolder: 'Where is the database?' },
    );
    if (!picked) return undefined;
    if (picked.proposal) {
      const { url, ...entry } = picked.proposal.target;
      return { ...(url !== undefined && { url }), entry, suggestedName: picked.proposal.label };
    }
  }
  const url = await vscode.window.showInputBox({
    title: 'Add Connection',
    prompt: 'Address of the database. The password is asked for next and kept in the secret storage.',
    placeHolder: 'postgresql://user@localhost:5432/database?sslmode=prefer',
    ignoreFocusOut: true,
    validateInput: text => (/^(postgres(ql)?:\/\/|\w+=)/.test(text.trim()) ? undefined : 'Start with postgresql:// or use host=... dbname=...'),
  });
  if (url === undefined) return undefined;
  return { url: url.trim(), entry: {}, suggestedName: /\/([^/?]+)(\?|$)/.exec(url)?.[1] ?? 'database' };
}

async function askName(suggested: string): Promise<string | undefined> {
  const taken = new Set(readConnections().map(entry => entry.name));
  return vscode.window.showInputBox({
    title: 'Name of the connection',
    value: suggested,
    ignoreFocusOut: true,
    validateInput: text => (text.trim() === '' ? 'Give it a name' : taken.has(text.trim()) ? 'This name is taken' : undefined),
  });
}

async function askRole(current: ConnectionRole): Promise<ConnectionRole | undefined> {
  const roles: { label: ConnectionRole; description: string }[] = [
    { label: 'development', description: 'changes run without asking again' },
    { label: 'staging', description: 'marked in the status bar' },
    { label: 'production', description: 'marked in the status bar; asks before anything that changes' },
  ];
  const sorted = [...roles].sort((a, b) => Number(b.label === current) - Number(a.label === current));
  return (await vscode.window.showQuickPick(sorted, { title: 'What is this database for?' }))?.label;
}

async function askPassword(): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Password',
    prompt: 'Kept in the secret storage. Leave empty for none, or to use .pgpass.',
    password: true,
    ignoreFocusOut: true,
  });
}

/** Tries the connection first; a failure is shown, and the user decides. */
async function saveConnection(
  connections: Connections,
  entry: ConnectionEntry,
  password: string | undefined,
): Promise<ConnectionEntry | undefined> {
  try {
    const info = await connections.test(entry, password);
    void vscode.window.showInformationMessage(`${entry.name}: ${info.server}, ${info.elapsedMs} ms`);
  } catch (error) {
    const answer = await vscode.window.showErrorMessage(`${entry.name}: ${messageOf(error)}`, 'Save Anyway');
    if (answer !== 'Save Anyway') return undefined;
  }
  await connections.storePassword(entry.name, password);
  await writeUserConnection(entry.name, entry);
  await connections.choose(vscode.window.activeTextEditor?.document.uri, entry.name);
  return entry;
}

async function editConnection(connections: Connections): Promise<void> {
  if (!requireTrust()) return;
  const entry = await pickConnection('Edit Connection');
  if (!entry) return;
  const field = await vscode.window.showQuickPick(['Password', 'Role', 'Address', 'All settings'], { title: `Edit ${entry.name}` });
  if (field === 'Password') {
    const password = await askPassword();
    if (password !== undefined) await connections.storePassword(entry.name, password || undefined);
  } else if (field === 'Role') {
    const role = await askRole(roleOf(entry));
    if (role) await writeUserConnection(entry.name, { ...entry, role });
  } else if (field === 'Address') {
    const typed = await vscode.window.showInputBox({ title: `Address of ${entry.name}`, value: entry.url ?? '', ignoreFocusOut: true });
    if (!typed) return;
    const { url, password } = splitPassword(typed.trim());
    if (password !== undefined) await connections.storePassword(entry.name, password);
    await writeUserConnection(entry.name, { ...entry, url });
  } else if (field === 'All settings') {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'queryTuner.connections');
  }
}

async function testConnection(connections: Connections): Promise<void> {
  if (!requireTrust()) return;
  const entry = await pickConnection('Test Connection');
  if (!entry) return;
  try {
    const info = await connections.test(entry, undefined);
    void vscode.window.showInformationMessage(
      `${entry.name}: ${info.server}, database ${info.database} as ${info.user}, ${info.elapsedMs} ms`,
    );
  } catch (error) {
    void vscode.window.showErrorMessage(`${entry.name}: ${messageOf(error)}`);
  }
}

async function removeConnection(connections: Connections): Promise<void> {
  const entry = await pickConnection('Remove Connection');
  if (!entry) return;
  const answer = await vscode.window.showWarningMessage(
    `Remove the connection ${entry.name} and its password?`,
    { modal: true },
    'Remove',
  );
  if (answer !== 'Remove') return;
  await connections.storePassword(entry.name, undefined);
  await writeUserConnection(entry.name, undefined);
}

async function switchConnection(connections: Connections, server: ServerApi): Promise<ConnectionEntry | undefined> {
  if (readConnections().length === 0) return addConnection(connections, server);
  const entry = await pickConnection('Switch Connection');
  if (!entry) return undefined;
  await connections.choose(vscode.window.activeTextEditor?.document.uri, entry.name);
  return entry;
}

async function pickConnection(title: string): Promise<ConnectionEntry | undefined> {
  const items = readConnections().map(entry => ({ label: entry.name, description: roleOf(entry), entry }));
  if (items.length === 0) {
    const add = await vscode.window.showInformationMessage('There are no connections yet.', 'Add Connection');
    if (add) await vscode.commands.executeCommand('queryTuner.connection.add');
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { title }))?.entry;
}

import * as vscode from 'vscode';
import type { ConnectionRole, ConnectionTarget } from '../../protocol/server';
import { readConnections, roleOf, writeUserConnection, type ConnectionEntry } from '../connections/connectionSettings';
import { splitPassword } from '../connections/address';
import type { Connections } from '../connections/connections';
import { requireTrust } from '../feedback';
import { PLAYGROUND } from '../playground/playgroundConnection';
import { registerCommand } from '../registerCommand';
import type { ServerApi } from '../serverApi';

/** Add, edit, test, remove and switch connections. */
export function registerConnectionCommands(connections: Connections, server: ServerApi): vscode.Disposable {
  const register = (name: string, run: () => Promise<unknown>): vscode.Disposable =>
    registerCommand(`queryTuner.connection.${name}`, async () => {
      await run();
    });
  return vscode.Disposable.from(
    register('add', () => edit(connections, server, undefined)),
    register('edit', async () => {
      const entry = await pick(vscode.l10n.t('Edit which connection?'));
      if (entry) await edit(connections, server, entry);
    }),
    register('test', async () => {
      const entry = requireTrust() && (await pick(vscode.l10n.t('Test which connection?')));
      if (entry) await test(connections, entry);
    }),
    register('remove', () => remove(connections)),
    register('switch', async () => {
      const entry = await switchConnection(connections, server);
      // hints tell what the database knows from now on, not only after the first plan
      if (entry && vscode.workspace.isTrusted) await connections.ensureOpen(entry);
    }),
  );
}

/** The connection of a file, asked for where none is chosen. Undefined if the user gives up. */
export async function connectionForFile(
  connections: Connections,
  server: ServerApi,
  uri: vscode.Uri | undefined,
): Promise<ConnectionEntry | undefined> {
  return connections.connectionOf(uri) ?? (await switchConnection(connections, server, uri));
}

async function switchConnection(
  connections: Connections,
  server: ServerApi,
  uri = vscode.window.activeTextEditor?.document.uri,
): Promise<ConnectionEntry | undefined> {
  if (readConnections().length === 0) return edit(connections, server, undefined);
  const entry = await pick(vscode.l10n.t('Which connection does this file use?'), [PLAYGROUND]);
  if (entry) await connections.choose(uri, entry.name);
  return entry;
}

async function edit(
  connections: Connections,
  server: ServerApi,
  existing: ConnectionEntry | undefined,
): Promise<ConnectionEntry | undefined> {
  if (!requireTrust()) return undefined;
  const target = await askTarget(existing, server);
  if (!target) return undefined;
  const others = readConnections().filter(({ name }) => name !== existing?.name);
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Name of the connection'),
    value: existing?.name ?? 'database',
    ignoreFocusOut: true,
    validateInput: value =>
      value.trim() === ''
        ? vscode.l10n.t('A name is needed')
        : others.some(other => other.name === value.trim())
          ? vscode.l10n.t('This name is taken')
          : undefined,
  });
  if (name === undefined) return undefined;
  const role = await askRole();
  if (!role) return undefined;
  const entry: ConnectionEntry = { ...target.fields, name: name.trim(), role };
  if (existing && existing.name !== entry.name) {
    await connections.storePassword(existing.name, undefined);
    await writeUserConnection(existing.name, undefined);
  }
  await connections.storePassword(entry.name, target.password || undefined);
  await writeUserConnection(entry.name, entry);
  await connections.choose(vscode.window.activeTextEditor?.document.uri, entry.name);
  await test(connections, entry);
  return entry;
}

async function test(connections: Connections, entry: ConnectionEntry): Promise<void> {
  const info = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Testing {0}', entry.name) },
    () => connections.test(entry),
  );
  void vscode.window.showInformationMessage(
    vscode.l10n.t(
      '{0}: {1}, {2}@{3}, connected in {4} ms.',
      entry.name,
      info.server,
      info.user,
      info.database,
      info.elapsedMs,
    ),
  );
}

async function remove(connections: Connections): Promise<void> {
  const entry = await pick(vscode.l10n.t('Remove which connection?'));
  if (!entry) return;
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Remove the connection "{0}" and its stored password?', entry.name),
    { modal: true },
    vscode.l10n.t('Remove'),
  );
  if (answer !== vscode.l10n.t('Remove')) return;
  await connections.storePassword(entry.name, undefined);
  await writeUserConnection(entry.name, undefined);
}

async function pick(title: string, builtIn: readonly ConnectionEntry[] = []): Promise<ConnectionEntry | undefined> {
  const own = readConnections();
  const items = own.map(entry => ({ label: entry.name, description: roleOf(entry) as string, entry }));
  for (const entry of builtIn) {
    if (own.some(({ name }) => name === entry.name)) continue;
    items.push({ label: entry.name, description: vscode.l10n.t('sample data in this window'), entry });
  }
  if (items.length === 0)
    throw new Error(vscode.l10n.t('There is no connection yet. Run "Query Tuner: Add Connection" first.'));
  return (await vscode.window.showQuickPick(items, { title }))?.entry;
}

interface AskedTarget {
  readonly fields: Omit<ConnectionTarget, 'password'>;
  readonly password: string | undefined;
}

async function askTarget(existing: ConnectionEntry | undefined, server: ServerApi): Promise<AskedTarget | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);
  const proposals = existing ? [] : await server.request('queryTuner/connections/propose', { folders });
  if (proposals.length > 0) {
    const ownAddress = { label: vscode.l10n.t('Enter an address…'), description: '', target: undefined };
    const picked = await vscode.window.showQuickPick(
      [...proposals.map(({ label, origin, target }) => ({ label, description: origin, target })), ownAddress],
      { title: vscode.l10n.t('Connect to which database?') },
    );
    if (!picked) return undefined;
    if (picked.target) return { fields: picked.target, password: undefined };
  }
  const url = await vscode.window.showInputBox({
    title: vscode.l10n.t('Address of the database'),
    prompt: vscode.l10n.t(
      'A postgresql:// URL, or libpq words as in "host=db.example dbname=shop user=me sslmode=verify-full"; "service=name" works too',
    ),
    value: existing?.url ?? 'postgresql://localhost:5432/postgres',
    ignoreFocusOut: true,
    validateInput: value => (value.trim() === '' ? vscode.l10n.t('An address is needed') : undefined),
  });
  if (url === undefined) return undefined;
  const split = splitPassword(url.trim());
  const password = await vscode.window.showInputBox({
    title: vscode.l10n.t('Password'),
    prompt: vscode.l10n.t(
      "Kept in the system's secret storage, never in settings. Leave empty for .pgpass, certificates or trust.",
    ),
    password: true,
    ignoreFocusOut: true,
    value: split.password ?? '',
  });
  if (password === undefined) return undefined;
  // the address goes to the settings, which are no place for a password
  return { fields: { url: split.url }, password };
}

async function askRole(): Promise<ConnectionRole | undefined> {
  const roles: readonly { label: ConnectionRole; description: string }[] = [
    { label: 'development', description: vscode.l10n.t('changes run without a question') },
    { label: 'staging', description: vscode.l10n.t('yellow in the status bar') },
    { label: 'production', description: vscode.l10n.t('red in the status bar; every change is confirmed first') },
  ];
  const picked = await vscode.window.showQuickPick(roles, { title: vscode.l10n.t('What is this database for?') });
  return picked?.label;
}

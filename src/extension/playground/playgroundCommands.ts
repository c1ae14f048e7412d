import * as vscode from 'vscode';
import type { Connections } from '../connections/connections';
import { requireTrust } from '../feedback';
import { registerCommand } from '../registerCommand';
import type { ServerApi } from '../serverApi';
import { PLAYGROUND, startPlayground } from './playgroundConnection';

/** Opens the playground, and makes it anew. */
export function registerPlayground(
  context: vscode.ExtensionContext,
  server: ServerApi,
  connections: Connections,
): vscode.Disposable {
  const register = (name: string, isFresh: boolean): vscode.Disposable =>
    registerCommand(`queryTuner.playground.${name}`, async () => {
      if (requireTrust()) await open(context, server, connections, isFresh);
    });
  return vscode.Disposable.from(register('open', false), register('reset', true));
}

async function open(
  context: vscode.ExtensionContext,
  server: ServerApi,
  connections: Connections,
  isFresh: boolean,
): Promise<void> {
  const tour = await tourFile(context);
  // before it is shown: what is checked in it needs the connection
  await connections.choose(tour, PLAYGROUND.name);
  await vscode.window.showTextDocument(tour, { preview: false });
  const title = isFresh ? vscode.l10n.t('Making the playground anew') : vscode.l10n.t('Opening the playground');
  const opened = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title },
    async progress => {
      if (isFresh) await connections.close(PLAYGROUND.name);
      const report = (text: string): void => progress.report({ message: text });
      const started = await startPlayground(context, server, { isFresh, report });
      await connections.ensureOpen(PLAYGROUND);
      return started;
    },
  );
  if (opened.isKeptElsewhere) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        'Another window uses the playground that is kept. This one is a playground of its own, and goes with its window.',
      ),
    );
  }
}

/** The tour is a file of the user's, so that it can be edited: of the last time if that is kept, else as it came. */
async function tourFile(context: vscode.ExtensionContext): Promise<vscode.Uri> {
  const folder = vscode.Uri.joinPath(context.globalStorageUri, 'playground');
  const tour = vscode.Uri.joinPath(folder, 'playground.sql');
  const isOpen = vscode.workspace.textDocuments.some(({ uri, isClosed }) => !isClosed && uri.path === tour.path);
  const keep = vscode.workspace.getConfiguration('queryTuner').get('playground.keep', false);
  if (isOpen || (keep && (await exists(tour)))) return tour;
  const original = vscode.Uri.joinPath(context.extensionUri, 'media', 'playground', 'playground.sql');
  await vscode.workspace.fs.createDirectory(folder);
  await vscode.workspace.fs.copy(original, tour, { overwrite: true });
  return tour;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

import * as vscode from 'vscode';
import { migrationFiles, type MigratedChange, type MigrationStyle } from '../panels/migration';

/**
 * Plain SQL opens as an unsaved document; the files of a tool go into a folder that is asked for, and never over a
 * file that is there.
 */
export async function saveMigration(changes: readonly MigratedChange[], style: MigrationStyle): Promise<void> {
  const files = migrationFiles(changes, style, new Date());
  const [first] = files;
  if (!first) return;
  if (style === 'sql') {
    await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument({ language: 'sql', content: first.text }),
    );
    return;
  }
  const [folder] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('The folder of the migrations'),
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: vscode.l10n.t(
        'Save {0} Here',
        files.length === 1 ? vscode.l10n.t('the File') : vscode.l10n.t('{0} Files', files.length),
      ),
    })) ?? [];
  if (!folder) return;
  for (const { name, text } of files) {
    const target = vscode.Uri.joinPath(folder, name);
    if (await exists(target)) throw new Error(vscode.l10n.t('{0} is there already; nothing is written over.', name));
    await vscode.workspace.fs.writeFile(target, Buffer.from(text));
  }
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, first.name));
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

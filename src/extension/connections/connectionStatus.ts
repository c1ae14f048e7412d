import * as vscode from 'vscode';
import { isChecked } from '../checkedLanguages';
import { roleOf } from './connectionSettings';
import type { Connections } from './connections';

const BACKGROUND: Readonly<Record<string, string>> = {
  production: 'statusBarItem.errorBackground',
  staging: 'statusBarItem.warningBackground',
};

/** The status bar entry of files with SQL: which connection, in the colour of its role. */
export function showConnectionStatus(connections: Connections): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('queryTuner.connection', vscode.StatusBarAlignment.Right, 100);
  item.name = vscode.l10n.t('Query Tuner connection');
  item.command = 'queryTuner.connection.switch';
  const update = (): void => {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !isChecked(document)) return item.hide();
    const entry = connections.connectionOf(document.uri);
    // A program may have nothing to do with SQL: it is not asked to choose.
    if (!entry && document.languageId !== 'sql') return item.hide();
    if (!entry) {
      item.text = vscode.l10n.t('$(database) No connection');
      item.tooltip = vscode.l10n.t('Choose or add a PostgreSQL connection');
      item.backgroundColor = undefined;
    } else {
      const role = roleOf(entry);
      const background = BACKGROUND[role];
      item.text = `$(database) ${entry.name} (${role})`;
      item.tooltip = vscode.l10n.t(
        '{0}. Click to switch.',
        connections.isOpen(entry.name) ? vscode.l10n.t('Connected') : vscode.l10n.t('Connects when a command needs it'),
      );
      item.backgroundColor = background ? new vscode.ThemeColor(background) : undefined;
    }
    item.show();
  };
  update();
  return vscode.Disposable.from(
    item,
    vscode.window.onDidChangeActiveTextEditor(update),
    connections.onDidChange(update),
  );
}

import * as vscode from 'vscode';
import { rulePageName } from '../../protocol/rulePage';

/** Shows the page of a rule: of the one named, as the code beside a diagnostic does, or of one picked from a list. */
export function registerShowRule(context: vscode.ExtensionContext): vscode.Disposable {
  const folder = vscode.Uri.joinPath(context.extensionUri, 'media', 'rules');
  return vscode.commands.registerCommand('queryTuner.rule.show', async (rule?: unknown) => {
    const pages = (await vscode.workspace.fs.readDirectory(folder)).map(([name]) => name);
    const page = typeof rule === 'string' ? rulePageName(rule) : await pick(pages);
    if (page === undefined) return;
    if (!pages.includes(page)) {
      void vscode.window.showWarningMessage(vscode.l10n.t('There is no page about {0}.', String(rule)));
      return;
    }
    await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.joinPath(folder, page));
  });
}

async function pick(pages: readonly string[]): Promise<string | undefined> {
  const items = pages.map(page => ({ label: page.replace(/\.md$/, '').replace('-', '/'), page }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Rule to read about') });
  return chosen?.page;
}

import * as vscode from 'vscode';
import type { RewriteInfo } from '../../protocol/rewrites';
import type { ShownRewrite } from './rewriteTexts';

/**
 * Makes the rewrite in the source as one edit that Undo takes back.
 * @throws Error if the statement is no longer there as it was shown; nothing is changed then
 */
export async function applyRewrite({ source, info }: ShownRewrite): Promise<void> {
  const document = await vscode.workspace.openTextDocument(source);
  const start = placeOf(document.getText(), info);
  if (start === undefined) {
    throw new Error(
      vscode.l10n.t('The statement is no longer the one that was shown. Nothing was changed; choose Rewrite again.'),
    );
  }
  const edit = new vscode.WorkspaceEdit();
  for (const { range, newText } of info.edits) {
    const [from, to] = [range.start, range.end].map(offset => document.positionAt(start + offset));
    edit.replace(source, new vscode.Range(from!, to!), newText);
  }
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(vscode.l10n.t('The editor refused the change.'));
  await showAt(document, start);
}

/** The statement in its document, if it is still there; else the document. */
export async function revealSource({ source, info }: ShownRewrite): Promise<void> {
  const document = await vscode.workspace.openTextDocument(source);
  await showAt(document, placeOf(document.getText(), info) ?? 0);
}

async function showAt(document: vscode.TextDocument, offset: number): Promise<void> {
  const at = document.positionAt(offset);
  const open = vscode.window.visibleTextEditors.find(editor => editor.document === document);
  await vscode.window.showTextDocument(document, {
    selection: new vscode.Range(at, at),
    preview: false,
    ...(open?.viewColumn !== undefined && { viewColumn: open.viewColumn }),
  });
}

/** Where the statement stands now: where it was, or else the one place with its text. */
function placeOf(text: string, { original, range }: RewriteInfo): number | undefined {
  if (text.startsWith(original, range.start)) return range.start;
  const first = text.indexOf(original);
  return first >= 0 && text.indexOf(original, first + 1) < 0 ? first : undefined;
}

import * as vscode from 'vscode';
import type { NodeView } from '../../protocol/planPanel';
import type { TextSpan } from '../../protocol/server';

/**
 * Selects the statement a plan belongs to, or the part of it that says most of a node. The file may have been edited
 * since: the statement is then looked for by its text, the copy nearest to where it was.
 */
export async function revealSource(
  source: { readonly uri: string; readonly span: TextSpan },
  sql: string,
  node: NodeView | undefined,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(source.uri));
  const text = document.getText();
  const was = document.offsetAt(new vscode.Position(source.span.start.line, source.span.start.character));
  const start = text.startsWith(sql, was) ? was : nearest(text, sql, was);
  if (start === undefined) throw new Error(vscode.l10n.t('The statement is no longer in the file. Explain it again.'));
  const part = node?.sqlRanges?.[0] ?? { start: 0, end: sql.length };
  const selection = new vscode.Selection(
    document.positionAt(start + part.start),
    document.positionAt(start + part.end),
  );
  const visible = vscode.window.visibleTextEditors.find(editor => editor.document === document);
  const column = visible?.viewColumn ?? vscode.ViewColumn.One;
  await vscode.window.showTextDocument(document, { selection, viewColumn: column });
}

function nearest(text: string, wanted: string, offset: number): number | undefined {
  const after = text.indexOf(wanted, offset);
  const before = text.lastIndexOf(wanted, offset);
  if (after < 0 || before < 0) return after < 0 ? (before < 0 ? undefined : before) : after;
  return after - offset < offset - before ? after : before;
}

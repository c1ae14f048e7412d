import * as vscode from 'vscode';

export { messageOf } from '../core/base/messageOf';

/** True in a trusted workspace; in another one says why nothing runs, and offers to trust it. */
export function requireTrust(): boolean {
  if (vscode.workspace.isTrusted) return true;
  void vscode.window
    .showWarningMessage(
      vscode.l10n.t('Query Tuner connects to nothing and runs nothing in a workspace you do not trust.'),
      vscode.l10n.t('Manage Trust'),
    )
    .then(answer => answer && vscode.commands.executeCommand('workbench.trust.manage'));
  return false;
}

/** `RequestCancelled` of the Language Server Protocol. */
const CANCELLED = -32800;

/**
 * What a request that the user cancelled ends with: quietly. What was removed by it is told, and what could not be
 * undone stays the failure that it is.
 */
export function afterCancel(error: unknown): unknown {
  const { code, message } = error as { readonly code?: number; readonly message?: string };
  if (code !== CANCELLED) return error;
  if (message?.startsWith('cancelled; ')) void vscode.window.showInformationMessage(`Query Tuner: ${message}.`);
  return new vscode.CancellationError();
}

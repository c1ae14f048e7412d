import * as vscode from 'vscode';

/** An error's sentence, for the user. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

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

import * as vscode from 'vscode';

/** SQL, and the languages that have SQL in their strings and fences. */
export function checkedLanguages(): readonly string[] {
  return ['sql', ...vscode.workspace.getConfiguration('queryTuner').get<string[]>('lint.embeddedLanguages', [])];
}

/** True for a document the language server looks into. */
export function isChecked(document: vscode.TextDocument): boolean {
  return checkedLanguages().includes(document.languageId);
}

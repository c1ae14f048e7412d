import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';

const CONFIGURATION_FILE = '.query-tuner.json';

/**
 * What the server says about configuration files, for those that are closed: in an open one VS Code's own JSON support
 * says the same at each key.
 */
export class ConfigurationProblems implements vscode.Disposable {
  readonly #known = new Map<string, vscode.Diagnostic[]>();
  readonly #subscription: vscode.Disposable;

  /** @param client asked for late: the server's messages pass through here before the client is made. */
  constructor(client: () => LanguageClient | undefined) {
    const show = ({ uri }: vscode.TextDocument, isOpen: boolean): void => {
      const own = this.#known.get(uri.toString());
      if (own) client()?.diagnostics?.set(uri, isOpen ? [] : own);
    };
    this.#subscription = vscode.Disposable.from(
      vscode.workspace.onDidOpenTextDocument(document => show(document, true)),
      vscode.workspace.onDidCloseTextDocument(document => show(document, false)),
    );
  }

  /** Takes diagnostics on their way from the server; gives those to show now. */
  pass(uri: vscode.Uri, diagnostics: vscode.Diagnostic[]): vscode.Diagnostic[] {
    if (path.basename(uri.fsPath) !== CONFIGURATION_FILE) return diagnostics;
    this.#known.set(uri.toString(), diagnostics);
    const isOpen = vscode.workspace.textDocuments.some(document => document.uri.toString() === uri.toString());
    return isOpen ? [] : diagnostics;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

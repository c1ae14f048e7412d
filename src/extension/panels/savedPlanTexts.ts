import * as vscode from 'vscode';

/** Addresses of texts that are in no file: what the clipboard or a selection held. */
const SCHEME = 'query-tuner-plan';
/** Older ones are forgotten. */
const MOST_TEXTS = 20;

/** Gives texts an address, so that they open like files: as a plan, or as text. They last as long as the window. */
export class SavedPlanTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  #count = 0;

  /** @param origin what it is called: "clipboard" */
  add(origin: string, text: string): vscode.Uri {
    const number = ++this.#count;
    // the folder keeps equal names apart; the ending makes it a plan in any editor
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${number}/${origin.replace(/[/\\]/g, ' ')}.explain` });
    this.#texts.set(uri.toString(), text);
    for (const oldest of [...this.#texts.keys()].slice(0, -MOST_TEXTS)) this.#texts.delete(oldest);
    return uri;
  }

  /** True for an address of ours, whether its text is still there or not. */
  owns(uri: vscode.Uri): boolean {
    return uri.scheme === SCHEME;
  }

  /** @throws Error if the window was reloaded since */
  textOf(uri: vscode.Uri): string {
    const text = this.#texts.get(uri.toString());
    if (text === undefined) throw new Error('It was in no file, and is not kept when the window reloads.');
    return text;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#registration.dispose();
    this.#texts.clear();
  }
}

import * as vscode from 'vscode';

const SCHEME = 'query-tuner-benchmark';
/** Texts that were shown and may still be open. */
const KEPT = 20;

/** Results as documents that cannot be edited. */
export class BenchmarkTexts implements vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: uri => this.#texts.get(uri.query) ?? 'This result is no longer shown.\n',
  });
  #shown = 0;

  /** Beside the SQL, which keeps the keyboard. */
  async show(title: string, markdown: string): Promise<void> {
    const key = String(++this.#shown);
    this.#texts.set(key, markdown);
    for (const old of [...this.#texts.keys()].slice(0, -KEPT)) this.#texts.delete(old);
    const path = `/Benchmark ${title.replace(/[^\p{L}\p{N}. _-]+/gu, ' ').trim()}.md`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path, query: key });
    const beside = { preview: true, preserveFocus: true, viewColumn: vscode.ViewColumn.Beside };
    await vscode.window.showTextDocument(uri, beside);
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

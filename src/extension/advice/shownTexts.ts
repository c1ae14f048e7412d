import * as vscode from 'vscode';
import { hashText } from '../../core/base/hashText';
import type { AdviceNode } from './adviceNodes';

const SCHEME = 'query-tuner-advice';
/** Texts that were shown and may still be open. */
const KEPT = 100;

/** Shows the SQL behind a row: a statement where it stands, anything else as a document that cannot be edited. */
export class ShownTexts implements vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration: vscode.Disposable;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: uri => this.#texts.get(uri.toString()) ?? '',
    });
  }

  async show({ name, text, place }: NonNullable<AdviceNode['shows']>, source: vscode.Uri | undefined): Promise<void> {
    const line = Number(/:(\d+)$/.exec(place ?? '')?.[1] ?? NaN);
    const isInSource =
      source !== undefined && place !== undefined && source.path.endsWith(`/${place.replace(/:\d+$/, '')}`);
    if (isInSource && Number.isFinite(line)) {
      const at = new vscode.Position(line - 1, 0);
      await vscode.window.showTextDocument(source, { selection: new vscode.Range(at, at), preview: true });
      return;
    }
    // The name alone would show the text of an earlier row.
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query: hashText(text) });
    this.#texts.set(uri.toString(), text);
    for (const old of [...this.#texts.keys()].slice(0, Math.max(0, this.#texts.size - KEPT))) this.#texts.delete(old);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

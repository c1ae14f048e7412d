import * as vscode from 'vscode';
import type { AdviceSource } from '../../protocol/advice';
import type { TrySource } from '../../protocol/profilePage';
import { isChecked } from '../checkedLanguages';
import type { ServerApi } from '../serverApi';

/** Statements of `pg_stat_statements` that a profile is tried on: those that take most time in all. */
const TOP = 50;

/** Remembers the file with SQL that was looked at last: while the page is in front, no editor is active. */
export class TriedText implements vscode.Disposable {
  #last: { readonly document: vscode.TextDocument; readonly selection: vscode.Selection } | undefined;
  readonly #listeners: vscode.Disposable;

  constructor(private readonly server: ServerApi) {
    this.#remember(vscode.window.activeTextEditor);
    this.#listeners = vscode.Disposable.from(
      vscode.window.onDidChangeActiveTextEditor(editor => this.#remember(editor)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.#remember(textEditor)),
    );
  }

  get document(): vscode.TextDocument | undefined {
    return this.#last?.document.isClosed ? undefined : this.#last?.document;
  }

  /** The name of the file, to be shown. */
  get name(): string | null {
    return this.document ? vscode.workspace.asRelativePath(this.document.uri, false) : null;
  }

  /** @throws Error in a sentence when there is nothing to try on. */
  async source(kind: TrySource): Promise<AdviceSource> {
    if (kind === 'statements') return { kind: 'statements', by: 'total', top: TOP };
    const { document, name } = this;
    if (!document || name === null) throw new Error('Open a file with SQL first.');
    if (kind === 'file') return { kind: 'text', name, text: document.getText() };
    const { start, end } = this.#last!.selection;
    const plain = ({ line, character }: vscode.Position) => ({ line, character });
    const statement = await this.server.request('queryTuner/statement/at', {
      uri: document.uri.toString(),
      span: { start: plain(start), end: plain(end) },
    });
    if (!statement) throw new Error('Put the cursor into a statement first.');
    return { kind: 'text', name: `${name}, line ${statement.span.start.line + 1}`, text: statement.sql };
  }

  dispose(): void {
    this.#listeners.dispose();
  }

  #remember(editor: vscode.TextEditor | undefined): void {
    if (editor && isChecked(editor.document)) {
      this.#last = { document: editor.document, selection: editor.selection };
    }
  }
}

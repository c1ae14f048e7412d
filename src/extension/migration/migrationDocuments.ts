import * as vscode from 'vscode';
import { hashText } from '../../core/base/hashText';
import { migrationLenses, type ShownMigration } from './migrationLenses';
import { MIGRATION_SCHEME } from './migrationScheme';

/** Shows migrations as documents that cannot be edited, with lenses above each step. */
export class MigrationDocuments implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #shown = new Map<string, ShownMigration>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #registrations: vscode.Disposable;

  constructor() {
    this.#registrations = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(MIGRATION_SCHEME, {
        provideTextDocumentContent: uri => this.#shown.get(uri.toString())?.preview.text ?? '',
      }),
      vscode.languages.registerCodeLensProvider({ scheme: MIGRATION_SCHEME }, this),
      this.#changed,
    );
  }

  async open(migration: ShownMigration): Promise<void> {
    const uri = uriOf(migration);
    this.#shown.set(uri.toString(), migration);
    await vscode.window.showTextDocument(uri, { preview: false });
    this.#changed.fire();
  }

  /** The migration whose document this is, or else that of the editor in front. */
  of(key: string | undefined): ShownMigration | undefined {
    if (key !== undefined) return [...this.#shown.values()].find(shown => shown.key === key);
    const uri = vscode.window.activeTextEditor?.document.uri;
    return uri && this.#shown.get(uri.toString());
  }

  /** Brings a step into sight where its document is in sight. */
  reveal(key: string, stepId: string): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const shown = this.#shown.get(editor.document.uri.toString());
      const line = shown?.key === key ? shown.preview.steps.find(({ id }) => id === stepId)?.line : undefined;
      if (line === undefined) continue;
      const at = new vscode.Range(line, 0, line, 0);
      editor.revealRange(at, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
  }

  /** Replaces what is shown of the same migration. */
  update(key: string, change: (shown: ShownMigration) => ShownMigration): void {
    for (const [uri, shown] of this.#shown) if (shown.key === key) this.#shown.set(uri, change(shown));
    this.#changed.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const shown = this.#shown.get(document.uri.toString());
    if (!shown) return [];
    return migrationLenses(shown).map(({ line, title, tooltip, action, stepId }) => {
      const at = new vscode.Range(line, 0, line, 0);
      const command = action === undefined ? '' : `queryTuner.migration.${action}`;
      return new vscode.CodeLens(at, {
        title,
        command,
        arguments: [shown.key, ...(stepId === undefined ? [] : [stepId])],
        ...(tooltip !== undefined && { tooltip }),
      });
    });
  }

  dispose(): void {
    this.#registrations.dispose();
  }
}

/** The text is in the name: a plan written anew is another document. */
function uriOf({ key, plan, preview }: ShownMigration): vscode.Uri {
  const name = (plan.title.split(' by ')[0] ?? plan.title).replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^-|-$/g, '');
  return vscode.Uri.from({ scheme: MIGRATION_SCHEME, path: `/${name}.sql`, query: hashText(key + preview.text) });
}

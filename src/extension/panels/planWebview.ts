import * as vscode from 'vscode';
import type { PlanHost, PlanView, ProgressView } from '../../protocol/planPanel';
import { PlanPage } from './planPage';

/** A panel that shows a plan: beside the SQL, that of what was explained last. */
export class PlanWebview implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #page: PlanPage;

  constructor(
    extensionUri: vscode.Uri,
    host: Omit<PlanHost, 'ready'>,
    onDispose: () => void,
    viewColumn = vscode.ViewColumn.Beside,
  ) {
    this.#panel = vscode.window.createWebviewPanel('queryTuner.plan', 'Plan', { viewColumn, preserveFocus: true });
    this.#panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'plan.svg');
    this.#page = new PlanPage(this.#panel.webview, extensionUri, host);
    this.#panel.onDidDispose(() => {
      this.#page.dispose();
      onDispose();
    });
  }

  show(view: PlanView): void {
    this.#panel.title = `Plan: ${view.title}`;
    this.#page.show(view);
  }

  progress(progress: ProgressView | null): void {
    this.#page.progress(progress);
  }

  /** Marks the nodes that come from the place of the cursor. */
  highlight(nodeIds: readonly number[]): void {
    this.#page.highlight(nodeIds);
  }

  reveal(): void {
    this.#panel.reveal(undefined, true);
  }

  dispose(): void {
    this.#panel.dispose();
  }
}

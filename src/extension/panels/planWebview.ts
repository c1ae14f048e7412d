import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { Channel } from '../../protocol/channel';
import type { PlanHost, PlanPage, PlanView, ProgressView } from '../../protocol/planPanel';

/** The webview that shows a plan, and its end of the channel. It keeps the last snapshot for a page that reloads. */
export class PlanWebview implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #channel: Channel<PlanHost, PlanPage>;
  #view: PlanView | undefined;
  #progress: ProgressView | null = null;
  #ready = false;

  constructor(extensionUri: vscode.Uri, host: Omit<PlanHost, 'ready'>, onDispose: () => void) {
    const pages = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    this.#panel = vscode.window.createWebviewPanel(
      'queryTuner.plan',
      'Plan',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [pages] },
    );
    this.#panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'plan.svg');
    const { webview } = this.#panel;
    const port = {
      post: (message: unknown) => void webview.postMessage(message),
      onMessage: (listener: (message: unknown) => void) => webview.onDidReceiveMessage(listener),
    };
    this.#channel = new Channel<PlanHost, PlanPage>(port, {
      ...host,
      ready: () => {
        this.#ready = true;
        // what happened while the page was loading follows its first snapshot
        if (this.#progress) queueMicrotask(() => this.progress(this.#progress));
        return Promise.resolve(this.#view);
      },
    });
    this.#panel.onDidDispose(() => {
      this.#channel.dispose();
      onDispose();
    });
    webview.html = pageHtml(webview, pages);
  }

  show(view: PlanView): void {
    this.#view = view;
    this.#panel.title = `Plan: ${view.title}`;
    if (this.#ready) this.#channel.call('show', view).catch(() => undefined);
  }

  progress(progress: ProgressView | null): void {
    this.#progress = progress;
    if (this.#ready) this.#channel.call('progress', progress).catch(() => undefined);
  }

  reveal(): void {
    this.#panel.reveal(undefined, true);
  }

  dispose(): void {
    this.#panel.dispose();
  }
}

/** The page's frame: addresses, a nonce and a policy that lets nothing else in. The data comes by message. */
function pageHtml(webview: vscode.Webview, pages: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64url');
  const address = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(pages, name)).toString();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1.0">
<link rel="stylesheet" href="${address('plan.css')}">
<title>Plan</title>
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="${address('plan.js')}"></script>
</body>
</html>`;
}

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { Channel } from '../../protocol/channel';
import { textPort } from '../../protocol/textPort';
import type { PlanHost, PlanPage as PlanPageSide, PlanView, ProgressView } from '../../protocol/planPanel';

/** Fills a webview with the plan's page, and is its end of the channel. Keeps the last snapshot for a page that reloads. */
export class PlanPage implements vscode.Disposable {
  readonly #channel: Channel<PlanHost, PlanPageSide>;
  #view: PlanView | undefined;
  #progress: ProgressView | null = null;
  #ready = false;

  constructor(webview: vscode.Webview, extensionUri: vscode.Uri, host: Omit<PlanHost, 'ready'>) {
    const pages = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    webview.options = { enableScripts: true, localResourceRoots: [pages] };
    const port = textPort({
      post: message => void webview.postMessage(message),
      onMessage: listener => webview.onDidReceiveMessage(listener),
    });
    this.#channel = new Channel<PlanHost, PlanPageSide>(port, {
      ...host,
      ready: () => {
        this.#ready = true;
        // what happened while the page was loading follows its first snapshot
        if (this.#progress) queueMicrotask(() => this.progress(this.#progress));
        return Promise.resolve(this.#view);
      },
    });
    webview.html = pageHtml(webview, pages);
  }

  show(view: PlanView): void {
    this.#view = view;
    if (this.#ready) this.#channel.call('show', view).catch(() => undefined);
  }

  progress(progress: ProgressView | null): void {
    this.#progress = progress;
    if (this.#ready) this.#channel.call('progress', progress).catch(() => undefined);
  }

  highlight(nodeIds: readonly number[]): void {
    if (this.#ready) this.#channel.call('highlight', nodeIds).catch(() => undefined);
  }

  dispose(): void {
    this.#channel.dispose();
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

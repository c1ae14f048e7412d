import * as vscode from 'vscode';
import { Channel } from '../../protocol/channel';
import { textPort } from '../../protocol/textPort';
import type { PlanHost, PlanPage as PlanPageSide, PlanView, ProgressView } from '../../protocol/planPanel';
import { pageHtml } from './pageHtml';

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
    webview.html = pageHtml(webview, pages, 'plan', 'Plan');
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

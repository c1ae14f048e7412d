import * as vscode from 'vscode';
import { Channel } from '../../protocol/channel';
import type { ProgressView } from '../../protocol/planPanel';
import type { ProfileHost, ProfilePage, ProfileView } from '../../protocol/profilePage';
import { textPort } from '../../protocol/textPort';
import { pageHtml } from '../panels/pageHtml';

/** The panel with the page of tuning profiles. Keeps the last snapshot for a page that was hidden and loads again. */
export class ProfilePanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #channel: Channel<ProfileHost, ProfilePage>;
  #view: ProfileView | undefined;
  #progress: ProgressView | null = null;
  #ready = false;

  constructor(extensionUri: vscode.Uri, host: Omit<ProfileHost, 'ready'>, onDispose: () => void) {
    const pages = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    this.#panel = vscode.window.createWebviewPanel('queryTuner.profile', 'Tuning Profile', vscode.ViewColumn.Active, {
      enableScripts: true,
      localResourceRoots: [pages],
    });
    const { webview } = this.#panel;
    const port = textPort({
      post: message => void webview.postMessage(message),
      onMessage: listener => webview.onDidReceiveMessage(listener),
    });
    this.#channel = new Channel<ProfileHost, ProfilePage>(port, {
      ...host,
      ready: () => {
        this.#ready = true;
        // what happened while the page was loading follows its first snapshot
        if (this.#progress) queueMicrotask(() => this.progress(this.#progress));
        return Promise.resolve(this.#view);
      },
    });
    webview.html = pageHtml(webview, pages, 'profile', 'Tuning profile');
    this.#panel.onDidDispose(() => {
      this.#channel.dispose();
      onDispose();
    });
  }

  show(view: ProfileView): void {
    this.#view = view;
    this.#panel.title = view.state === 'review' ? `Tuning Profile: ${view.connection}` : 'Tuning Profile';
    if (this.#ready) this.#channel.call('show', view).catch(() => undefined);
  }

  progress(progress: ProgressView | null): void {
    this.#progress = progress;
    if (this.#ready) this.#channel.call('progress', progress).catch(() => undefined);
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#panel.dispose();
  }
}

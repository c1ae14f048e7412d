import * as vscode from 'vscode';
import { Channel } from '../../protocol/channel';
import type { HealthChartsHost, HealthChartsPage, HealthChartsView } from '../../protocol/health';
import { textPort } from '../../protocol/textPort';
import { pageHtml } from '../panels/pageHtml';

/** The panel "Server health": charts of what the health view has read. */
export class HealthCharts implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** It was shown, hidden or closed. */
  readonly onDidChangeVisibility = this.#changed.event;
  #open:
    { readonly panel: vscode.WebviewPanel; readonly channel: Channel<HealthChartsHost, HealthChartsPage> } | undefined;
  #view: HealthChartsView | undefined;
  #isReady = false;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly refresh: () => Promise<void>,
  ) {}

  get isVisible(): boolean {
    return this.#open?.panel.visible ?? false;
  }

  /** Opens it, or brings it to the front. */
  reveal(): void {
    if (this.#open) {
      this.#open.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      'queryTuner.healthCharts',
      'Server health',
      vscode.ViewColumn.Active,
    );
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, 'media', 'plan.svg');
    const pages = vscode.Uri.joinPath(this.extensionUri, 'dist', 'webview');
    panel.webview.options = { enableScripts: true, localResourceRoots: [pages] };
    const port = textPort({
      post: message => void panel.webview.postMessage(message),
      onMessage: listener => panel.webview.onDidReceiveMessage(listener),
    });
    const channel = new Channel<HealthChartsHost, HealthChartsPage>(port, {
      ready: () => {
        this.#isReady = true;
        return Promise.resolve(this.#view);
      },
      refresh: () => this.refresh(),
    });
    this.#open = { panel, channel };
    panel.onDidChangeViewState(() => this.#changed.fire());
    panel.onDidDispose(() => {
      channel.dispose();
      this.#open = undefined;
      this.#isReady = false;
      this.#changed.fire();
    });
    panel.webview.html = pageHtml(panel.webview, pages, 'health', 'Server health');
    this.#changed.fire();
  }

  show(view: HealthChartsView | undefined): void {
    this.#view = view;
    // A hidden page is loaded again when it is shown, and asks for the view then.
    if (view && this.#isReady) this.#open?.channel.call('show', view).catch(() => undefined);
  }

  dispose(): void {
    this.#open?.panel.dispose();
    this.#changed.dispose();
  }
}

import * as vscode from 'vscode';
import type { ProgressView } from '../../protocol/planPanel';
import { afterCancel, messageOf } from '../feedback';
import type { ServerApi } from '../serverApi';

/** The work behind a panel: one piece at a time, with the panel's progress bar and its Cancel. */
export class PanelWork {
  #running: vscode.CancellationTokenSource | undefined;

  constructor(
    private readonly server: ServerApi,
    private readonly progress: (progress: ProgressView | null) => void,
  ) {}

  cancel(): void {
    this.#running?.cancel();
  }

  /** Shows its progress. A cancel ends quietly; a failure reaches the page as a sentence. */
  async busy(
    text: string,
    work: (token: vscode.CancellationToken, progressToken: string) => Promise<void>,
  ): Promise<void> {
    const progressToken = `${Date.now()}-${++progressTokens}`;
    this.progress({ text, cancellable: true });
    const listener = this.server.onProgress(progressToken, ({ text: step, fraction }) =>
      this.progress({ text: step, ...(fraction !== undefined && { fraction }), cancellable: true }),
    );
    try {
      await this.track(undefined, token => work(token, progressToken));
    } catch (error) {
      if (error instanceof vscode.CancellationError) return;
      throw new Error(messageOf(error));
    } finally {
      listener.dispose();
      this.progress(null);
    }
  }

  /** Makes work cancellable by {@link cancel}, and from `outer` too. */
  async track<T>(
    outer: vscode.CancellationToken | undefined,
    work: (token: vscode.CancellationToken) => Promise<T>,
  ): Promise<T> {
    const source = new vscode.CancellationTokenSource();
    const listener = outer?.onCancellationRequested(() => source.cancel());
    this.#running = source;
    try {
      return await work(source.token);
    } catch (error) {
      throw source.token.isCancellationRequested ? afterCancel(error) : error;
    } finally {
      listener?.dispose();
      if (this.#running === source) this.#running = undefined;
      source.dispose();
    }
  }
}

let progressTokens = 0;

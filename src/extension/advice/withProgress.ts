import * as vscode from 'vscode';
import { afterCancel } from '../feedback';
import type { ServerApi } from '../serverApi';

let progressTokens = 0;

/** Asks the language server with its progress shown, by default as a notification with Cancel. */
export async function withProgress<T>(
  server: ServerApi,
  title: string,
  work: (token: vscode.CancellationToken, progressToken: string) => Promise<T>,
): Promise<T> {
  const progressToken = `advice-${++progressTokens}`;
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const listener = server.onProgress(progressToken, ({ text }) => progress.report({ message: text }));
    try {
      return await work(token, progressToken);
    } catch (error) {
      throw token.isCancellationRequested ? afterCancel(error) : error;
    } finally {
      listener.dispose();
    }
  });
}

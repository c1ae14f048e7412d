import * as vscode from 'vscode';
import { messageOf } from './feedback';

/**
 * Registers a command whose failure becomes a message; a cancel is no failure. Whoever calls the command decides what
 * the arguments are: `Args` is what `work` expects of those who call it with any.
 */
export function registerCommand<Args extends readonly unknown[]>(
  id: string,
  work: (...args: Args) => Promise<void>,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: unknown[]) => {
    try {
      await work(...(args as unknown as Args));
    } catch (error) {
      if (error instanceof vscode.CancellationError) return;
      void vscode.window.showErrorMessage(`Query Tuner: ${messageOf(error)}`);
    }
  });
}

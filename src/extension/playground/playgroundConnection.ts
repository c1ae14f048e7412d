import * as path from 'node:path';
import * as vscode from 'vscode';
import type { OpenedPlayground } from '../../protocol/playground';
import type { ConnectionEntry } from '../connections/connectionSettings';
import type { ServerApi } from '../serverApi';

/** The connection that needs no server: it is made when it is opened, and is not in the settings. */
export const PLAYGROUND: ConnectionEntry = { name: 'Playground', role: 'development' };

/** A connection of the user's own may have the name; then it is theirs. */
export function isPlayground(entry: ConnectionEntry): boolean {
  return entry === PLAYGROUND;
}

export interface OpenOptions {
  /** Makes the sample anew. */
  readonly isFresh?: boolean;
  readonly report?: (text: string) => void;
}

/** Starts the playground's PostgreSQL in the language server, or finds the one that runs there. */
export async function startPlayground(
  context: vscode.ExtensionContext,
  server: ServerApi,
  { isFresh = false, report }: OpenOptions = {},
): Promise<OpenedPlayground> {
  const token = `playground-${Date.now()}`;
  const listening = report && server.onProgress(token, ({ text }) => report(text));
  try {
    return await server.request('queryTuner/playground/open', {
      storage: path.join(context.globalStorageUri.fsPath, 'playground'),
      keep: vscode.workspace.getConfiguration('queryTuner').get('playground.keep', false),
      isFresh,
      setupFile: path.join(context.extensionPath, 'media', 'playground', 'setup.sql'),
      token,
    });
  } finally {
    listening?.dispose();
  }
}

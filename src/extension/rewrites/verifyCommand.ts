import * as vscode from 'vscode';
import type { RewriteVerified } from '../../protocol/rewrites';
import { connectionForFile } from '../commands/manageConnections';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import type { Connections } from '../connections/connections';
import { requireTrust } from '../feedback';
import type { ServerApi } from '../serverApi';
import type { ShownRewrite } from './rewriteTexts';

/** A verification and when it was made. */
export interface KeptVerification {
  readonly verified: RewriteVerified;
  readonly connection: string;
  readonly at: Date;
}

const TIMEOUT_SECONDS = 30;

/** Verifies rewrites on the connection of their file, and keeps what was found as long as the window is open. */
export class RewriteVerifier {
  readonly #kept = new Map<string, KeptVerification>();
  #runs = 0;

  constructor(
    private readonly server: ServerApi,
    private readonly connections: Connections,
  ) {}

  /** What was found for the same texts, on the connection the file uses now. */
  kept({ source, info }: ShownRewrite): KeptVerification | undefined {
    const connection = this.connections.connectionOf(source);
    return connection && this.#kept.get(keyOf(connection, info));
  }

  /** Runs both forms, after asking where the role of the connection demands it. Undefined if the user gives up. */
  async verify(shown: ShownRewrite): Promise<KeptVerification | undefined> {
    if (!requireTrust()) return undefined;
    const connection = await connectionForFile(this.connections, this.server, shown.source);
    if (!connection || !(await confirmOnProduction(connection))) return undefined;
    const verified = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Verifying on {0}', connection.name),
        cancellable: true,
      },
      (progress, token) => this.#run(shown, connection, progress, token),
    );
    const kept = { verified, connection: connection.name, at: new Date() };
    this.#kept.set(keyOf(connection, shown.info), kept);
    return kept;
  }

  async #run(
    { info, statement }: ShownRewrite,
    connection: ConnectionEntry,
    progress: vscode.Progress<{ message: string }>,
    token: vscode.CancellationToken,
  ): Promise<RewriteVerified> {
    progress.report({ message: 'connecting' });
    await this.connections.ensureOpen(connection);
    const progressToken = `rewrite-${++this.#runs}`;
    const listener = this.server.onProgress(progressToken, ({ text }) => progress.report({ message: text }));
    try {
      return await this.server.request(
        'queryTuner/rewrite/verify',
        {
          connectionId: connection.name,
          connection: `${connection.name} (${roleOf(connection)})`,
          title: statement,
          original: info.original,
          rewritten: info.rewritten,
          timeoutMs: TIMEOUT_SECONDS * 1000,
          progressToken,
        },
        token,
      );
    } catch (error) {
      if (token.isCancellationRequested) throw new vscode.CancellationError();
      throw error;
    } finally {
      listener.dispose();
    }
  }
}

async function confirmOnProduction(connection: ConnectionEntry): Promise<boolean> {
  if (roleOf(connection) !== 'production') return true;
  const detail = vscode.l10n.t(
    'Both forms of the statement run several times, read-only, for {0} s at most. Nothing is changed.',
    2 * TIMEOUT_SECONDS,
  );
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Verify on the production database {0}?', connection.name),
    { modal: true, detail },
    vscode.l10n.t('Verify'),
  );
  return answer === vscode.l10n.t('Verify');
}

function keyOf(connection: ConnectionEntry, { original, rewritten }: ShownRewrite['info']): string {
  return JSON.stringify([connection.name, original, rewritten]);
}

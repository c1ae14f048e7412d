import * as vscode from 'vscode';
import { connectionForFile } from '../commands/manageConnections';
import type { ConnectionEntry } from '../connections/connectionSettings';
import type { Connections } from '../connections/connections';
import { requireTrust } from '../feedback';
import { registerCommand } from '../registerCommand';
import type { ServerApi } from '../serverApi';
import { HealthController } from './healthController';
import type { HealthNode } from './healthNodes';
import { HealthTree } from './healthTree';

/** The health view and its commands. */
export function registerHealth(
  context: vscode.ExtensionContext,
  server: ServerApi,
  connections: Connections,
): vscode.Disposable {
  const tree = new HealthTree();
  const controller = new HealthController(server, tree, context.extensionUri);

  /** The connection that is shown, else that of the file; opened. Undefined if the user gives up. */
  const connect = async (shown?: ConnectionEntry): Promise<ConnectionEntry | undefined> => {
    if (!requireTrust()) return undefined;
    const uri = vscode.window.activeTextEditor?.document.uri;
    const connection = shown ?? (await connectionForFile(connections, server, uri));
    if (connection) await connections.ensureOpen(connection);
    return connection;
  };

  return vscode.Disposable.from(
    tree,
    controller,
    registerCommand('queryTuner.health.open', async () => {
      const connection = await connect();
      if (connection) await controller.open(connection);
    }),
    registerCommand('queryTuner.health.showCharts', async () => {
      const connection = await connect(controller.connection);
      if (connection) await controller.showCharts(connection);
    }),
    registerCommand('queryTuner.health.maintain', async () => {
      const connection = await connect(controller.connection);
      if (connection) await controller.maintain(connection);
    }),
    registerCommand('queryTuner.maintenance.show', async () => {
      const connection = await connect(controller.connection);
      if (!connection) return;
      const { sql } = await server.request('queryTuner/health/maintenancePlan', { connectionId: connection.name });
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'sql', content: sql }));
    }),
    registerCommand('queryTuner.health.refresh', () => controller.refresh()),
    registerCommand('queryTuner.health.runStep', async (node?: HealthNode) => {
      if (node?.step && requireTrust()) await controller.runStep(node.step);
    }),
  );
}

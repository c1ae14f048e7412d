import * as vscode from 'vscode';
import { connectionForFile } from '../commands/manageConnections';
import type { Connections } from '../connections/connections';
import { requireTrust } from '../feedback';
import { registerCommand } from '../registerCommand';
import type { ServerApi } from '../serverApi';
import { HealthController } from './healthController';
import type { HealthNode } from './healthNodes';
import { HealthTree } from './healthTree';

/** The health view and its commands. */
export function registerHealth(server: ServerApi, connections: Connections): vscode.Disposable {
  const tree = new HealthTree();
  const controller = new HealthController(server, tree);

  return vscode.Disposable.from(
    tree,
    controller,
    registerCommand('queryTuner.health.open', async () => {
      if (!requireTrust()) return;
      const connection = await connectionForFile(connections, server, vscode.window.activeTextEditor?.document.uri);
      if (!connection) return;
      await connections.ensureOpen(connection);
      await controller.open(connection);
    }),
    registerCommand('queryTuner.health.refresh', () => controller.refresh()),
    registerCommand('queryTuner.health.runStep', async (node?: HealthNode) => {
      if (node?.step && requireTrust()) await controller.runStep(node.step);
    }),
  );
}

import * as vscode from 'vscode';
import { connectionForFile } from '../commands/manageConnections';
import type { Connections } from '../connections/connections';
import { messageOf, requireTrust } from '../feedback';
import type { ServerApi } from '../serverApi';
import { HealthController } from './healthController';
import type { HealthNode } from './healthNodes';
import { HealthTree } from './healthTree';

/** The health view and its commands. */
export function registerHealth(server: ServerApi, connections: Connections): vscode.Disposable {
  const tree = new HealthTree();
  const controller = new HealthController(server, tree);

  /** A failure becomes a message; a cancel is no failure. */
  const register = (id: string, work: (node: HealthNode | undefined) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (node?: HealthNode) => {
      try {
        await work(node);
      } catch (error) {
        if (error instanceof vscode.CancellationError) return;
        void vscode.window.showErrorMessage(`Query Tuner: ${messageOf(error)}`);
      }
    });

  return vscode.Disposable.from(
    tree,
    controller,
    register('queryTuner.health.open', async () => {
      if (!requireTrust()) return;
      const connection = await connectionForFile(connections, server, vscode.window.activeTextEditor?.document.uri);
      if (!connection) return;
      await connections.ensureOpen(connection);
      await controller.open(connection);
    }),
    register('queryTuner.health.refresh', () => controller.refresh()),
    register('queryTuner.health.runStep', async node => {
      if (node?.step && requireTrust()) await controller.runStep(node.step);
    }),
  );
}

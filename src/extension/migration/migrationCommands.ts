import * as vscode from 'vscode';
import type { Connections } from '../connections/connections';
import { messageOf, requireTrust } from '../feedback';
import type { ServerApi } from '../serverApi';
import { DesignCommands, type MeasuredPlan } from './designCommands';
import { MigrationController } from './migrationController';
import { MigrationDocuments } from './migrationDocuments';
import { MigrationStorage } from './migrationStore';

export interface RegisteredMigrations {
  readonly registrations: vscode.Disposable;
  /** Asks about what was left on its way when the window was closed. */
  readonly offerToResume: () => Promise<void>;
}

/** Migrations: advised, shown as a document, run step by step, taken back. */
export function registerMigrations(
  context: vscode.ExtensionContext,
  server: ServerApi,
  connections: Connections,
  measuredPlan: () => MeasuredPlan,
): RegisteredMigrations {
  const documents = new MigrationDocuments();
  const controller = new MigrationController(
    server,
    connections,
    documents,
    new MigrationStorage(context.workspaceState),
  );
  const design = new DesignCommands(server, connections, controller);

  /** A failure becomes a message; a cancel is no failure. */
  const register = (id: string, work: (key?: string, stepId?: string) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (key?: unknown, stepId?: unknown) => {
      if (!requireTrust()) return;
      try {
        // From a menu of the editor it is called with the document's address.
        await work(asText(key), asText(stepId));
      } catch (error) {
        if (error instanceof vscode.CancellationError) return;
        void vscode.window.showErrorMessage(`Query Tuner: ${messageOf(error)}`);
      }
    });
  const registrations = vscode.Disposable.from(
    documents,
    server.onSaveMigration(params => controller.keep(params)),
    register('queryTuner.partition.advise', () => design.partition()),
    register('queryTuner.materializedView.advise', () => design.materializedViews()),
    register('queryTuner.statistics.try', () => design.statistics(measuredPlan())),
    register('queryTuner.migration.runStep', (key, stepId) => controller.runStep(key, stepId)),
    register('queryTuner.migration.runAll', key => controller.runAll(key)),
    register('queryTuner.migration.undo', (key, stepId) => controller.undo(key, stepId)),
    register('queryTuner.migration.saveAsFiles', key => controller.saveAsFiles(key)),
    register('queryTuner.migration.open', () => controller.pickStored()),
  );
  return { registrations, offerToResume: () => controller.offerToResume() };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

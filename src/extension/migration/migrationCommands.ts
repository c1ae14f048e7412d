import * as vscode from 'vscode';
import { SAVE_MIGRATION } from '../../protocol/migration';
import type { Connections } from '../connections/connections';
import { requireTrust } from '../feedback';
import { registerCommand } from '../registerCommand';
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

  const register = (id: string, work: (key?: string, stepId?: string) => Promise<void>): vscode.Disposable =>
    registerCommand(id, async (key?: unknown, stepId?: unknown) => {
      // From a menu of the editor it is called with the document's address.
      if (requireTrust()) await work(asText(key), asText(stepId));
    });
  const registrations = vscode.Disposable.from(
    documents,
    server.onSave(SAVE_MIGRATION, params => controller.keep(params)),
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

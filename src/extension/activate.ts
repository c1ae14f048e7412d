import * as vscode from 'vscode';
import { registerIndexAdvice } from './advice/adviceCommands';
import { registerBenchmarks } from './benchmark/benchmarkCommands';
import { registerBudgets } from './budgets/budgetCommands';
import { registerExplainCommands } from './commands/explainCommands';
import { registerShowRule } from './commands/showRule';
import { registerConnectionCommands } from './commands/manageConnections';
import { Connections } from './connections/connections';
import { showConnectionStatus } from './connections/connectionStatus';
import { messageOf } from './feedback';
import { registerMigrations } from './migration/migrationCommands';
import { registerSavedPlans } from './panels/savedPlanEditor';
import { registerPlayground } from './playground/playgroundCommands';
import { registerProfiles } from './profile/profileCommands';
import { registerRewrites } from './rewrites/rewriteCommands';
import { registerHealth } from './health/healthCommands';
import { ServerApi } from './serverApi';

let running: ServerApi | undefined;

/** Starts the language server and registers everything. Connects to nothing. */
export function activate(context: vscode.ExtensionContext): void {
  const server = (running = new ServerApi(context.extensionPath));
  const connections = new Connections(server, context);
  const explaining = registerExplainCommands(context, server, connections);
  const migrations = registerMigrations(context, server, connections, explaining.measuredPlan);
  context.subscriptions.push(
    server,
    connections,
    showConnectionStatus(connections),
    registerConnectionCommands(connections, server),
    explaining.registrations,
    registerIndexAdvice(server, connections),
    registerBudgets(context, server, connections),
    registerHealth(context, server, connections),
    registerBenchmarks(context, server, connections),
    migrations.registrations,
    registerProfiles(context, server, connections),
    registerRewrites(context, server, connections),
    registerPlayground(context, server, connections),
    registerShowRule(context),
    registerSavedPlans(context),
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.sendSettings()),
    vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration('queryTuner')) void server.sendSettings();
    }),
  );
  // not waited for: commands are there at once, and what they ask waits for the server
  server.start().then(
    () => migrations.offerToResume(),
    (error: unknown) =>
      vscode.window.showErrorMessage(
        vscode.l10n.t('Query Tuner: the language server did not start. {0}', messageOf(error)),
      ),
  );
}

/** VS Code waits for it: what runs on a database is cancelled, and what a cancelled build leaves is removed. */
export async function deactivate(): Promise<void> {
  await running?.stop();
}

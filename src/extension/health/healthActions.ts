import * as vscode from 'vscode';
import type { HealthStep } from '../../core/health/check';
import type { PreparedAction } from '../../core/health/preparedAction';
import type { ActionRequest, ActionUndo, ServerAction } from '../../protocol/health';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import { messageOf } from '../feedback';
import type { ServerApi } from '../serverApi';

/** What the palette offers, in the order of how often it is wanted. */
const OFFERED: readonly { readonly action: ServerAction; readonly label: string; readonly which: string }[] = [
  { action: 'analyze', label: '$(graph) Analyze a table', which: 'Analyze which table?' },
  { action: 'vacuum', label: '$(trash) Vacuum a table', which: 'Vacuum which table?' },
  { action: 'reindex', label: '$(refresh) Rebuild an index', which: 'Rebuild which index?' },
  { action: 'refresh', label: '$(layers) Refresh a materialized view', which: 'Refresh which materialized view?' },
  { action: 'cancel', label: '$(debug-stop) Cancel the statement of a session', which: 'Cancel whose statement?' },
  { action: 'terminate', label: '$(debug-disconnect) End a session', which: 'End which session?' },
  { action: 'reset statistics', label: '$(clear-all) Reset statistics', which: 'Reset which statistics?' },
  { action: 'enable statements', label: '$(pulse) Enable pg_stat_statements', which: 'Enable what?' },
];

/** Steps of checks that are an action here, though their SQL is only shown elsewhere. */
const SHOWN_AS_SQL: readonly HealthStep['action'][] = ['show sql', 'explain statement'];

/** Does to a server what people choose: shown with its SQL, its locks and what speaks against it, and confirmed. */
export class HealthActions {
  #runs = 0;

  constructor(private readonly server: ServerApi) {}

  /** Asks what to do and to what. True if something was done. */
  async choose(connection: ConnectionEntry): Promise<boolean> {
    const offered = await vscode.window.showQuickPick(OFFERED, {
      title: `Maintain ${connection.name}`,
      // Pages that are just loading take the keyboard.
      ignoreFocusOut: true,
    });
    if (!offered) return false;
    const { action, which } = offered;
    const connectionId = connection.name;
    const targets = await this.server.request('queryTuner/health/targets', { connectionId, action });
    if (targets.length === 0) throw new Error('There is nothing of the kind on this database.');
    const items = targets.map(({ id, label, detail }) => ({ label, detail, id }));
    const [only] = items;
    const target =
      items.length === 1 && only && action === 'enable statements'
        ? only
        : await vscode.window.showQuickPick(items, { title: which, matchOnDetail: true, ignoreFocusOut: true });
    return target ? this.run(connection, { action, target: target.id }) : false;
  }

  /** A step that a check offers. True if something was done. */
  async take(connection: ConnectionEntry, step: HealthStep): Promise<boolean> {
    if (step.action === 'review indexes') {
      await vscode.commands.executeCommand('queryTuner.advice.reviewExisting');
      return false;
    }
    if (step.sql === undefined) return false;
    if (/\bpg_stat_statements\b/.test(step.sql) && step.action === 'show sql' && !/\bUPDATE\b/.test(step.sql)) {
      return this.run(connection, { action: 'enable statements', target: 'pg_stat_statements' });
    }
    if (SHOWN_AS_SQL.includes(step.action)) {
      await showSql(step.sql);
      return false;
    }
    return this.run(connection, { step });
  }

  /** True if something was done. */
  async run(connection: ConnectionEntry, request: ActionRequest): Promise<boolean> {
    const connectionId = connection.name;
    const prepared = await this.server.request('queryTuner/health/prepare', { connectionId, request });
    if (prepared.refusal !== undefined) {
      await refuse(prepared);
      return false;
    }
    if (!(await confirm(connection, prepared))) return false;
    const progressToken = `health-${++this.#runs}`;
    const { title, sql } = prepared;
    const { text, undo } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `${title} on ${connection.name}`, cancellable: true },
      async (progress, token) => {
        let told = 0;
        const listener = this.server.onProgress(progressToken, ({ text: message, fraction = 0 }) => {
          progress.report({ message, increment: 100 * Math.max(0, fraction - told) });
          told = Math.max(told, fraction);
        });
        try {
          return await this.server.request(
            'queryTuner/health/act',
            { connectionId, request, sql, progressToken },
            token,
          );
        } catch (error) {
          // What a cancel could not clear away is told; the cancel itself is not.
          throw token.isCancellationRequested && messageOf(error) === 'cancelled'
            ? new vscode.CancellationError()
            : error;
        } finally {
          listener.dispose();
        }
      },
    );
    if (undo) void this.#offerUndo(connection, title, undo);
    else void vscode.window.setStatusBarMessage(`${title}: ${text}`, 5_000);
    return true;
  }

  async #offerUndo(connection: ConnectionEntry, title: string, undo: ActionUndo): Promise<void> {
    const answer = await vscode.window.showInformationMessage(`${title}: done on ${connection.name}.`, 'Undo');
    if (answer !== 'Undo') return;
    try {
      const { text } = await this.server.request('queryTuner/health/undo', { connectionId: connection.name, undo });
      void vscode.window.showInformationMessage(`Query Tuner: ${text}.`);
    } catch (error) {
      void vscode.window.showErrorMessage(`Query Tuner: ${messageOf(error)}`);
    }
  }
}

async function refuse({ title, refusal = '', instead }: PreparedAction): Promise<void> {
  const message = `${title}: ${refusal}.`;
  const answer = await vscode.window.showWarningMessage(message, ...(instead === undefined ? [] : ['Show SQL']));
  if (answer === 'Show SQL' && instead !== undefined) await showSql(instead);
}

async function showSql(sql: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'sql', content: `${sql}\n` });
  await vscode.window.showTextDocument(document);
}

/** The SQL is shown before anything runs, with what it locks; production is named. */
async function confirm(connection: ConnectionEntry, { title, sql, notes }: PreparedAction): Promise<boolean> {
  const where = roleOf(connection) === 'production' ? `the production database ${connection.name}` : connection.name;
  const detail = [sql.map(statement => `${statement};`).join('\n'), ...notes].join('\n\n');
  const options = { modal: true, detail };
  return (await vscode.window.showWarningMessage(`${title} on ${where}?`, options, 'Run')) === 'Run';
}

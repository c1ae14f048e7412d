import * as vscode from 'vscode';
import type { HealthStep } from '../../core/health/check';
import type { HealthView } from '../../protocol/health';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import { messageOf } from '../feedback';
import type { ServerApi } from '../serverApi';
import type { HealthTree } from './healthTree';

/** Values kept for the charts of one session. */
const KEPT_VALUES = 60;

/** Reads the health of one server, again and again while the view is visible, and runs the steps people choose. */
export class HealthController implements vscode.Disposable {
  readonly #history = new Map<string, number[]>();
  #connection: ConnectionEntry | undefined;
  #indexes: HealthView['results'] = [];
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;

  constructor(
    private readonly server: ServerApi,
    private readonly tree: HealthTree,
  ) {
    tree.onDidChangeVisibility(() => this.#schedule());
  }

  /** Shows another connection, or the same one anew, with its indexes. */
  async open(connection: ConnectionEntry): Promise<void> {
    if (this.#connection?.name !== connection.name) this.#history.clear();
    this.#connection = connection;
    await vscode.window.withProgress({ location: { viewId: 'queryTuner.health' } }, () => this.#read(connection, true));
    await this.tree.reveal();
  }

  /** @throws Error while nothing is shown */
  async refresh(): Promise<void> {
    await this.open(this.#shown());
  }

  /** SQL that only shows is opened as a document; what changes or ends something is confirmed first. */
  async runStep(step: HealthStep): Promise<void> {
    const connection = this.#shown();
    if (step.action === 'review indexes') {
      await vscode.commands.executeCommand('queryTuner.advice.reviewExisting');
      return;
    }
    if (step.sql === undefined) return;
    if (step.action === 'show sql' || step.action === 'explain statement') {
      const document = await vscode.workspace.openTextDocument({ language: 'sql', content: `${step.sql}\n` });
      await vscode.window.showTextDocument(document);
      return;
    }
    if (!(await confirm(connection, step))) return;
    const progressToken = `health-${++steps}`;
    const title = `${step.title} on ${connection.name}`;
    const { text } = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        const listener = this.server.onProgress(progressToken, event => progress.report({ message: event.text }));
        try {
          return await this.server.request(
            'queryTuner/health/step',
            { connectionId: connection.name, step, progressToken },
            token,
          );
        } catch (error) {
          throw token.isCancellationRequested ? new vscode.CancellationError() : error;
        } finally {
          listener.dispose();
        }
      },
    );
    void vscode.window.setStatusBarMessage(`${step.title}: ${text}`, 5_000);
    await this.#read(connection, false);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #shown(): ConnectionEntry {
    if (!this.#connection) throw new Error('No server is shown yet: run "Check Server Health".');
    return this.#connection;
  }

  /** One reading at a time: whoever comes while one is under way waits for that one. */
  async #read(connection: ConnectionEntry, withIndexes: boolean): Promise<void> {
    while (this.#reading) await this.#reading.catch(() => undefined);
    this.#reading = this.#readOnce(connection, withIndexes);
    try {
      await this.#reading;
    } finally {
      this.#reading = undefined;
      this.#schedule();
    }
  }

  async #readOnce(connection: ConnectionEntry, withIndexes: boolean): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const view = await this.server.request('queryTuner/health/read', {
      connectionId: connection.name,
      withIndexes,
      ...(folder !== undefined && { folder }),
    });
    if (this.#connection !== connection) return;
    const asked = new Set(view.results.map(({ id }) => id));
    if (withIndexes) this.#indexes = view.results.filter(({ group }) => group === 'indexes');
    const results = [...view.results, ...this.#indexes.filter(({ id }) => !asked.has(id))];
    for (const { id, value } of results) {
      if (value !== null) this.#history.set(id, [...(this.#history.get(id) ?? []), value].slice(-KEPT_VALUES));
    }
    this.tree.show({ ...view, results }, `${connection.name} (${roleOf(connection)})`, this.#history);
  }

  /** The next reading, once this one is over and only while somebody can see it. */
  #schedule(): void {
    clearTimeout(this.#timer);
    const seconds = vscode.workspace.getConfiguration('queryTuner').get('health.refreshSeconds', 30);
    const connection = this.#connection;
    if (!connection || seconds <= 0 || !this.tree.isVisible) return;
    this.#timer = setTimeout(() => {
      this.#read(connection, false).catch((error: unknown) =>
        this.tree.fail(`Not refreshed: ${messageOf(error)}. "Refresh" tries again.`),
      );
    }, seconds * 1000);
  }
}

let steps = 0;

/** The SQL is shown before anything runs; production is named. */
async function confirm(connection: ConnectionEntry, { title, sql }: HealthStep): Promise<boolean> {
  const where = roleOf(connection) === 'production' ? `the production database ${connection.name}` : connection.name;
  const options = { modal: true, detail: sql ?? '' };
  return (await vscode.window.showWarningMessage(`${title} on ${where}?`, options, 'Run')) === 'Run';
}

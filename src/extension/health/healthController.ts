import * as vscode from 'vscode';
import type { HealthStep } from '../../core/health/check';
import type { HealthView } from '../../protocol/health';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import { messageOf } from '../feedback';
import type { ServerApi } from '../serverApi';
import { HealthActions } from './healthActions';
import { HealthCharts } from './healthCharts';
import { HealthHistory } from './healthHistory';
import type { HealthTree } from './healthTree';

/** Reads the health of one server, again and again while somebody can see it, and runs the steps people choose. */
export class HealthController implements vscode.Disposable {
  readonly #history = new HealthHistory();
  readonly #actions: HealthActions;
  readonly #charts: HealthCharts;
  #connection: ConnectionEntry | undefined;
  #indexes: HealthView['results'] = [];
  #checklist: NonNullable<HealthView['checklist']> = [];
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #readAt = 0;

  constructor(
    private readonly server: ServerApi,
    private readonly tree: HealthTree,
    extensionUri: vscode.Uri,
  ) {
    this.#actions = new HealthActions(server);
    this.#charts = new HealthCharts(extensionUri, () => this.#refreshCharts());
    tree.onDidChangeVisibility(() => this.#schedule());
    this.#charts.onDidChangeVisibility(() => this.#schedule());
  }

  /** Shows another connection, or the same one anew, with its indexes. */
  async open(connection: ConnectionEntry): Promise<void> {
    this.#use(connection);
    await vscode.window.withProgress({ location: { viewId: 'queryTuner.health' } }, () => this.#read(connection, true));
    await this.tree.reveal();
  }

  /** The page of charts, of the server that is shown or of this one. */
  async showCharts(connection: ConnectionEntry): Promise<void> {
    this.#use(connection);
    this.#charts.reveal();
    await this.#read(connection, false);
  }

  get connection(): ConnectionEntry | undefined {
    return this.#connection;
  }

  /** @throws Error while nothing is shown */
  async refresh(): Promise<void> {
    await this.open(this.#shown());
  }

  /** SQL that only shows is opened as a document; what changes or ends something is confirmed first. */
  async runStep(step: HealthStep): Promise<void> {
    const connection = this.#shown();
    if (await this.#actions.take(connection, step)) await this.#read(connection, false);
  }

  /** Asks what to do to the server and to what of it. */
  async maintain(connection: ConnectionEntry): Promise<void> {
    const isDone = await this.#actions.choose(connection);
    if (isDone && this.#connection?.name === connection.name) await this.#read(connection, false);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#charts.dispose();
  }

  #shown(): ConnectionEntry {
    if (!this.#connection) throw new Error(vscode.l10n.t('No server is shown yet: run "Check Server Health".'));
    return this.#connection;
  }

  #use(connection: ConnectionEntry): void {
    if (this.#connection?.name !== connection.name) {
      this.#history.clear();
      this.#indexes = [];
      this.#checklist = [];
    }
    this.#connection = connection;
  }

  /** Whoever presses while a reading is under way gets that one. */
  async #refreshCharts(): Promise<void> {
    if (this.#reading) await this.#reading;
    else await this.#read(this.#shown(), false);
  }

  /** One reading at a time: whoever comes while one is under way waits for that one. */
  async #read(connection: ConnectionEntry, withIndexes: boolean): Promise<void> {
    while (this.#reading) await this.#reading.catch(() => undefined);
    clearTimeout(this.#timer);
    this.#reading = this.#readOnce(connection, withIndexes);
    try {
      await this.#reading;
    } catch (error) {
      if (this.#connection === connection)
        this.#draw(connection, vscode.l10n.t('Not refreshed: {0}', messageOf(error)));
      throw error;
    } finally {
      this.#reading = undefined;
      this.#readAt = Date.now();
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
    if (view.checklist) this.#checklist = view.checklist;
    if (withIndexes) this.#indexes = view.results.filter(({ group }) => group === 'indexes');
    const results = [...view.results, ...this.#indexes.filter(({ id }) => !asked.has(id))];
    this.#history.add({ ...view, results }, asked);
    this.tree.show({ ...view, results, checklist: this.#checklist }, nameOf(connection), this.#history);
    this.#draw(connection);
  }

  #draw(connection: ConnectionEntry, problem?: string): void {
    this.#charts.show(this.#history.charts(nameOf(connection), intervalSeconds(), problem));
  }

  /** The next reading, once this one is over and only while somebody can see it. */
  #schedule(): void {
    clearTimeout(this.#timer);
    const seconds = intervalSeconds();
    const connection = this.#connection;
    const isSeen = this.tree.isVisible || this.#charts.isVisible;
    if (!connection || seconds <= 0 || !isSeen || this.#reading) return;
    // Whoever comes back after a while is not kept waiting, and whoever comes and goes causes no more readings.
    const waitMs = Math.max(0, this.#readAt + seconds * 1000 - Date.now());
    this.#timer = setTimeout(() => {
      this.#read(connection, false).catch((error: unknown) =>
        this.tree.fail(vscode.l10n.t('Not refreshed: {0}. "Refresh" tries again.', messageOf(error))),
      );
    }, waitMs);
  }
}

function nameOf(connection: ConnectionEntry): string {
  return `${connection.name} (${roleOf(connection)})`;
}

function intervalSeconds(): number {
  return vscode.workspace.getConfiguration('queryTuner').get('health.refreshSeconds', 30);
}

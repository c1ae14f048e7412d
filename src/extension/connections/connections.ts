import * as vscode from 'vscode';
import { isChecked } from '../checkedLanguages';
import type { ConnectedInfo, ConnectParams } from '../../protocol/server';
import { isPlayground, PLAYGROUND, startPlayground } from '../playground/playgroundConnection';
import type { ServerApi } from '../serverApi';
import { isPasswordRefused } from '../serverFailures';
import { readConnections, type ConnectionEntry } from './connectionSettings';

const FILE_CONNECTIONS = 'queryTuner.fileConnections';
const LAST_CONNECTION = 'queryTuner.lastConnection';
const passwordKey = (name: string): string => `queryTuner.password.${name}`;

/** Which file uses which connection, and which connections are open. Nothing is opened before a command asks. */
export class Connections implements vscode.Disposable {
  readonly #open = new Map<string, Promise<ConnectedInfo>>();
  readonly #changed = new vscode.EventEmitter<void>();
  /** The choice of a file, the settings or an open connection changed. */
  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly server: ServerApi,
    private readonly context: vscode.ExtensionContext,
  ) {
    context.subscriptions.push(
      this.#changed,
      vscode.workspace.onDidChangeConfiguration(event => {
        if (!event.affectsConfiguration('queryTuner.connections')) return;
        for (const name of [...this.#open.keys()]) void this.close(name);
        this.#changed.fire();
      }),
      vscode.workspace.onDidOpenTextDocument(document => this.#tellServer(document)),
      server.onDidRestart(() => {
        this.#open.clear();
        this.#changed.fire();
      }),
      // the next command connects again, and that asks
      server.onDidRefusePassword(name => this.close(name)),
    );
  }

  /**
   * The connection a file uses: the one chosen for it, else the one chosen last, else the only one there is. The
   * playground is used by files for which it was chosen, and by no others.
   */
  connectionOf(uri: vscode.Uri | undefined): ConnectionEntry | undefined {
    const entries = readConnections();
    const chosen = uri && this.#fileConnections()[uri.toString()];
    const last = this.context.workspaceState.get<string>(LAST_CONNECTION);
    return (
      entries.find(entry => entry.name === chosen) ??
      (chosen === PLAYGROUND.name ? PLAYGROUND : undefined) ??
      entries.find(entry => entry.name === last) ??
      (entries.length === 1 ? entries[0] : undefined)
    );
  }

  async choose(uri: vscode.Uri | undefined, name: string): Promise<void> {
    if (name !== PLAYGROUND.name) await this.context.workspaceState.update(LAST_CONNECTION, name);
    if (uri) {
      await this.context.workspaceState.update(FILE_CONNECTIONS, {
        ...this.#fileConnections(),
        [uri.toString()]: name,
      });
    }
    this.#changed.fire();
    for (const document of vscode.workspace.textDocuments) this.#tellServer(document);
  }

  isOpen(name: string): boolean {
    return this.#open.has(name);
  }

  /** Opens the connection if it is not open. @throws Error with the server's reason */
  async ensureOpen(entry: ConnectionEntry): Promise<ConnectedInfo> {
    const opening = this.#open.get(entry.name) ?? this.#connect(entry);
    try {
      return await opening;
    } catch (error) {
      if (!isPasswordRefused(error) || !(await this.#askPassword(entry.name))) throw error;
      return this.#connect(entry);
    }
  }

  async close(name: string): Promise<void> {
    if (!this.#open.delete(name)) return;
    await this.server.request('queryTuner/connections/close', { connectionId: name });
  }

  /** Opens a connection of its own and closes it again. */
  async test(entry: ConnectionEntry): Promise<ConnectedInfo> {
    return this.server.request('queryTuner/connections/test', await this.#connectParams(entry));
  }

  password(name: string): Thenable<string | undefined> {
    return this.context.secrets.get(passwordKey(name));
  }

  async storePassword(name: string, password: string | undefined): Promise<void> {
    if (password) await this.context.secrets.store(passwordKey(name), password);
    else await this.context.secrets.delete(passwordKey(name));
    await this.close(name);
  }

  dispose(): void {
    this.#open.clear();
  }

  /** The password there is was refused. False if the user gives up. */
  async #askPassword(name: string): Promise<boolean> {
    const password = await vscode.window.showInputBox({
      title: vscode.l10n.t('Password of {0}', name),
      prompt: vscode.l10n.t(
        "The database refused the present one. The new one is kept in the system's secret storage.",
      ),
      password: true,
      ignoreFocusOut: true,
    });
    if (!password) return false;
    await this.storePassword(name, password);
    return true;
  }

  /** What an interrupted build left slows every write and helps no query. */
  #tellOfInvalidIndexes(name: string, { invalidIndexes = [] }: ConnectedInfo): void {
    if (invalidIndexes.length === 0) return;
    const [are, them] = invalidIndexes.length === 1 ? ['is', 'it'] : ['are', 'them'];
    void vscode.window
      .showWarningMessage(
        `${name}: ${invalidIndexes.join(', ')} ${are} INVALID. A build that was interrupted left ${them}.`,
        vscode.l10n.t('Review Indexes'),
      )
      .then(answer => answer && vscode.commands.executeCommand('queryTuner.advice.reviewExisting'));
  }

  #connect(entry: ConnectionEntry): Promise<ConnectedInfo> {
    const opening = this.#connectParams(entry).then(params =>
      this.server.request('queryTuner/connections/connect', params),
    );
    this.#open.set(entry.name, opening);
    opening.then(
      info => {
        this.#tellOfInvalidIndexes(entry.name, info);
        this.#changed.fire();
        for (const document of vscode.workspace.textDocuments) this.#tellServer(document);
      },
      () => {
        if (this.#open.get(entry.name) === opening) this.#open.delete(entry.name);
      },
    );
    return opening;
  }

  async #connectParams(entry: ConnectionEntry): Promise<ConnectParams> {
    if (isPlayground(entry)) {
      return { connectionId: entry.name, target: (await startPlayground(this.context, this.server)).target };
    }
    const password = await this.password(entry.name);
    return { connectionId: entry.name, target: { ...entry, ...(password !== undefined && { password }) } };
  }

  #fileConnections(): Record<string, string> {
    return this.context.workspaceState.get(FILE_CONNECTIONS, {});
  }

  /** The server checks a file against the catalog of its connection, once that is open. */
  #tellServer(document: vscode.TextDocument): void {
    if (!isChecked(document)) return;
    const name = this.connectionOf(document.uri)?.name;
    const connectionId = name !== undefined && this.#open.has(name) ? name : null;
    void this.server.notify('queryTuner/document/connection', { uri: document.uri.toString(), connectionId });
  }
}

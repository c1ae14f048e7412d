import * as vscode from 'vscode';
import type { ProfileTrial } from '../../core/profiles/profileTrial';
import type { ProfileParams, ProfileReview, ScopedChanges } from '../../protocol/profile';
import type { ProfileHost, ProfileSelection, ProfileView, TrySource } from '../../protocol/profilePage';
import { connectionForFile } from '../commands/manageConnections';
import type { Connections } from '../connections/connections';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import { messageOf } from '../feedback';
import { PanelWork } from '../panels/panelWork';
import type { ServerApi } from '../serverApi';
import { confirmApply, confirmMeasure, confirmUndo } from './confirmations';
import { ProfilePanel } from './profilePanel';
import type { ProfileStore } from './profileStore';
import type { TriedText } from './triedText';

/** What the page shows, but for the connection. */
interface Shown {
  readonly review: ProfileReview;
  readonly trial: ProfileTrial | null;
}

/** The page of tuning profiles and what can be done on it. Everything about a database is asked of the language server. */
export class ProfileController implements vscode.Disposable {
  readonly #work: PanelWork;
  #panel: ProfilePanel | undefined;
  #connection: ConnectionEntry | undefined;
  #selection: ProfileSelection = {};
  #shown: Shown | undefined;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly server: ServerApi,
    private readonly connections: Connections,
    private readonly store: ProfileStore,
    private readonly tried: TriedText,
  ) {
    this.#work = new PanelWork(server, progress => this.#panel?.progress(progress));
  }

  /** Brings the page to the front, with the connection of the file that was looked at. */
  async open(): Promise<void> {
    this.#panel ??= new ProfilePanel(this.extensionUri, this.#host(), () => {
      this.#work.cancel();
      this.#panel = undefined;
    });
    this.#panel.reveal();
    if (!vscode.workspace.isTrusted) return this.#show({ state: 'untrusted' });
    const entry = await connectionForFile(this.connections, this.server, this.tried.document?.uri);
    if (!entry) return this.#show({ state: 'unconnected', reason: null });
    await this.#connect(entry);
  }

  /** The workspace became trusted: what waited for it goes on. */
  async trusted(): Promise<void> {
    if (this.#panel) await this.open();
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #host(): Omit<ProfileHost, 'ready'> {
    return {
      choose: choice => this.#choose(choice),
      refresh: () => this.#read(this.#selection),
      script: groups => this.#script(groups),
      apply: groups => this.#apply(groups),
      undo: id => this.#undo(id),
      forget: async id => {
        await this.store.forget(id);
        this.#showReview();
      },
      tryOn: (source, measure) => this.#try(source, measure),
      connect: () => this.#reconnect(),
      manageTrust: async () => {
        await vscode.commands.executeCommand('workbench.trust.manage');
      },
      copyText: async text => vscode.env.clipboard.writeText(text),
      cancel: () => {
        this.#work.cancel();
        return Promise.resolve();
      },
    };
  }

  async #connect(entry: ConnectionEntry): Promise<void> {
    if (this.#connection?.name !== entry.name)
      this.#selection = { ...this.#selection, scope: { kind: 'system' }, machine: {} };
    this.#connection = entry;
    this.#shown = undefined;
    try {
      await this.#read(this.#selection);
    } catch (error) {
      this.#show({ state: 'unconnected', reason: messageOf(error) });
    }
  }

  async #reconnect(): Promise<void> {
    await vscode.commands.executeCommand('queryTuner.connection.switch');
    const entry = this.connections.connectionOf(undefined);
    if (entry) await this.#connect(entry);
  }

  /** A trial belongs to the profile and the machine it was made with. */
  async #choose(choice: ProfileSelection): Promise<void> {
    const before = this.#selection;
    this.#selection = { ...before, ...choice };
    try {
      await this.#read(this.#selection, choice.scope !== undefined);
    } catch (error) {
      this.#selection = before;
      // the page goes back to what is still shown
      this.#showReview();
      throw error;
    }
  }

  async #read(selection: ProfileSelection, keepsTrial = false): Promise<void> {
    const entry = this.#required();
    await this.#work.busy(`Reading the settings of ${entry.name}`, async token => {
      await this.connections.ensureOpen(entry);
      const review = await this.server.request('queryTuner/profile/review', this.#params(selection), token);
      this.#shown = { review, trial: keepsTrial ? (this.#shown?.trial ?? null) : null };
    });
    this.#showReview();
  }

  async #script(groups: readonly ScopedChanges[]): Promise<string> {
    const entry = this.#required();
    await this.connections.ensureOpen(entry);
    return (await this.server.request('queryTuner/profile/script', { connectionId: entry.name, groups })).text;
  }

  async #apply(groups: readonly ScopedChanges[]): Promise<void> {
    const entry = this.#required();
    const text = await this.#script(groups);
    const changed = new Set(
      groups.flatMap(({ scope, changes }) => (scope.kind === 'system' ? changes : [])).map(({ name }) => name),
    );
    const waiting = (this.#shown?.review.settings ?? []).filter(
      ({ name, takesEffect }) => takesEffect === 'restart' && changed.has(name),
    );
    if (
      !(await confirmApply(
        entry,
        groups,
        text,
        waiting.map(({ name }) => name),
      ))
    )
      return;
    try {
      await this.#work.busy(`Applying to ${entry.name}`, async (token, progressToken) => {
        await this.connections.ensureOpen(entry);
        const params = { ...this.#params(this.#selection), groups, progressToken };
        await this.server.request('queryTuner/profile/apply', params, token);
      });
    } finally {
      // also of a run that was cut off, what was kept of it is shown
      this.#showReview();
    }
    await this.#read(this.#selection, true);
  }

  async #undo(id: string): Promise<void> {
    const entry = this.#required();
    const run = this.store.get(id);
    if (!run) throw new Error('It is no longer on the list.');
    if (!(await confirmUndo(entry, run))) return;
    await this.#work.busy(`Taking back on ${entry.name}`, async token => {
      await this.connections.ensureOpen(entry);
      const undone = await this.server.request('queryTuner/profile/undo', { connectionId: entry.name, run }, token);
      await this.store.setUndone(id, undone);
    });
    await this.#read(this.#selection, true);
  }

  async #try(kind: TrySource, measure: boolean): Promise<void> {
    const entry = this.#required();
    const source = await this.tried.source(kind);
    if (measure && !(await confirmMeasure(entry))) return;
    await this.#work.busy(`Trying the profile on ${entry.name}`, async (token, progressToken) => {
      await this.connections.ensureOpen(entry);
      const params = { ...this.#params(this.#selection), source, measure, progressToken };
      const trial = await this.server.request('queryTuner/profile/try', params, token);
      if (this.#shown) this.#shown = { ...this.#shown, trial };
    });
    this.#showReview();
  }

  #params(selection: ProfileSelection): ProfileParams {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    return { connectionId: this.#required().name, ...(folder !== undefined && { folder }), ...selection };
  }

  #required(): ConnectionEntry {
    if (!this.#connection) throw new Error('Choose a connection first.');
    return this.#connection;
  }

  #showReview(): void {
    if (!this.#shown || !this.#connection) return;
    const { review, trial } = this.#shown;
    this.#show({
      state: 'review',
      connection: this.#connection.name,
      role: roleOf(this.#connection),
      review,
      machine: this.#selection.machine ?? {},
      runs: this.store.of(review.server),
      trial,
      file: this.tried.name,
    });
  }

  #show(view: ProfileView): void {
    this.#panel?.show(view);
  }
}

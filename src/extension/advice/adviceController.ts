import * as vscode from 'vscode';
import type { AdviceSource, Measurement } from '../../protocol/advice';
import type { CreatedIndex } from '../../protocol/server';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import { whatIfMethod } from '../connections/whatIfMethod';
import { MIGRATION_STYLES, type MigrationStyle } from '../panels/migration';
import type { ServerApi } from '../serverApi';
import {
  initiallyChecked,
  offeredChanges,
  type AdviceState,
  type ChangeState,
  type OfferedChange,
} from './adviceNodes';
import type { AdviceTree } from './adviceTree';
import { saveMigration } from './saveMigration';

/** What was advised on, so that it can be done again under another budget. */
export interface AdviceSubject {
  readonly connection: ConnectionEntry;
  readonly source: AdviceSource;
  /** The document of a source that is one, where its statements stand. */
  readonly document?: vscode.Uri;
}

interface Shown extends AdviceState {
  readonly subject: AdviceSubject;
}

/** What a change that was made left, in the order they were made. */
interface Applied {
  readonly offered: OfferedChange;
  readonly created: readonly CreatedIndex[];
}

/** Runs the index advice view: advises, measures, makes the checked changes and takes them back. */
export class AdviceController {
  #shown: Shown | undefined;
  #applied: Applied[] = [];
  #budgetBytes: number | undefined;
  #run = 0;

  constructor(
    private readonly server: ServerApi,
    private readonly tree: () => AdviceTree,
  ) {}

  /** @throws Error while nothing is shown */
  get shown(): Shown {
    if (!this.#shown)
      throw new Error(vscode.l10n.t('There is no advice yet: run "Advise Indexes" on a file, a folder or a log.'));
    return this.#shown;
  }

  get budgetBytes(): number | undefined {
    return this.#budgetBytes;
  }

  async advise(subject: AdviceSubject): Promise<void> {
    const run = ++this.#run;
    const { connection, source } = subject;
    const title = vscode.l10n.t(
      '{0} on {1}',
      source.kind === 'none' ? vscode.l10n.t('Reviewing the indexes') : vscode.l10n.t('Looking for indexes'),
      connection.name,
    );
    const view = await this.#withProgress(title, (token, progressToken) =>
      this.server.request(
        'queryTuner/advice/run',
        {
          connectionId: connection.name,
          source,
          whatIf: whatIfMethod(connection),
          timeLimitMs: settings().get('advice.timeLimitSeconds', 120) * 1000,
          unusedDays: settings().get('advice.unusedDays', 30),
          progressToken,
          ...(this.#budgetBytes !== undefined && { budgetBytes: this.#budgetBytes }),
        },
        token,
      ),
    );
    if (run !== this.#run) return;
    this.#applied = [];
    this.#show({
      subject,
      view,
      connection: `${connection.name} (${roleOf(connection)})`,
      checked: initiallyChecked(view),
      states: new Map(),
      before: new Map(),
      after: new Map(),
      ...(this.#budgetBytes !== undefined && { budgetBytes: this.#budgetBytes }),
    });
    await this.tree().reveal();
  }

  /** Advises again under another budget; none when undefined. */
  async setBudget(bytes: number | undefined): Promise<void> {
    this.#budgetBytes = bytes;
    if (this.#shown) await this.advise(this.#shown.subject);
  }

  check(key: string, checked: boolean): void {
    if (!this.#shown) return;
    const keys = new Set(this.#shown.checked);
    if (checked) keys.add(key);
    else keys.delete(key);
    this.#show({ ...this.#shown, checked: keys });
  }

  /** Makes the checked changes one by one, and stops at the first that fails. */
  async apply(): Promise<void> {
    const { subject, view, checked, states } = this.shown;
    const chosen = offeredChanges(view).filter(({ key }) => checked.has(key) && states.get(key) !== 'applied');
    if (chosen.length === 0) throw new Error(vscode.l10n.t('No box is checked.'));
    const sql = chosen.flatMap(({ change }) => change.sql);
    if (!(await confirm(subject.connection, vscode.l10n.t('Run {0}', count(sql.length)), sql))) return;
    await this.#withProgress(vscode.l10n.t('Changing {0}', subject.connection.name), async (token, progressToken) => {
      for (const offered of chosen) {
        const request = { connectionId: subject.connection.name, change: offered.change, progressToken };
        const { created } = await this.server.request('queryTuner/change/apply', request, token);
        this.#applied.push({ offered, created });
        this.#setState(offered.key, 'applied');
      }
    });
  }

  /** Takes the changes back, the last one first; each only if what it left is still as it was. */
  async undo(): Promise<void> {
    const { subject } = this.shown;
    const undone = [...this.#applied].reverse().filter(({ offered }) => offered.change.inverse.length > 0);
    if (undone.length === 0) throw new Error(vscode.l10n.t('There is nothing to take back.'));
    const sql = undone.flatMap(({ offered }) => offered.change.inverse);
    if (!(await confirm(subject.connection, vscode.l10n.t('Take back {0}', count(undone.length)), sql))) return;
    await this.#withProgress(
      vscode.l10n.t('Taking back changes on {0}', subject.connection.name),
      async (token, progressToken) => {
        for (const applied of undone) {
          const { offered, created: expected } = applied;
          const request = { connectionId: subject.connection.name, change: offered.change, progressToken, expected };
          await this.server.request('queryTuner/change/undo', request, token);
          this.#applied = this.#applied.filter(each => each !== applied);
          this.#setState(offered.key, 'undone');
        }
      },
    );
  }

  /** Measures the statements that only read: as they are before the first change, and after it. */
  async measure(): Promise<void> {
    const { subject, view } = this.shown;
    const statements = view.statements.filter(({ measurable }) => measurable).map(({ id, sql }) => ({ id, sql }));
    if (statements.length === 0) {
      throw new Error(vscode.l10n.t('No statement can be measured: they write, or have parameters without values.'));
    }
    const measured = await this.#withProgress(
      vscode.l10n.t('Measuring {0} statements on {1}', statements.length, subject.connection.name),
      (token, progressToken) =>
        this.server.request(
          'queryTuner/advice/measure',
          {
            connectionId: subject.connection.name,
            statements,
            timeoutMs: settings().get('explain.timeoutSeconds', 60) * 1000,
            progressToken,
          },
          token,
        ),
    );
    const byId = new Map<number, Measurement>(measured.map(each => [each.id, each]));
    if (this.#shown?.view !== view) return;
    this.#show({
      ...this.#shown,
      ...(this.#applied.length === 0 ? { before: byId, after: new Map() } : { after: byId }),
    });
  }

  /** Writes the checked changes as migrations in the style of the settings. */
  async saveAsMigration(): Promise<void> {
    const { view, checked } = this.shown;
    const chosen = offeredChanges(view).filter(({ key }) => checked.has(key));
    if (chosen.length === 0) throw new Error(vscode.l10n.t('No box is checked.'));
    const style = settings().get<MigrationStyle>('migration.style', 'sql');
    await saveMigration(chosen, MIGRATION_STYLES.includes(style) ? style : 'sql');
  }

  #show(shown: Shown): void {
    this.#shown = shown;
    this.tree().show(shown);
    void vscode.commands.executeCommand('setContext', 'queryTuner.hasAdvice', true);
    void vscode.commands.executeCommand('setContext', 'queryTuner.adviceApplied', this.#applied.length > 0);
  }

  #setState(key: string, state: ChangeState): void {
    if (!this.#shown) return;
    this.#show({ ...this.#shown, states: new Map(this.#shown.states).set(key, state) });
  }

  async #withProgress<T>(
    title: string,
    work: (token: vscode.CancellationToken, progressToken: string) => Promise<T>,
  ): Promise<T> {
    const progressToken = `advice-${++progressTokens}`;
    const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    return vscode.window.withProgress(options, async (progress, token) => {
      const listener = this.server.onProgress(progressToken, ({ text }) => progress.report({ message: text }));
      try {
        return await work(token, progressToken);
      } catch (error) {
        throw token.isCancellationRequested ? new vscode.CancellationError() : error;
      } finally {
        listener.dispose();
      }
    });
  }
}

let progressTokens = 0;

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('queryTuner');
}

/** The SQL is shown before anything runs; production is named. */
async function confirm(connection: ConnectionEntry, what: string, sql: readonly string[]): Promise<boolean> {
  const production = roleOf(connection) === 'production';
  const where = production ? vscode.l10n.t('the production database {0}', connection.name) : connection.name;
  const shown = sql.slice(0, 20).map(statement => `${statement};`);
  const more = sql.length > shown.length ? [vscode.l10n.t('... and {0} more', sql.length - shown.length)] : [];
  const options = { modal: true, detail: [...shown, ...more].join('\n') };
  return (
    (await vscode.window.showWarningMessage(
      vscode.l10n.t('{0} on {1}?', what, where),
      options,
      vscode.l10n.t('Run'),
    )) === vscode.l10n.t('Run')
  );
}

function count(statements: number): string {
  return statements === 1 ? '1 change' : vscode.l10n.t('{0} changes', statements);
}

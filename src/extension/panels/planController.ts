import * as vscode from 'vscode';
import type { Suggestion } from '../../core/advisor/suggestion';
import type { ExplainAgain, PlanHost, PlanView, SuggestionView } from '../../protocol/planPanel';
import type {
  CreatedIndex,
  ExplainOutcome,
  ExplainParams,
  ParameterValues,
  RawPlan,
  StatementInfo,
  TextSpan,
} from '../../protocol/server';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import { messageOf } from '../feedback';
import type { ServerApi } from '../serverApi';
import { migrationText } from './migration';
import { PlanWebview } from './planWebview';
import { revealSource } from './revealSource';
import { saveExport } from './saveExport';

/** What is explained: a statement of a file, on a connection, with its values. */
export interface PlanSubject {
  readonly connection: ConnectionEntry;
  readonly server: Pick<ExplainParams, 'connectionId' | 'connection'>;
  readonly statement: StatementInfo;
  readonly source: { readonly uri: string; readonly span: TextSpan };
  readonly parameters?: ParameterValues;
  readonly analyze: boolean;
}

type SuggestionState = SuggestionView['state'];

/** Drives the plan panel: explain, suggest, apply, compare, undo. One thing runs at a time. */
export class PlanController implements vscode.Disposable {
  #panel: PlanWebview | undefined;
  #subject: PlanSubject | undefined;
  #outcome: ExplainOutcome | undefined;
  #running: vscode.CancellationTokenSource | undefined;
  /** Numbers the runs, so that the answer of an old one is dropped. */
  #run = 0;
  readonly #states = new Map<number, SuggestionState>();
  readonly #created = new Map<number, readonly CreatedIndex[]>();

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly server: ServerApi,
  ) {}

  /** Explains a statement, shows the plan, then looks for indexes and shows it again with them. */
  async explain(subject: PlanSubject, how: HowToExplain = {}): Promise<void> {
    this.#running?.cancel();
    this.#states.clear();
    this.#created.clear();
    this.#subject = subject;
    const run = ++this.#run;
    const title = subject.analyze ? 'Running the statement' : 'Planning the statement';
    const outcome = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: `${title} on ${subject.connection.name}`,
        cancellable: true,
      },
      (_, token) =>
        this.#track(token, combined =>
          this.server.request('queryTuner/explain/run', { ...this.#params(subject), ...trial(how) }, combined),
        ),
    );
    if (run !== this.#run) return;
    this.#show(outcome);
    // A trial under other settings, or a comparison, is looked at for itself.
    if (outcome.failed || how.before || how.again?.settings) return;
    await this.#busy('Looking for an index that helps', async token => {
      const suggested = await this.server.request(
        'queryTuner/explain/suggest',
        { ...this.#params(subject), plan: outcome.rawPlan, whatIf: whatIfMethod() },
        token,
      );
      if (run === this.#run) this.#show(suggested);
    });
  }

  dispose(): void {
    this.#running?.cancel();
    this.#panel?.dispose();
  }

  #params(subject: PlanSubject): ExplainParams {
    const timeoutSeconds = vscode.workspace.getConfiguration('queryTuner').get('explain.timeoutSeconds', 60);
    return {
      ...subject.server,
      sql: subject.statement.sql,
      title: subject.statement.title,
      ...(subject.parameters && { parameters: subject.parameters }),
      analyze: subject.analyze,
      statementTimeoutMs: timeoutSeconds * 1000,
      source: subject.source,
    };
  }

  #show(outcome: ExplainOutcome): void {
    this.#outcome = outcome;
    const panel = (this.#panel ??= new PlanWebview(this.extensionUri, this.#host(), () => {
      this.#panel = undefined;
      this.#running?.cancel();
    }));
    panel.show(this.#view(outcome));
    panel.reveal();
  }

  #refresh(): void {
    if (this.#outcome) this.#panel?.show(this.#view(this.#outcome));
  }

  #view({ view }: ExplainOutcome): PlanView {
    const suggestions = view.suggestions.map(suggestion => ({
      ...suggestion,
      state: this.#states.get(suggestion.id) ?? suggestion.state,
    }));
    return { ...view, suggestions };
  }

  #host(): Omit<PlanHost, 'ready'> {
    return {
      explain: async again => {
        if (!this.#subject) throw new Error('Put the cursor into a statement and press Explain.');
        const before = again.compare ? this.#outcome?.rawPlan : undefined;
        await this.explain({ ...this.#subject, analyze: again.analyze }, { again, ...(before && { before }) });
      },
      revealStatement: async nodeId => {
        const node = nodeId === undefined ? undefined : this.#outcome?.view.nodes.find(({ id }) => id === nodeId);
        if (this.#subject) await revealSource(this.#subject.source, this.#subject.statement.sql, node);
      },
      apply: id => this.#apply(id),
      undo: id => this.#undo(id),
      saveAsMigration: async id => {
        const content = migrationText(this.#suggestion(id));
        await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'sql', content }));
      },
      cancel: () => {
        this.#running?.cancel();
        return Promise.resolve();
      },
      copy: async (what, id) => {
        const text =
          what === 'plan'
            ? JSON.stringify(this.#outcome?.rawPlan ?? [], null, 2)
            : id === undefined
              ? (this.#subject?.statement.sql ?? '')
              : `${this.#suggestion(id).change.sql.join(';\n')};\n`;
        await vscode.env.clipboard.writeText(text);
      },
      copyText: async text => vscode.env.clipboard.writeText(text),
      exportAs: (format, content, encoding) => saveExport(format, content, encoding),
      hoverNode: () => Promise.resolve(),
      openRule: async rule => {
        await vscode.commands.executeCommand('queryTuner.rule.show', rule);
      },
    };
  }

  async #apply(id: number): Promise<void> {
    const { subject, outcome, suggestion } = this.#offered(id);
    if (!(await this.#confirm(subject, suggestion.change.sql))) return;
    const before = outcome.rawPlan;
    this.#setState(id, 'applying');
    try {
      await this.#busy('Creating the index', async (token, progressToken) => {
        const applied = await this.server.request(
          'queryTuner/change/apply',
          { connectionId: subject.server.connectionId, change: suggestion.change, progressToken },
          token,
        );
        this.#created.set(id, applied.created);
        this.#setState(id, 'applied');
      });
    } finally {
      if (this.#states.get(id) === 'applying') this.#setState(id, 'offered');
    }
    if (this.#states.get(id) === 'applied') await this.#explainAgain(subject, outcome.suggestions, before);
  }

  async #undo(id: number): Promise<void> {
    const { subject, outcome, suggestion } = this.#offered(id);
    if (!(await this.#confirm(subject, suggestion.change.inverse))) return;
    await this.#busy('Dropping the index', async (token, progressToken) => {
      await this.server.request(
        'queryTuner/change/undo',
        {
          connectionId: subject.server.connectionId,
          change: suggestion.change,
          progressToken,
          expected: this.#created.get(id) ?? [],
        },
        token,
      );
      this.#setState(id, 'undone');
    });
    if (this.#states.get(id) === 'undone') await this.#explainAgain(subject, outcome.suggestions);
  }

  async #explainAgain(subject: PlanSubject, suggestions: readonly Suggestion[], before?: RawPlan): Promise<void> {
    await this.#busy('Explaining again', async token => {
      const again = await this.server.request(
        'queryTuner/explain/run',
        { ...this.#params(subject), suggestions, ...(before && { before }) },
        token,
      );
      this.#show(again);
    });
  }

  /** Production is asked every time; elsewhere the SQL on the card is enough. */
  async #confirm(subject: PlanSubject, sql: readonly string[]): Promise<boolean> {
    if (roleOf(subject.connection) !== 'production') return true;
    const answer = await vscode.window.showWarningMessage(
      `Change the production database ${subject.connection.name}?`,
      { modal: true, detail: `${sql.join(';\n')};` },
      'Run It',
    );
    return answer === 'Run It';
  }

  #offered(id: number) {
    const [subject, outcome] = [this.#subject, this.#outcome];
    if (!subject || !outcome) throw new Error('The plan is gone. Explain the statement again.');
    return { subject, outcome, suggestion: this.#suggestion(id) };
  }

  #suggestion(id: number): Suggestion {
    const position = this.#outcome?.view.suggestions.findIndex(suggestion => suggestion.id === id) ?? -1;
    const suggestion = this.#outcome?.suggestions[position];
    if (!suggestion) throw new Error('This suggestion is gone. Explain the statement again.');
    return suggestion;
  }

  #setState(id: number, state: SuggestionState): void {
    this.#states.set(id, state);
    this.#refresh();
  }

  /** Runs work with the panel's progress bar and its Cancel. A cancel ends quietly; a failure reaches the page. */
  async #busy(
    text: string,
    work: (token: vscode.CancellationToken, progressToken: string) => Promise<void>,
  ): Promise<void> {
    const progressToken = `${Date.now()}-${++progressTokens}`;
    this.#panel?.progress({ text, cancellable: true });
    const listener = this.server.onProgress(progressToken, ({ text: step, fraction }) =>
      this.#panel?.progress({ text: step, ...(fraction !== undefined && { fraction }), cancellable: true }),
    );
    try {
      await this.#track(undefined, token => work(token, progressToken));
    } catch (error) {
      if (error instanceof vscode.CancellationError) return;
      throw new Error(messageOf(error));
    } finally {
      listener.dispose();
      this.#panel?.progress(null);
    }
  }

  /** Makes the work cancellable from the panel, and from `outer` too. */
  async #track<T>(
    outer: vscode.CancellationToken | undefined,
    work: (token: vscode.CancellationToken) => Promise<T>,
  ): Promise<T> {
    const source = new vscode.CancellationTokenSource();
    const listener = outer?.onCancellationRequested(() => source.cancel());
    this.#running = source;
    try {
      return await work(source.token);
    } catch (error) {
      throw source.token.isCancellationRequested ? new vscode.CancellationError() : error;
    } finally {
      listener?.dispose();
      if (this.#running === source) this.#running = undefined;
      source.dispose();
    }
  }
}

let progressTokens = 0;

function whatIfMethod(): 'auto' | 'hypopg' | 'shadow' | 'trial' {
  return vscode.workspace.getConfiguration('queryTuner').get('whatIf.method', 'auto');
}

/** Another run of a statement that was explained: under other settings, and beside which plan. */
interface HowToExplain {
  readonly again?: ExplainAgain;
  readonly before?: RawPlan;
}

function trial({ again, before }: HowToExplain): Partial<ExplainParams> {
  return {
    ...(again?.settings && { settings: again.settings }),
    ...(again?.options && { options: again.options }),
    ...(again?.runs !== undefined && { runs: again.runs }),
    ...(before && { before }),
  };
}

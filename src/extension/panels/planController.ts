import * as vscode from 'vscode';
import type { Suggestion } from '../../core/advisor/suggestion';
import type { ComparisonView, HistoryView, PlanHost, PlanView, SuggestionView } from '../../protocol/planPanel';
import type { CreatedIndex, ExplainOutcome, ExplainParams, RawPlan, ShownPlan } from '../../protocol/server';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import { whatIfMethod } from '../connections/whatIfMethod';
import type { ServerApi } from '../serverApi';
import { migrationText } from './migration';
import { PanelWork } from './panelWork';
import { askForPlanFile, readPlanOf } from './planFiles';
import type { PlanHistory } from './planHistory';
import { PlanHighlights } from './planHighlights';
import { runStep } from './planSteps';
import { explainParams, type HowToExplain, type PlanSubject } from './planSubject';
import { PlanWebview } from './planWebview';
import { revealSource } from './revealSource';
import { saveExport } from './saveExport';

/** Characters of a plan that the page shows as they were given. */
const MOST_RAW = 2_000_000;

type SuggestionState = SuggestionView['state'];

/** What the panel shows: a statement, and what explaining it gave. */
interface Shown {
  readonly subject: PlanSubject;
  readonly outcome: ExplainOutcome;
}

/** Drives the plan panel: explain, suggest, apply, compare, undo. One thing runs at a time. */
export class PlanController implements vscode.Disposable {
  #panel: PlanWebview | undefined;
  #shown: Shown | undefined;
  readonly #work: PanelWork;
  /** Numbers the runs, so that the answer of an old one is dropped. */
  #run = 0;
  readonly #highlights = new PlanHighlights(nodeIds => this.#panel?.highlight(nodeIds));
  readonly #states = new Map<number, SuggestionState>();
  readonly #created = new Map<number, readonly CreatedIndex[]>();

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly server: ServerApi,
    private readonly history: PlanHistory,
    /** Told of what was suggested for a statement. */
    private readonly onSuggested: (subject: PlanSubject, suggestions: readonly Suggestion[]) => void,
  ) {
    this.#work = new PanelWork(server, progress => this.#panel?.progress(progress));
  }

  /** Explains a statement, shows the plan, then looks for indexes and shows it again with them. */
  async explain(subject: PlanSubject, how: HowToExplain = {}): Promise<void> {
    this.#work.cancel();
    const run = ++this.#run;
    const params = await this.#params(subject, how);
    const title = subject.analyze ? vscode.l10n.t('Running the statement') : vscode.l10n.t('Planning the statement');
    const outcome = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('{0} on {1}', title, subject.connection.name),
        cancellable: true,
      },
      (_, token) =>
        this.#work.track(token, combined => this.server.request('queryTuner/explain/run', params, combined)),
    );
    if (run !== this.#run) return;
    this.#states.clear();
    this.#created.clear();
    this.#show({ subject, outcome });
    // A trial under other settings, or a comparison, is looked at for itself.
    if (outcome.failed || how.before || how.again?.settings) return;
    await this.#work.busy(vscode.l10n.t('Looking for an index that helps'), async token => {
      const request = { ...params, plan: outcome.rawPlan, whatIf: whatIfMethod(subject.connection) };
      const suggested = await this.server.request('queryTuner/explain/suggest', request, token);
      this.onSuggested(subject, suggested.suggestions);
      if (run === this.#run && this.#shown) {
        this.#show({ subject, outcome: withSuggestions(this.#shown.outcome, suggested) });
      }
    });
  }

  /** The plan that is shown, if its statement was run. @throws Error with what to do otherwise */
  measured(): { readonly connection: ConnectionEntry; readonly rawPlan: RawPlan } {
    const { subject, outcome } = this.#now();
    if (!subject.analyze || outcome.failed)
      throw new Error(vscode.l10n.t('Press Explain Analyze first: rows must be measured.'));
    return { connection: subject.connection, rawPlan: outcome.rawPlan };
  }

  /** The history was cleared: what is shown has none any more. */
  forgetHistory(): void {
    this.#change({ history: undefined });
  }

  dispose(): void {
    this.#work.cancel();
    this.#panel?.dispose();
    this.#highlights.dispose();
  }

  async #params(subject: PlanSubject, how: HowToExplain = {}): Promise<ExplainParams> {
    const history = await this.history.place();
    return { ...explainParams(subject, how), ...(history && { history }) };
  }

  #show(shown: Shown): void {
    this.#shown = shown;
    const panel = (this.#panel ??= new PlanWebview(this.extensionUri, this.#host(), () => {
      this.#panel = undefined;
      this.#highlights.clear();
      this.#work.cancel();
    }));
    panel.show(this.#view(shown.outcome));
    panel.reveal();
    const { source, statement } = shown.subject;
    this.#highlights.show({ source, sql: statement.sql, nodes: shown.outcome.view.nodes });
  }

  /** Shows the same plan with something else beside it. */
  #change(part: Partial<PlanView>): void {
    if (!this.#shown) return;
    const { subject, outcome } = this.#shown;
    this.#shown = { subject, outcome: { ...outcome, view: { ...outcome.view, ...part } } };
    this.#panel?.show(this.#view(this.#shown.outcome));
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
      explain: async how => {
        const { subject, outcome } = this.#now();
        const again = await subject.again(how);
        const before = how.compare && !outcome.failed ? outcome : undefined;
        if (again) await this.explain(again, { again: how, ...(before && { before: shownPlan(before) }) });
      },
      revealStatement: async nodeId => {
        const { subject, outcome } = this.#now();
        const node = nodeId === undefined ? undefined : outcome.view.nodes.find(({ id }) => id === nodeId);
        await revealSource(subject.source, subject.statement.sql, node);
      },
      apply: id => this.#apply(id),
      undo: id => this.#undo(id),
      runStep: (finding, step) => this.#runStep(finding, step),
      rawText: () => Promise.resolve(JSON.stringify(this.#now().outcome.rawPlan, null, 2).slice(0, MOST_RAW)),
      saveAsMigration: async id => {
        const content = migrationText(this.#suggestion(id));
        await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'sql', content }));
      },
      cancel: () => {
        this.#work.cancel();
        return Promise.resolve();
      },
      copy: async (what, id) => {
        const { subject, outcome } = this.#now();
        const text =
          what === 'plan'
            ? JSON.stringify(outcome.rawPlan, null, 2)
            : id === undefined
              ? subject.statement.sql
              : `${this.#suggestion(id).change.sql.join(';\n')};\n`;
        await vscode.env.clipboard.writeText(text);
      },
      copyText: async text => vscode.env.clipboard.writeText(text),
      exportAs: (format, content, encoding) => saveExport(format, content, encoding),
      hoverNode: nodeId => {
        this.#highlights.hover(nodeId);
        return Promise.resolve();
      },
      compareWith: async entry => {
        const { outcome } = this.#now();
        const run = this.#run;
        const comparison = await (entry === 'file'
          ? this.#compareWithFile(outcome)
          : this.history.compare(entry, shownPlan(outcome)));
        if (comparison && run === this.#run) this.#change({ comparison });
      },
      pinBaseline: entry => this.#changeHistory(fingerprint => this.history.pin(fingerprint, entry)),
      clearHistory: () => this.#changeHistory(fingerprint => this.history.clear(fingerprint)),
      openRule: async rule => {
        await vscode.commands.executeCommand('queryTuner.rule.show', rule);
      },
    };
  }

  /** Undefined if no file is chosen. */
  async #compareWithFile(outcome: ExplainOutcome): Promise<ComparisonView | undefined> {
    const file = await askForPlanFile(vscode.l10n.t('The earlier plan'));
    const plan = file && (await readPlanOf(file, this.extensionUri));
    if (!plan) return undefined;
    const { name, rawPlan } = plan;
    return this.server.request('queryTuner/plan/compare', { before: { name, rawPlan }, shown: shownPlan(outcome) });
  }

  /** Changes the history of the shown statement, and shows it. */
  async #changeHistory(change: (fingerprint: string) => Promise<HistoryView | void>): Promise<void> {
    const fingerprint = this.#now().outcome.facts?.fingerprint;
    if (fingerprint === undefined) return;
    const history = await change(fingerprint);
    if (this.#shown?.outcome.facts?.fingerprint === fingerprint) this.#change({ history: history ?? undefined });
  }

  async #apply(id: number): Promise<void> {
    const { subject, outcome } = this.#now();
    const suggestion = this.#suggestion(id);
    if (!(await this.#confirm(subject, suggestion.change.sql))) return;
    this.#setState(id, 'applying');
    try {
      await this.#work.busy(vscode.l10n.t('Creating the index'), async (token, progressToken) => {
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
    if (this.#states.get(id) === 'applied') await this.#explainAgain(subject, outcome.suggestions, shownPlan(outcome));
  }

  async #undo(id: number): Promise<void> {
    const { subject, outcome } = this.#now();
    const suggestion = this.#suggestion(id);
    if (!(await this.#confirm(subject, suggestion.change.inverse))) return;
    await this.#work.busy(vscode.l10n.t('Dropping the index'), async (token, progressToken) => {
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

  #runStep(findingIndex: number, stepIndex: number): Promise<void> {
    const { subject, outcome } = this.#now();
    return runStep(outcome.view.findings[findingIndex]?.steps?.[stepIndex], subject, {
      server: this.server,
      work: this.#work,
      confirm: (...args) => this.#confirm(...args),
      explainAgain: async of => {
        const shown = this.#shown;
        if (shown?.subject === of) await this.#explainAgain(of, shown.outcome.suggestions, shownPlan(shown.outcome));
      },
    });
  }

  async #explainAgain(subject: PlanSubject, suggestions: readonly Suggestion[], before?: ShownPlan): Promise<void> {
    const run = ++this.#run;
    const params = await this.#params(subject, before ? { before } : {});
    await this.#work.busy(vscode.l10n.t('Explaining again'), async token => {
      const outcome = await this.server.request('queryTuner/explain/run', { ...params, suggestions }, token);
      if (run === this.#run) this.#show({ subject, outcome });
    });
  }

  /** Production is asked every time, and what cannot be undone; elsewhere the SQL on the card is enough. */
  async #confirm(subject: PlanSubject, sql: readonly string[], isFinal = false): Promise<boolean> {
    const isProduction = roleOf(subject.connection) === 'production';
    if (!isProduction && !isFinal) return true;
    const statements = sql.map(each => each.replace(/;?\s*$/, ';')).join('\n');
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Change the {0}database {1}?', isProduction ? 'production ' : '', subject.connection.name),
      {
        modal: true,
        detail: isFinal ? vscode.l10n.t('{0}\n\nThis cannot be undone from here.', statements) : statements,
      },
      vscode.l10n.t('Run It'),
    );
    return answer === vscode.l10n.t('Run It');
  }

  /** @throws Error when the panel shows nothing */
  #now(): Shown {
    if (!this.#shown) throw new Error(vscode.l10n.t('Put the cursor into a statement and press Explain.'));
    return this.#shown;
  }

  #suggestion(id: number): Suggestion {
    const { view, suggestions } = this.#now().outcome;
    const suggestion = suggestions[view.suggestions.findIndex(each => each.id === id)];
    if (!suggestion) throw new Error(vscode.l10n.t('This suggestion is gone. Explain the statement again.'));
    return suggestion;
  }

  #setState(id: number, state: SuggestionState): void {
    this.#states.set(id, state);
    this.#change({});
  }
}

function shownPlan({ rawPlan, facts }: ExplainOutcome): ShownPlan {
  return { rawPlan, ...(facts && { facts }) };
}

/** What the run told stays; findings are those of the second look, which knows the schema. */
function withSuggestions({ view, facts }: ExplainOutcome, suggested: ExplainOutcome): ExplainOutcome {
  const { history, comparison, runs, notes } = view;
  return {
    ...suggested,
    ...(facts && { facts }),
    view: {
      ...suggested.view,
      ...(history && { history }),
      ...(comparison && { comparison }),
      ...(runs && { runs }),
      notes: [...new Set([...notes, ...suggested.view.notes])],
    },
  };
}

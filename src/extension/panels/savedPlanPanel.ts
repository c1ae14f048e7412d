import * as vscode from 'vscode';
import type { PlanHost } from '../../protocol/planPanel';
import type { SavedPlanEntry } from '../../protocol/savedPlan';
import { messageOf } from '../feedback';
import { PlanPage } from './planPage';
import { saveExport } from './saveExport';
import { pickSavedPlan } from './savedPlanPick';
import type { SavedPlanDocument } from './savedPlanDocument';
import { messageHtml } from './savedPlanMessage';

const PATIENCE_MS = 300;

/** One editor that shows a document with saved plans: a plan, or why there is none. */
export class SavedPlanPanel implements vscode.Disposable {
  readonly #changes: vscode.Disposable;
  #page: PlanPage | undefined;
  #waiting: NodeJS.Timeout | undefined;
  /** Of the plan that is shown. */
  #index = 0;
  /** Numbers what is asked for, so that an old answer is dropped. */
  #asked = 0;

  constructor(
    private readonly document: SavedPlanDocument,
    private readonly webview: vscode.Webview,
    private readonly extensionUri: vscode.Uri,
  ) {
    this.#changes = document.onDidChange(() => void this.#update());
    void this.#update();
  }

  dispose(): void {
    this.#changes.dispose();
    clearTimeout(this.#waiting);
    this.#page?.dispose();
    this.#asked++;
  }

  async #update(): Promise<void> {
    const asked = ++this.#asked;
    const { state, name } = this.document;
    clearTimeout(this.#waiting);
    if (state.kind === 'reading') {
      const tell = (): void => this.#pageOf().progress({ text: vscode.l10n.t('Reading {0}', name), cancellable: true });
      // what is shown already stays as it is while a small file is read again
      if (this.#page) this.#waiting = setTimeout(tell, PATIENCE_MS);
      else tell();
    } else if (state.kind === 'failed') this.#say(state.reason, []);
    else if (state.reading.plans.length === 0) {
      const others = state.reading.problems.filter(problem => problem !== 'no plan was found');
      this.#say(vscode.l10n.t('Nothing in it could be read as the output of EXPLAIN.'), others);
    } else {
      try {
        this.#index = Math.min(this.#index, state.reading.plans.length - 1);
        const view = await this.document.ask('view', this.#index);
        if (asked !== this.#asked) return;
        const page = this.#pageOf();
        page.show(view);
        page.progress(null);
      } catch (error) {
        if (asked === this.#asked) this.#say(messageOf(error), []);
      }
    }
  }

  #pageOf(): PlanPage {
    return (this.#page ??= new PlanPage(this.webview, this.extensionUri, this.#host()));
  }

  #say(reason: string, problems: readonly string[]): void {
    this.#page?.dispose();
    this.#page = undefined;
    const { name, uri } = this.document;
    const openAsText = `command:queryTuner.plan.openAsText?${encodeURIComponent(JSON.stringify([uri.toString()]))}`;
    this.webview.options = { enableScripts: false, enableCommandUris: ['queryTuner.plan.openAsText'] };
    this.webview.html = messageHtml({ name, reason, problems, openAsText });
  }

  #host(): Omit<PlanHost, 'ready'> {
    const { document } = this;
    const noDatabase = (): Promise<never> =>
      Promise.reject(new Error(vscode.l10n.t('A saved plan has no database behind it.')));
    return {
      explain: noDatabase,
      apply: noDatabase,
      undo: noDatabase,
      saveAsMigration: noDatabase,
      cancel: () => Promise.resolve(document.stopReading()),
      revealStatement: async nodeId => {
        const line = (await document.ask('lineOf', this.#index, nodeId ?? null)) ?? 1;
        const selection = new vscode.Range(line - 1, 0, line - 1, 0);
        const options = { viewColumn: vscode.ViewColumn.Beside, selection };
        await vscode.commands.executeCommand('vscode.openWith', document.uri, 'default', options);
      },
      copy: async what => {
        const text =
          what === 'plan' ? await document.ask('json', this.#index) : (await document.ask('view', this.#index)).sql;
        await vscode.env.clipboard.writeText(text);
      },
      copyText: async text => vscode.env.clipboard.writeText(text),
      exportAs: (format, content, encoding) => saveExport(format, content, encoding),
      choosePlan: place => this.#choose(place),
      openRule: async rule => {
        await vscode.commands.executeCommand('queryTuner.rule.show', rule);
      },
    };
  }

  async #choose(place: number | 'ask'): Promise<void> {
    const plans: readonly SavedPlanEntry[] =
      this.document.state.kind === 'read' ? this.document.state.reading.plans : [];
    const index = place === 'ask' ? await pickSavedPlan(plans, this.#index) : place;
    if (index === undefined || !plans[index]) return;
    this.#index = index;
    await this.#update();
  }
}

import * as vscode from 'vscode';
import type { PlanHost } from '../../protocol/planPanel';
import type { RewriteVerified } from '../../protocol/rewrites';
import { PlanWebview } from '../panels/planWebview';
import { saveExport } from '../panels/saveExport';

export interface VerificationActions {
  again(): Promise<void>;
  /** Shows the statement in its document. */
  reveal(): Promise<void>;
}

/** The plan of a rewritten statement beside that of the original, with what the verification said. */
export class VerificationPanel implements vscode.Disposable {
  #open: { readonly panel: PlanWebview } | undefined;
  #shown: NonNullable<RewriteVerified['plans']> | undefined;
  #actions: VerificationActions = { again: () => Promise.resolve(), reveal: () => Promise.resolve() };

  constructor(private readonly extensionUri: vscode.Uri) {}

  /** Nothing is shown of what was not run. */
  show({ plans }: RewriteVerified, actions: VerificationActions): void {
    if (!plans) return;
    this.#shown = plans;
    this.#actions = actions;
    this.#open ??= { panel: new PlanWebview(this.extensionUri, this.#host(), () => (this.#open = undefined)) };
    this.#open.panel.show(plans.view);
    this.#open.panel.reveal();
  }

  dispose(): void {
    this.#open?.panel.dispose();
  }

  #host(): Omit<PlanHost, 'ready'> {
    const nothing = (): Promise<never> =>
      Promise.reject(
        new Error(vscode.l10n.t('This compares two forms of a statement. Explain the statement for that.')),
      );
    return {
      explain: () => this.#actions.again(),
      apply: nothing,
      undo: nothing,
      saveAsMigration: nothing,
      cancel: () => Promise.resolve(),
      revealStatement: () => this.#actions.reveal(),
      copy: async what => {
        const text = what === 'plan' ? JSON.stringify(this.#shown?.rawPlan, null, 2) : (this.#shown?.view.sql ?? '');
        await vscode.env.clipboard.writeText(text);
      },
      copyText: async text => vscode.env.clipboard.writeText(text),
      rawText: () => Promise.resolve(JSON.stringify(this.#shown?.rawPlan, null, 2)),
      exportAs: (format, content, encoding) => saveExport(format, content, encoding),
      openRule: async rule => {
        await vscode.commands.executeCommand('queryTuner.rule.show', rule);
      },
    };
  }
}

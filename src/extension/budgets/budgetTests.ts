import * as vscode from 'vscode';
import { BudgetTestList } from './budgetTestList';
import type { BudgetParts } from './checkStatement';
import { runBudgets } from './runBudgets';

/** The statements with budgets in the Test Explorer, while the setting wants it and the workspace is trusted. */
export class BudgetTests implements vscode.Disposable {
  readonly #parts: BudgetParts;
  readonly #listeners: vscode.Disposable;
  #shown: vscode.Disposable | undefined;

  constructor(parts: BudgetParts) {
    this.#parts = parts;
    this.#listeners = vscode.Disposable.from(
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#follow()),
      vscode.workspace.onDidChangeConfiguration(event => {
        if (event.affectsConfiguration('queryTuner.budgets.testExplorer')) this.#follow();
      }),
    );
    this.#follow();
  }

  dispose(): void {
    this.#listeners.dispose();
    this.#shown?.dispose();
  }

  #follow(): void {
    const isWanted =
      vscode.workspace.isTrusted && vscode.workspace.getConfiguration('queryTuner').get('budgets.testExplorer', true);
    if (isWanted === (this.#shown !== undefined)) return;
    this.#shown?.dispose();
    this.#shown = isWanted ? this.#show() : undefined;
  }

  #show(): vscode.Disposable {
    const controller = vscode.tests.createTestController('queryTuner.budgets', 'Query Budgets');
    const list = new BudgetTestList(controller, this.#parts.server);
    const profile = controller.createRunProfile(
      vscode.l10n.t('Check Budgets'),
      vscode.TestRunProfileKind.Run,
      (request, token) => runBudgets(this.#parts, controller, list, request, token),
      true,
    );
    controller.refreshHandler = () => list.readAll();
    controller.resolveHandler = item => (item ? undefined : list.readAll());
    return vscode.Disposable.from(list, profile, controller);
  }
}

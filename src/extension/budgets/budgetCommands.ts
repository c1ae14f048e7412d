import * as vscode from 'vscode';
import { CHECK_BUDGET } from '../../protocol/budgets';
import type { TextSpan } from '../../protocol/server';
import type { Connections } from '../connections/connections';
import { requireTrust } from '../feedback';
import { registerCommand } from '../registerCommand';
import type { ServerApi } from '../serverApi';
import { BudgetTests } from './budgetTests';
import { checkStatement, type BudgetParts } from './checkStatement';

/** Checking a budget from its lens or the palette, and the budgets of all files as tests. */
export function registerBudgets(
  context: vscode.ExtensionContext,
  server: ServerApi,
  connections: Connections,
): vscode.Disposable {
  const parts: BudgetParts = { server, connections, memory: context.workspaceState };
  return vscode.Disposable.from(
    new BudgetTests(parts),
    registerCommand(CHECK_BUDGET, (uri?: string, span?: TextSpan) => check(parts, uri, span)),
  );
}

async function check(parts: BudgetParts, uri: string | undefined, span: TextSpan | undefined): Promise<void> {
  if (!requireTrust()) return;
  const editor = vscode.window.activeTextEditor;
  const address = typeof uri === 'string' ? vscode.Uri.parse(uri) : editor?.document.uri;
  const place = span?.start ?? editor?.selection.active;
  const budgets = address ? await parts.server.request('queryTuner/budget/list', { uri: address.toString() }) : [];
  const budget = budgets.find(({ span: comments, statement }) => {
    const last = statement.span.end;
    return place && comments.start.line <= place.line && place.line <= last.line;
  });
  if (!address || !budget) {
    const hint = vscode.l10n.t(
      'Write "-- @budget execution < 10 ms" above the statement, or pin its plan after Explain Analyze.',
    );
    void vscode.window.showInformationMessage(vscode.l10n.t('There is no budget here. {0}', hint));
    return;
  }
  const title = vscode.l10n.t('Checking the budget of {0}', budget.statement.title);
  const outcome = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_, token) => checkStatement(parts, { file: { uri: address }, budget, mayAsk: true }, token),
  );
  if (outcome.obstacle === undefined) void vscode.window.setStatusBarMessage(outcome.summary, 5_000);
  else
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Query Tuner: the budget cannot be told: {0}', outcome.obstacle),
    );
}

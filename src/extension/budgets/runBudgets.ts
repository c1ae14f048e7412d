import * as vscode from 'vscode';
import type { BudgetOutcome } from '../../protocol/budgets';
import { messageOf, requireTrust } from '../feedback';
import { rangeOf, type BudgetTestList } from './budgetTestList';
import { checkStatement, type BudgetParts } from './checkStatement';

/** Checks the chosen budgets one after the other: two at once would disturb each other's times. */
export async function runBudgets(
  parts: BudgetParts,
  controller: vscode.TestController,
  list: BudgetTestList,
  request: vscode.TestRunRequest,
  token: vscode.CancellationToken,
): Promise<void> {
  const run = controller.createTestRun(request);
  try {
    const excluded = new Set(request.exclude);
    const chosen = request.include ?? itemsOf(controller.items);
    const items = [...new Set(chosen.flatMap(leaves))].filter(item => !excluded.has(item));
    for (const item of items) run.enqueued(item);
    if (!requireTrust()) return;
    for (const item of items) {
      if (token.isCancellationRequested) run.skipped(item);
      else await runOne(parts, list, run, item, { token, isAlone: items.length === 1 });
    }
  } finally {
    run.end();
  }
}

function itemsOf(items: vscode.TestItemCollection): vscode.TestItem[] {
  const found: vscode.TestItem[] = [];
  items.forEach(item => found.push(item));
  return found;
}

function leaves(item: vscode.TestItem): vscode.TestItem[] {
  return item.children.size === 0 ? [item] : itemsOf(item.children).flatMap(leaves);
}

async function runOne(
  parts: BudgetParts,
  list: BudgetTestList,
  run: vscode.TestRun,
  item: vscode.TestItem,
  { token, isAlone }: { readonly token: vscode.CancellationToken; readonly isAlone: boolean },
): Promise<void> {
  const test = list.testOf(item);
  if (!test) return run.skipped(item);
  run.started(item);
  const startedAt = Date.now();
  try {
    const told = await checkStatement(parts, { ...test, mayAsk: isAlone }, token);
    const outcome = isAlone ? told : withAdvice(told, test.budget.statement.parameters.length > 0);
    const ms = Date.now() - startedAt;
    run.appendOutput(`${item.label}: ${outcome.summary}\r\n`, undefined, item);
    if (outcome.status === 'met') run.passed(item, ms);
    else if (outcome.status === 'failed') run.failed(item, messagesOf(item, outcome), ms);
    else run.errored(item, messagesOf(item, outcome), ms);
  } catch (error) {
    if (error instanceof vscode.CancellationError) run.skipped(item);
    else run.errored(item, placed(item, messageOf(error)), Date.now() - startedAt);
  }
}

/** Among many nobody is asked for values. */
function withAdvice(outcome: BudgetOutcome, hasParameters: boolean): BudgetOutcome {
  if (outcome.obstacle === undefined || !hasParameters) return outcome;
  return { ...outcome, obstacle: `${outcome.obstacle}: run this one alone to be asked` };
}

/** Each clause that is not met, in its place in the comment. */
function messagesOf(item: vscode.TestItem, { clauses, obstacle, summary }: BudgetOutcome): vscode.TestMessage[] {
  const wanted = clauses.filter(
    ({ outcome }) => outcome === 'fail' || (outcome === 'unknown' && obstacle === undefined),
  );
  const messages = wanted.map(({ message, span }) => placed(item, message, rangeOf(span)));
  if (obstacle !== undefined) messages.unshift(placed(item, obstacle));
  return messages.length > 0 ? messages : [placed(item, summary)];
}

function placed(item: vscode.TestItem, text: string, range = item.range): vscode.TestMessage {
  const message = new vscode.TestMessage(text);
  if (item.uri && range) message.location = new vscode.Location(item.uri, range);
  return message;
}

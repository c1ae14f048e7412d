import type { CodeAction, Diagnostic, Range } from 'vscode-languageserver';
import { CodeActionKind } from 'vscode-languageserver';
import { pinnedClauses, writeBudget } from '../../core/budgets/pinBudget';
import { toTextEdits } from '../convert';
import type { DocumentBudgets } from '../documentBudgets';
import type { ScriptDocument } from '../scriptDocument';
import { codeActions } from './codeActions';

/** Fixes of what is wrong with a budget, and today's plan as the budget of a statement that was measured. */
export function budgetActions(
  document: ScriptDocument,
  range: Range,
  diagnostics: readonly Diagnostic[],
  budgets: DocumentBudgets,
): CodeAction[] {
  return [
    ...codeActions(document, budgets.findings(document), range, diagnostics),
    ...pinAction(document, range, budgets),
  ];
}

function pinAction(document: ScriptDocument, range: Range, budgets: DocumentBudgets): CodeAction[] {
  const wanted = document.offsetsOf(range);
  const existing = budgets.at(document, wanted.start);
  const located = existing?.statement ?? document.statementIn(wanted);
  const measured = located && budgets.seen(document, located.statement.text)?.runs.at(-1);
  if (!located || !measured?.analyzed) return [];
  const title = existing ? "Replace its budget by today's plan" : "Pin today's plan as its budget";
  const fix = writeBudget(title, pinnedClauses(measured, budgets.names(document)), {
    text: document.text,
    statementStart: located.range.start,
    existing,
    isHost: document.isHost,
  });
  if (!document.keepsHost(fix.edits)) return [];
  const edit = { changes: { [document.uri]: toTextEdits(document, fix) } };
  return [{ title, kind: CodeActionKind.QuickFix, edit }];
}

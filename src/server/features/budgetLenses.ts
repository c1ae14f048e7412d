import type { CodeLens } from 'vscode-languageserver';
import { summarizeResults, type BudgetSummary } from '../../core/budgets/summarizeResults';
import { CHECK_BUDGET } from '../../protocol/budgets';
import type { DocumentBudgets } from '../documentBudgets';
import type { ScriptDocument } from '../scriptDocument';

const ICONS: Readonly<Record<BudgetSummary['status'], string>> = {
  met: '$(pass)',
  failed: '$(error)',
  unknown: '$(question)',
};

/** Characters of a lens that are read at a glance. */
const LENS_LENGTH = 100;

/** Above each budget: how its statement fared when it was last seen; pressed, it is checked. */
export function budgetLenses(document: ScriptDocument, budgets: DocumentBudgets): CodeLens[] {
  return budgets.of(document).budgets.map(budget => {
    const start = document.lines.positionAt(budget.comments[0]?.start ?? budget.statement.range.start);
    const at = document.lines.positionAt(budget.statement.range.start);
    const results = budgets.results(document, budget);
    const summary = results && summarizeResults(results);
    const title = summary ? `${ICONS[summary.status]} ${shorten(summary.text)}` : '$(checklist) Check budget';
    const range = { start: at, end: at };
    return {
      range: { start, end: start },
      command: { title, command: CHECK_BUDGET, arguments: [document.uri, range] },
    };
  });
}

function shorten(text: string): string {
  return text.length > LENS_LENGTH ? `${text.slice(0, LENS_LENGTH - 1)}…` : text;
}

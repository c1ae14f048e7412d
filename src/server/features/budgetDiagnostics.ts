import type { Diagnostic } from 'vscode-languageserver';
import { DiagnosticSeverity } from 'vscode-languageserver';
import { BUDGET_RULES } from '../../core/budgets/budgetRules';
import { SOURCE } from '../convert';
import type { DocumentBudgets } from '../documentBudgets';
import type { ScriptDocument } from '../scriptDocument';

/** What is wrong with budgets, and the clauses that the plans seen last do not meet. */
export function budgetDiagnostics(document: ScriptDocument, budgets: DocumentBudgets): Diagnostic[] {
  const said = budgets.findings(document).map(({ range, rule, message, severity, related }): Diagnostic => ({
    range: document.rangeOf(range),
    severity: severity === 'hint' ? DiagnosticSeverity.Hint : DiagnosticSeverity.Warning,
    source: SOURCE,
    code: rule,
    message,
    ...(related?.length && {
      relatedInformation: related.map(each => ({
        location: { uri: document.uri, range: document.rangeOf(each.range) },
        message: each.message,
      })),
    }),
  }));
  const notMet = budgets.of(document).budgets.flatMap(budget =>
    (budgets.results(document, budget) ?? [])
      .filter(({ outcome }) => outcome === 'fail')
      .map(({ clause, message }): Diagnostic => ({
        range: document.rangeOf(clause.range),
        severity: DiagnosticSeverity.Warning,
        source: SOURCE,
        code: BUDGET_RULES.notMet,
        message: `Over budget: ${message}`,
      })),
  );
  return [...said, ...notMet];
}

import type { SourceRange } from '../../core/base/sourceRange';
import type { BudgetWord } from '../../core/budgets/budget';
import type { SemanticToken } from '../../core/language/semanticTokens';
import type { DocumentBudgets } from '../documentBudgets';
import type { ScriptDocument } from '../scriptDocument';

const TYPES: Readonly<Record<BudgetWord['kind'], SemanticToken['type'] | undefined>> = {
  marker: 'keyword',
  word: 'property',
  name: 'class',
  number: 'number',
  operator: undefined,
};

/** The words of budgets, which stand out from the comment around them. */
export function budgetTokens(
  document: ScriptDocument,
  budgets: DocumentBudgets,
  within?: SourceRange,
): SemanticToken[] {
  return budgets.of(document).budgets.flatMap(({ words }) =>
    words.flatMap(({ range, kind }): SemanticToken[] => {
      const type = TYPES[kind];
      const isSeen = !within || (range.start < within.end && within.start < range.end);
      return type && isSeen ? [{ range, type, modifiers: [] }] : [];
    }),
  );
}

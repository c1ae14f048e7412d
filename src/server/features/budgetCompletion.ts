import type { CompletionItem, CompletionList, Position } from 'vscode-languageserver';
import { CompletionItemKind } from 'vscode-languageserver';
import { completeBudget, type BudgetProposal } from '../../core/budgets/completeBudget';
import { findRelation, type Catalog } from '../../core/catalog/catalog';
import type { DocumentBudgets } from '../documentBudgets';
import type { ScriptDocument } from '../scriptDocument';

/** Characters that open the list inside a budget, and nowhere else. */
export const BUDGET_TRIGGERS: readonly string[] = ['@', ','];

const KINDS: Readonly<Record<BudgetProposal['kind'], CompletionItemKind>> = {
  marker: CompletionItemKind.Keyword,
  metric: CompletionItemKind.Property,
  clause: CompletionItemKind.Keyword,
  unit: CompletionItemKind.Unit,
  table: CompletionItemKind.Class,
  index: CompletionItemKind.Reference,
};

/** What a budget may say at a position; null if there is none. */
export function budgetCompletion(
  document: ScriptDocument,
  position: Position,
  catalog: Catalog | undefined,
  budgets: DocumentBudgets,
): CompletionList | null {
  const offset = document.offsetAt(position);
  const lineStart = offset - position.character;
  const line = document.script.text.slice(lineStart, offset);
  if (!/--|\*|@/.test(line)) return null;
  const continues = (budgets.at(document, offset)?.comments ?? []).some(
    ({ start, end }) => start <= offset && offset <= end && start < lineStart,
  );
  const proposals = completeBudget(line, lineStart, vocabularyOf(document, offset, catalog), continues);
  if (!proposals) return null;
  const items = proposals.map(({ label, kind, insertText, detail, range, goesOn }, order): CompletionItem => ({
    label,
    kind: KINDS[kind],
    sortText: String(order).padStart(4, '0'),
    textEdit: { range: document.rangeOf(range), newText: insertText },
    ...(detail !== undefined && { detail }),
    ...(goesOn && { command: { title: 'Go on', command: 'editor.action.triggerSuggest' } }),
  }));
  return { isIncomplete: false, items };
}

/** The tables of the statement below and their indexes. */
function vocabularyOf({ script }: ScriptDocument, offset: number, catalog: Catalog | undefined) {
  const next = script.statements.find(({ range }) => range.start >= offset);
  const named = next?.statement.tables ?? [];
  const relations = catalog ? named.flatMap(({ name, schema }) => findRelation(catalog, name, schema) ?? []) : [];
  return {
    tables: [...new Set(named.map(({ name }) => name))],
    indexes: [...new Set(relations.flatMap(({ indexes }) => indexes.map(({ name }) => name)))],
  };
}

import type { Hover, Position } from 'vscode-languageserver';
import { MarkupKind } from 'vscode-languageserver';
import { rangeContains } from '../../core/base/sourceRange';
import { describeClause } from '../../core/budgets/describeClause';
import type { ClauseResult, Outcome } from '../../core/budgets/evaluateBudget';
import type { DocumentBudgets, SeenPlans } from '../documentBudgets';
import type { ScriptDocument } from '../scriptDocument';

const MARKS: Readonly<Record<Outcome, string>> = { pass: '✓', fail: '✗', unknown: '?' };

/** What the clause at a position asks, and what was last seen; on the marker, all of them. */
export function budgetHover(document: ScriptDocument, position: Position, budgets: DocumentBudgets): Hover | null {
  const offset = document.offsetAt(position);
  const budget = budgets.at(document, offset);
  if (!budget) return null;
  const results = budgets.results(document, budget);
  const seen = seenText(budgets.seen(document, budget.statement.statement.text));
  const number = budget.clauses.findIndex(({ range }) => rangeContains(range, offset));
  const clause = budget.clauses[number];
  if (clause) {
    const result = results?.[number];
    const lines = [describeClause(clause), result ? `${resultText(result)} (${seen})` : seen];
    return hoverOf(document, clause.range, lines);
  }
  const marker = budget.words.find(({ kind, range }) => kind === 'marker' && rangeContains(range, offset));
  if (!marker) return null;
  const list = results?.map(result => `- ${resultText(result)}`).join('\n');
  const lines = [
    '**Budget** of the statement below: what it may cost. `query-tuner check` fails a build that does not meet it.',
    ...(list ? [list] : []),
    seen,
  ];
  return hoverOf(document, marker.range, lines);
}

function resultText({ outcome, message }: ClauseResult): string {
  return `${MARKS[outcome]} ${message}`;
}

function seenText(seen: SeenPlans | undefined): string {
  if (!seen) return 'Not checked yet: press "Check budget", or Explain Analyze.';
  const runs = seen.runs.filter(({ analyzed }) => analyzed).length;
  const how = runs === 0 ? 'only estimated' : runs === 1 ? 'measured once' : `measured in ${runs} runs`;
  return `${how} at ${seen.at.toTimeString().slice(0, 8)}`;
}

function hoverOf(document: ScriptDocument, range: { start: number; end: number }, lines: readonly string[]): Hover {
  return {
    range: document.rangeOf(range),
    contents: { kind: MarkupKind.Markdown, value: lines.join('\n\n') },
  };
}

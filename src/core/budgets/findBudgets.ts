import type { SourceRange } from '../base/sourceRange';
import type { Finding } from '../rules/finding';
import type { LocatedStatement } from '../sql/statement';
import type { Budget, BudgetNames, Budgets } from './budget';
import { BUDGET_RULES } from './budgetRules';
import { commentLines, type CommentLine } from './commentLines';
import { parseBudget, type BudgetLine } from './parseBudget';
import { placesOfWord } from './statementGaps';

/** Begins a line of a comment. */
export const BUDGET_MARKER = '@budget';

const BEGINS = /^@budget(?![\w-]):?/;

/**
 * `-- @budget execution < 10 ms, shared hit < 20` above a statement. Every line that begins with the marker adds to the
 * statement's budget, in line comments and block comments alike; a comma at its end goes on in the next line.
 */
export function findBudgets(text: string, statements: readonly LocatedStatement[], names?: BudgetNames): Budgets {
  const budgets: Budget[] = [];
  const strays: Finding[] = [];
  for (const place of placesOfWord(text, statements, /@budget/)) {
    if ('inside' in place) {
      for (const line of markedLines(text, commentLines(text, place.inside.range))) {
        strays.push(misplaced(line.marker, 'A budget counts above its statement, not inside it.'));
      }
      continue;
    }
    const { gap, before, next } = place;
    const own: BudgetLine[] = [];
    for (const line of markedLines(text, commentLines(text, gap))) {
      const isBehind = before && !text.slice(gap.start, line.marker.start).includes('\n');
      if (isBehind) strays.push(misplaced(line.marker, 'A budget stands above its statement, in a line of its own.'));
      else if (!next) strays.push(misplaced(line.marker, 'No statement follows that this budget could be of.'));
      else own.push(line);
    }
    if (next && own.length > 0) {
      const comments = new Map(own.flatMap(line => line.comments).map(comment => [comment.start, comment]));
      budgets.push({ statement: next, comments: [...comments.values()], ...parseBudget(text, own, names) });
    }
  }
  return { budgets, strays };
}

/** Each line that begins with the marker, and those that go on with it. */
function markedLines(text: string, lines: readonly CommentLine[]): BudgetLine[] {
  return lines.flatMap((line, number): BudgetLine[] => {
    const marker = BEGINS.exec(text.slice(line.range.start, line.range.end))?.[0];
    if (marker === undefined) return [];
    const parts: SourceRange[] = [{ start: line.range.start + marker.length, end: line.range.end }];
    const comments = [line.comment];
    for (let i = number + 1; text[parts.at(-1)!.end - 1] === ','; i++) {
      const next = lines[i];
      if (!next || next.beginsParagraph || BEGINS.test(text.slice(next.range.start, next.range.end))) break;
      if (next.comment !== line.comment && (next.isBlock || line.isBlock)) break;
      parts.push(next.range);
      if (next.comment !== comments.at(-1)) comments.push(next.comment);
    }
    return [{ marker: { start: line.range.start, end: line.range.start + BUDGET_MARKER.length }, parts, comments }];
  });
}

function misplaced(range: SourceRange, message: string): Finding {
  return { rule: BUDGET_RULES.misplaced, severity: 'warning', message, range, fixes: [] };
}

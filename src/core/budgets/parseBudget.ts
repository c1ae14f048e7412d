import type { SourceRange } from '../base/sourceRange';
import type { Finding } from '../rules/finding';
import type { BudgetNames, BudgetWord, Clause } from './budget';
import { budgetTokens, type BudgetToken } from './budgetTokens';
import { checkNames } from './checkNames';
import { findContradictions } from './contradictions';
import { parseClause } from './parseClause';
import { malformed } from './problems';

/** One `@budget` and what stands behind it. */
export interface BudgetLine {
  readonly marker: SourceRange;
  readonly parts: readonly SourceRange[];
  readonly comments: readonly SourceRange[];
}

export interface ParsedBudget {
  readonly clauses: readonly Clause[];
  readonly problems: readonly Finding[];
  readonly words: readonly BudgetWord[];
}

/** Reads the clauses of a budget. What is not understood becomes a problem; the other clauses count all the same. */
export function parseBudget(text: string, lines: readonly BudgetLine[], names?: BudgetNames): ParsedBudget {
  const clauses: Clause[] = [];
  const problems: Finding[] = [];
  const words: BudgetWord[] = [];
  for (const { marker, parts } of lines) {
    words.push({ range: marker, kind: 'marker' });
    const tokens = budgetTokens(text, parts);
    words.push(...tokens.flatMap(wordOf));
    if (tokens.every(({ kind }) => kind === 'comma')) {
      problems.push(malformed(marker, 'The budget is empty. Write what the statement may cost: execution < 10 ms.'));
      continue;
    }
    for (const part of clausesOf(tokens)) {
      const parsed = parseClause(text, part);
      clauses.push(...parsed.clauses);
      problems.push(...parsed.problems);
    }
  }
  problems.push(...findContradictions(clauses));
  if (names) problems.push(...checkNames(clauses, names));
  return { clauses, problems, words: colourNames(words, clauses) };
}

/** Between the commas; a comma at the end ends nothing. */
function clausesOf(tokens: readonly BudgetToken[]): BudgetToken[][] {
  const clauses: BudgetToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'comma') clauses.push([]);
    else clauses.at(-1)!.push(token);
  }
  return clauses.filter(clause => clause.length > 0);
}

function wordOf({ kind, range }: BudgetToken): BudgetWord[] {
  if (kind === 'number' || kind === 'operator') return [{ range, kind }];
  return kind === 'word' || kind === 'quoted' ? [{ range, kind: kind === 'word' ? 'word' : 'name' }] : [];
}

/** The names of tables and indexes are words like all others until the clauses are known. */
function colourNames(words: readonly BudgetWord[], clauses: readonly Clause[]): BudgetWord[] {
  const names = clauses.flatMap(clause =>
    clause.kind === 'index'
      ? [clause.index.range]
      : clause.kind === 'seq scan' && clause.relation
        ? [clause.relation.range]
        : [],
  );
  return words.map(word =>
    names.some(({ start, end }) => start <= word.range.start && word.range.end <= end)
      ? { ...word, kind: 'name' }
      : word,
  );
}

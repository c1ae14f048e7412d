import type { SourceRange } from '../base/sourceRange';

export interface BudgetToken {
  readonly kind: 'word' | 'quoted' | 'number' | 'operator' | 'comma' | 'dot' | 'other';
  readonly text: string;
  /** Offsets of the document. */
  readonly range: SourceRange;
}

/**
 * Numbers may have thousands separators (`1,000`, as no clause begins with a digit) or underscores, as in SQL. A hash is
 * a word too, also when it begins with a digit.
 */
const TOKEN =
  /(?<number>\d{1,3}(?:,\d{3})+(?![\d\w])(?:\.\d+)?|\d[\d_]*(?:\.\d+)?|\.\d+)|(?<quoted>"(?:[^"]|"")*"?)|(?<word>[\p{L}_µ][\p{L}\p{N}_$]*)|(?<operator><=|>=|=<|=>|<>|!=|==|[<>=≤≥≈~])|(?<comma>,)|(?<dot>\.)|(?<other>%|\S)/gu;

const HASH = /^[0-9a-f]{8}(?![\p{L}\p{N}_$])/u;

/** The tokens of stretches of a text that belong together. */
export function budgetTokens(text: string, stretches: readonly SourceRange[]): BudgetToken[] {
  const tokens: BudgetToken[] = [];
  for (const { start, end } of stretches) {
    const part = text.slice(start, end);
    TOKEN.lastIndex = 0;
    for (let match = TOKEN.exec(part); match; match = TOKEN.exec(part)) {
      const found = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined);
      let [kind, value] = [found?.[0] ?? 'other', match[0]];
      const hash = /[a-f]/.test(part.slice(match.index, match.index + 8)) && HASH.exec(part.slice(match.index));
      if (hash && (kind === 'number' || kind === 'word')) {
        [kind, value] = ['word', hash[0]];
        TOKEN.lastIndex = match.index + hash[0].length;
      }
      const range = { start: start + match.index, end: start + match.index + value.length };
      tokens.push({ kind: kind as BudgetToken['kind'], text: value, range });
    }
  }
  return tokens;
}

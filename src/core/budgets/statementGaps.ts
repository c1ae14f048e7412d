import type { SourceRange } from '../base/sourceRange';
import type { LocatedStatement } from '../sql/statement';
import { gapAfter } from './commentLines';
import { lastStartingBefore } from '../sql/lastStartingBefore';

/** A stretch of a document between two statements, or at its ends. */
export interface StatementGap {
  readonly gap: SourceRange;
  readonly before: LocatedStatement | undefined;
  readonly next: LocatedStatement | undefined;
}

/** Either a gap, or a statement that has the word inside. */
export type WordPlace = StatementGap | { readonly inside: LocatedStatement };

/** The gaps and statements in which a word stands, each once. Looks only where it does: nothing else is read. */
export function* placesOfWord(
  text: string,
  statements: readonly LocatedStatement[],
  word: RegExp,
): Generator<WordPlace> {
  const find = new RegExp(word, 'g');
  for (let match = find.exec(text); match; match = find.exec(text)) {
    const number = lastStartingBefore(statements, match.index);
    const before = statements[number];
    if (before && match.index < before.range.end) {
      yield { inside: before };
      find.lastIndex = before.range.end;
      continue;
    }
    const next = statements[number + 1];
    const gap = { start: gapAfter(text, before?.range), end: next?.range.start ?? text.length };
    yield { gap, before, next };
    find.lastIndex = Math.max(gap.end, find.lastIndex);
  }
}

import type { SourceRange } from '../../../base/sourceRange';
import type { Edit } from '../../../rules/finding';
import { isComment, tokenize } from '../../../sql/lexer';
import type { ParsedStatement } from '../../../sql/statement';

/** The comments in a stretch of SQL. */
export function commentsIn(text: string, within: SourceRange): string[] {
  const part = text.slice(within.start, within.end);
  // Most have none, and a look is cheaper than the lexer.
  if (!part.includes('--') && !part.includes('/*')) return [];
  const { kinds, starts, ends } = tokenize(part);
  return kinds.flatMap((kind, i) => (isComment(kind) ? [part.slice(starts[i], ends[i]).trim()] : []));
}

/** True if edits would remove a comment that the user wrote. Those that stand in the new text are kept. */
export function losesComment({ text }: ParsedStatement, edits: readonly Edit[]): boolean {
  const added = edits.map(({ newText }) => newText).join('\n');
  return edits.some(({ range }) => commentsIn(text, range).some(comment => !added.includes(comment)));
}

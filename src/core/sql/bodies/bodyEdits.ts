import type { SourceRange } from '../../base/sourceRange';
import { TokenKind, tokenize } from '../lexer';
import type { BodyStatement, ParsedStatement } from '../statement';

/**
 * True if edits of a statement in a body (places relative to it) can be made in the text the body stands in: what they
 * replace is what was read there, an expression stays one, and nothing they insert ends a string around it.
 */
export function editsKeepBody(
  outer: ParsedStatement,
  { range, statement, body }: BodyStatement,
  edits: readonly { readonly range: SourceRange; readonly newText: string }[],
): boolean {
  const quotes = quotesAround(outer.text, range.start);
  return edits.every(({ range: { start, end }, newText }) => {
    const written = outer.text.slice(range.start + start, range.start + end);
    if (written !== statement.text.slice(start, end)) return false;
    // A place before the text of an expression is that of the SELECT the grammar was given.
    if (body.use === 'expression' && start === 0 && /^\s*(?:select|with|explain)\b/i.test(newText)) return false;
    return quotes.every(quote => !newText.includes(quote)) && !(body.use === 'dynamic' && newText.includes('%'));
  });
}

/** What would end the strings that the place lies in, from the outermost: the quote or the tag. */
function quotesAround(text: string, at: number): string[] {
  const { kinds, starts, ends } = tokenize(text);
  const token = starts.findIndex((start, i) => start < at && at < ends[i]!);
  const kind = kinds[token];
  if (kind === TokenKind.string) return ["'"];
  if (kind !== TokenKind.dollarString) return [];
  const start = starts[token]!;
  const tag = /^\$[^$]*\$/.exec(text.slice(start))![0];
  const from = start + tag.length;
  return [tag, ...quotesAround(text.slice(from, ends[token]! - tag.length), at - from)];
}

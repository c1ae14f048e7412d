import type { SourceRange } from '../../base/sourceRange';
import { TokenKind, tokenize } from '../../sql/lexer';

/** The last words of the pattern that end before an offset with nothing but blanks and comments between. */
export function wordsBefore(text: string, offset: number, pattern: RegExp): SourceRange | undefined {
  const before = text.slice(0, offset);
  const anchored = new RegExp(
    `(?:^|[^\\w"])(${pattern.source})(?:\\s|--[^\\n]*\\n|/\\*(?:(?!\\*/)[^])*\\*/|\\()*$`,
    'i',
  );
  const found = anchored.exec(before);
  if (!found) return undefined;
  const start = found.index + found[0].indexOf(found[1]!);
  return { start, end: start + found[1]!.length };
}

/**
 * Where the words stand one after the other within a range, keywords in any case, outside strings and comments; the
 * last such place.
 */
export function findWords(text: string, within: SourceRange, ...words: readonly string[]): SourceRange | undefined {
  const part = text.slice(within.start, within.end);
  const { kinds, starts, ends } = tokenize(part, { comments: false });
  for (let i = kinds.length - words.length; i >= 0; i--) {
    const matches = words.every(
      (word, j) => kinds[i + j] === TokenKind.word && part.slice(starts[i + j], ends[i + j]).toLowerCase() === word,
    );
    if (matches) return { start: within.start + starts[i]!, end: within.start + ends[i + words.length - 1]! };
  }
  return undefined;
}

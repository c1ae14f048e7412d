import { isComment, Lexer } from '../../sql/lexer';
import type { TokenKind } from '../../sql/lexer';
import type { SourceRange } from '../../base/sourceRange';

/** A token of a text that did not parse. */
export interface SyntaxToken extends SourceRange {
  /** In lower case. */
  readonly word: string;
  readonly kind: TokenKind;
  /** How many parentheses are open before it. */
  readonly depth: number;
}

/** The tokens of a statement that did not parse, and the one the parser stopped at. */
export interface BrokenText {
  readonly text: string;
  readonly tokens: readonly SyntaxToken[];
  /** Position in `tokens`; their number if the text ended too early. */
  readonly at: number;
}

/** Reads the tokens; the server's way, so that a backtick stays a backtick. */
export function readBrokenText(text: string, error: SourceRange): BrokenText {
  const lexer = new Lexer(text, 0, { clientSyntax: false });
  const tokens: SyntaxToken[] = [];
  let depth = 0;
  while (lexer.next()) {
    const { kind, start, end } = lexer;
    if (isComment(kind)) continue;
    const word = text.slice(start, end).toLowerCase();
    if (word === ')') depth--;
    tokens.push({ start, end, word, kind, depth });
    if (word === '(') depth++;
  }
  const found = tokens.findIndex(token => token.end > error.start);
  return { text, tokens, at: found < 0 ? tokens.length : found };
}

/** The word so many tokens from the one the parser stopped at; empty beyond the ends. */
export function wordAt({ tokens, at }: BrokenText, offset: number): string {
  return tokens[at + offset]?.word ?? '';
}

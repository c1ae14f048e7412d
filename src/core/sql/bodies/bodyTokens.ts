import type { SourceRange } from '../../base/sourceRange';
import { identifierOf } from '../identifiers';
import { Lexer, TokenKind, isComment } from '../lexer';

/** The tokens of a body without its comments, with a cursor. Beyond the last one there are tokens without text. */
export class BodyTokens {
  /** Index of the token at the cursor. */
  at = 0;
  /** A template's tags stand in it, so its blocks need not be whole. */
  isTemplated = false;
  private readonly kinds: TokenKind[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];

  constructor(
    readonly source: string,
    readonly range: SourceRange,
  ) {
    const lexer = new Lexer(source.slice(0, range.end), range.start);
    while (lexer.next()) {
      if (lexer.kind === TokenKind.templateTag) this.isTemplated = true;
      if (isComment(lexer.kind)) continue;
      this.kinds.push(lexer.kind);
      this.starts.push(lexer.start);
      this.ends.push(lexer.end);
    }
  }

  get atEnd(): boolean {
    return this.at >= this.kinds.length;
  }

  /** The bare word at the cursor (or so many tokens after it) in lower case, any other token as it is written. */
  word(ahead = 0): string {
    const text = this.text(this.at + ahead);
    return this.kinds[this.at + ahead] === TokenKind.word ? text.toLowerCase() : text;
  }

  is(...words: readonly string[]): boolean {
    return words.includes(this.word());
  }

  /** Goes past the word if it is there. */
  skip(word: string): boolean {
    if (this.word() !== word) return false;
    this.at++;
    return true;
  }

  kind(index = this.at): TokenKind | undefined {
    return this.kinds[index];
  }

  text(index = this.at): string {
    return this.source.slice(this.start(index), this.end(index));
  }

  start(index = this.at): number {
    return this.starts[index] ?? this.range.end;
  }

  end(index = this.at): number {
    return this.ends[index] ?? this.range.end;
  }

  isString(index = this.at): boolean {
    return this.kinds[index] === TokenKind.string || this.kinds[index] === TokenKind.dollarString;
  }

  /** A name, or something that stands for one. */
  isName(index = this.at): boolean {
    const kind = this.kinds[index];
    return (
      kind === TokenKind.word ||
      kind === TokenKind.quotedIdentifier ||
      kind === TokenKind.parameter ||
      kind === TokenKind.placeholder
    );
  }

  /** As the server spells it. */
  name(index = this.at): string {
    return identifierOf(this.text(index));
  }

  /** The index behind `name.name[subscript]...` at `index`; `index` itself if there is no name. */
  afterTarget(index = this.at): number {
    if (!this.isName(index)) return index;
    let next = index + 1;
    for (;;) {
      const text = this.text(next);
      if (text === '.' && this.isName(next + 1)) next += 2;
      else if (text === '[') next = this.afterBracket(next);
      else return next;
    }
  }

  /** The index of the first of these words (or `;`) outside parentheses, or of the end. */
  find(...words: readonly string[]): number {
    let depth = 0;
    let index = this.at;
    for (; index < this.kinds.length; index++) {
      const kind = this.kinds[index];
      if (kind === TokenKind.semicolon) break;
      const text = this.text(index);
      if (depth <= 0 && words.includes(kind === TokenKind.word ? text.toLowerCase() : text)) break;
      if (text === '(' || text === '[') depth++;
      else if (text === ')' || text === ']') depth--;
    }
    return index;
  }

  private afterBracket(index: number): number {
    let depth = 0;
    let next = index;
    for (; next < this.kinds.length; next++) {
      const text = this.text(next);
      if (text === '[' || text === '(') depth++;
      else if ((text === ']' || text === ')') && --depth === 0) return next + 1;
      else if (text === ';') return next;
    }
    return next;
  }
}

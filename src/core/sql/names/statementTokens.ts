import type { SourceRange } from '../../base/sourceRange';
import { identifierOf } from '../identifiers';
import type { Tokens } from '../lexer';
import { TokenKind, tokenize } from '../lexer';

/** The tokens of a statement's own text, placeholders as they are written, found by their place. */
export class StatementTokens {
  private readonly tokens: Tokens;

  constructor(private readonly sql: string) {
    this.tokens = tokenize(sql, { comments: false });
  }

  get count(): number {
    return this.tokens.starts.length;
  }

  /** The first token that begins at the offset or after it. */
  from(offset: number): number {
    const { starts } = this.tokens;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! >= offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  text(index: number): string {
    const { starts, ends } = this.tokens;
    return index >= 0 && index < starts.length ? this.sql.slice(starts[index], ends[index]) : '';
  }

  /** A bare word in lower case, anything else as it is written. */
  word(index: number): string {
    const text = this.text(index);
    return this.tokens.kinds[index] === TokenKind.word ? text.toLowerCase() : text;
  }

  range(index: number): SourceRange {
    return { start: this.tokens.starts[index] ?? this.sql.length, end: this.tokens.ends[index] ?? this.sql.length };
  }

  isName(index: number): boolean {
    const kind = this.tokens.kinds[index];
    return kind === TokenKind.word || kind === TokenKind.quotedIdentifier || kind === TokenKind.placeholder;
  }

  /** The token's range if it is this name. */
  rangeIfNamed(index: number, name: string): SourceRange | undefined {
    return this.isName(index) && identifierOf(this.text(index)) === name ? this.range(index) : undefined;
  }

  /** The closing parenthesis or bracket of the one at `index`; the last token if there is none. */
  closing(index: number): number {
    let depth = 0;
    for (let i = index; i < this.count; i++) {
      const text = this.text(i);
      if (text === '(' || text === '[') depth++;
      else if ((text === ')' || text === ']') && --depth === 0) return i;
    }
    return this.count - 1;
  }

  /** The last token of a name with dots that begins here. */
  nameEnd(index: number): number {
    let last = index;
    while (this.text(last + 1) === '.' && last + 2 < this.count) last += 2;
    return last;
  }

  /** The first token from `index` on that is not a closing parenthesis. */
  afterClosing(index: number): number {
    let at = index;
    while (this.text(at) === ')') at++;
    return at;
  }
}

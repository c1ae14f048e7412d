import {
  balancedEnd,
  extensionVariableEnd,
  quotingNameEnd,
  quotingValueEnd,
  templateTagEnd,
  templateValueEnd,
} from './clientSyntax';

/** Kinds of token. Numbers, because a script of a megabyte has some hundred thousand tokens. */
export const TokenKind = {
  word: 1,
  quotedIdentifier: 2,
  string: 3,
  dollarString: 4,
  number: 5,
  parameter: 6,
  operator: 7,
  punctuation: 8,
  semicolon: 9,
  lineComment: 10,
  blockComment: 11,
  /** A psql command, from the backslash to the end of its line. */
  metaCommand: 12,
  /** `\;`, which ends a statement without sending it. */
  metaSemicolon: 13,
  /** A hole left for the host language: `:name`, `@name`, `%(name)s`, `?`, `${name}`, `#{name}`, `{{ name }}`. */
  placeholder: 14,
  unknown: 15,
  /** A template's statement or comment, which is no part of the SQL: `{% if x %}`, `{# x #}`, `<if test="x">`. */
  templateTag: 16,
} as const;

export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

const OPERATOR_CHARACTERS = charSet('~!@#^&|`?+-*/%<>=');
/** An operator may end in + or - only if it contains one of these (PostgreSQL manual, 4.1.3). */
const LONG_OPERATOR_CHARACTERS = charSet('~!@#^&|`?%');
/** PostgreSQL refuses operators from 64 characters on; a run of signs is looked through no further than this. */
const OPERATOR_LIMIT = 256;
/** Operators people write directly before a `?`; none of them followed by `?` is an operator of PostgreSQL. */
const BEFORE_QUESTION_MARK = new Set(['=', '<', '>', '<=', '>=', '<>', '!=', '+', '-', '*', '/', '||']);
/** Likewise before `@name`; `<@` is an operator. */
const BEFORE_AT = new Set(['=', '<=', '>=', '<>', '!=', '+', '-', '*', '/', '||']);
const OPERAND_FOLLOWS =
  /^(?:select|where|and|or|not|in|like|ilike|limit|offset|values|set|when|then|else|between|by|on|having|return|returning|any|all|some|case|as|using|from|to|is|interval|date|timestamp|distinct)$/i;
const NAME_FOLLOWS = /^(?:join|into|update|table|only)$/i;
const PLACEHOLDER_LIMIT = 80;

export interface LexerOptions {
  /** Recognise psql commands and placeholders; without it the text is read as the server would. Default true. */
  readonly clientSyntax?: boolean;
}

/**
 * Reads PostgreSQL's tokens one after the other. After `next()` returned true, `kind`, `start`, `end` (UTF-16, half
 * open) and `unterminated` describe the token. It never fails: what PostgreSQL would refuse is an `unknown` token, or
 * an unterminated one that reaches to the end of the text.
 *
 * Assumes `standard_conforming_strings`, the default since 9.1.
 */
export class Lexer {
  kind: TokenKind = TokenKind.unknown;
  start = 0;
  end = 0;
  unterminated = false;

  private readonly clientSyntax: boolean;
  private readonly length: number;
  private openBrackets = 0;
  /** The last token that is not a comment, or 0. */
  private lastKind: TokenKind | 0 = 0;
  private lastStart = 0;
  private lastEnd = 0;

  constructor(
    readonly text: string,
    public position = 0,
    options: LexerOptions = {},
  ) {
    this.clientSyntax = options.clientSyntax ?? true;
    this.length = text.length;
  }

  /** Forgets what came before: call it where a statement begins. */
  beginStatement(): void {
    this.openBrackets = 0;
    this.lastKind = 0;
  }

  /** Moves to the next token; false at the end of the text. */
  next(): boolean {
    const { text, length } = this;
    let at = this.position;
    while (at < length && isSpace(text.charCodeAt(at))) at++;
    if (at >= length) {
      this.position = length;
      return false;
    }
    this.start = at;
    this.unterminated = false;
    this.kind = this.read(at, text.charCodeAt(at), text.charCodeAt(at + 1));
    this.position = this.end;
    if (!isComment(this.kind)) {
      this.lastKind = this.kind;
      this.lastStart = this.start;
      this.lastEnd = this.end;
    }
    return true;
  }

  private read(at: number, first: number, second: number): TokenKind {
    if (isWordStart(first)) return this.readWord(at, first, second);
    if (isDigit(first) || (first === DOT && isDigit(second))) return this.readNumber(at, first, second);
    switch (first) {
      case MINUS:
        if (second === MINUS) return this.finish(TokenKind.lineComment, lineEnd(this.text, at));
        break;
      case SLASH:
        if (second === STAR) return this.readBlockComment(at);
        break;
      case QUOTE:
        return this.readString(at + 1, false);
      case DOUBLE_QUOTE:
        return this.readQuotedIdentifier(at + 1);
      case DOLLAR:
        return this.readDollar(at, second);
      case SEMICOLON:
        return this.finish(TokenKind.semicolon, at + 1);
      case BACKSLASH:
        if (!this.clientSyntax) return this.finish(TokenKind.unknown, at + 1);
        if (second === SEMICOLON) return this.finish(TokenKind.metaSemicolon, at + 2);
        return this.finish(TokenKind.metaCommand, lineEnd(this.text, at));
      case COLON:
        return this.readColon(at, second);
      case OPEN_BRACKET:
        this.openBrackets++;
        return this.finish(TokenKind.punctuation, at + 1);
      case CLOSE_BRACKET:
        if (this.openBrackets > 0) this.openBrackets--;
        return this.finish(TokenKind.punctuation, at + 1);
      case DOT:
        if (second === DOT) return this.finish(TokenKind.operator, at + 2);
        return this.finish(TokenKind.punctuation, at + 1);
      case OPEN_PARENTHESIS:
      case CLOSE_PARENTHESIS:
      case COMMA:
        return this.finish(TokenKind.punctuation, at + 1);
      case OPEN_BRACE:
        return this.readBrace(at);
      case HASH:
        if (second === OPEN_BRACE && this.clientSyntax) {
          const end = balancedEnd(this.text, at + 1);
          if (end > 0) return this.finish(TokenKind.placeholder, end);
        }
        break;
      case AT: {
        const end = this.clientSyntax ? this.namedParameterEnd(at, second) : -1;
        if (end > 0) return this.finish(TokenKind.placeholder, end);
        break;
      }
      case LESS_THAN: {
        const isTag = this.clientSyntax && (second === SLASH || isWordStart(second));
        const end = isTag ? templateTagEnd(this.text, at) : -1;
        if (end > 0) return this.finish(TokenKind.templateTag, end);
        break;
      }
      case PERCENT: {
        const end = this.clientSyntax ? this.pythonPlaceholderEnd(at) : -1;
        if (end > 0) return this.finish(TokenKind.placeholder, end);
        break;
      }
    }
    if (isIn(OPERATOR_CHARACTERS, first)) return this.readOperator(at);
    return this.finish(TokenKind.unknown, at + 1);
  }

  private finish(kind: TokenKind, end: number): TokenKind {
    this.end = end;
    return kind;
  }

  private finishUnterminated(kind: TokenKind): TokenKind {
    this.unterminated = true;
    return this.finish(kind, this.length);
  }

  private readWord(at: number, first: number, second: number): TokenKind {
    const letter = first | 32;
    if (second === QUOTE) {
      if (letter === LOWER_E) return this.readString(at + 2, true);
      if (letter === LOWER_B || letter === LOWER_X || letter === LOWER_N) return this.readString(at + 2, false);
    } else if (letter === LOWER_U && second === AMPERSAND) {
      const third = this.text.charCodeAt(at + 2);
      if (third === QUOTE) return this.readString(at + 3, false);
      if (third === DOUBLE_QUOTE) return this.readQuotedIdentifier(at + 3);
    }
    let end = at + 1;
    for (; end < this.length; end++) {
      const code = this.text.charCodeAt(end);
      if (!isWordPart(code)) break;
      // `orders_${year}`: the dollar belongs to the template, though PostgreSQL allows it inside a name.
      if (code === DOLLAR && this.clientSyntax && this.text.charCodeAt(end + 1) === OPEN_BRACE) break;
    }
    return this.finish(TokenKind.word, end);
  }

  private readBrace(at: number): TokenKind {
    if (this.clientSyntax) {
      const tag = templateTagEnd(this.text, at);
      if (tag > 0) return this.finish(TokenKind.templateTag, tag);
      const value = templateValueEnd(this.text, at);
      if (value > 0) return this.finish(TokenKind.placeholder, value);
    }
    return this.finish(TokenKind.unknown, at + 1);
  }

  /** `@name` of SQL Server's drivers and Npgsql where a value must stand: elsewhere `@` is an operator. */
  private namedParameterEnd(at: number, second: number): number {
    const extension = extensionVariableEnd(this.text, at);
    if (extension > 0) return extension;
    if (!isWordStart(second)) return -1;
    if (!this.operandMayFollow(false)) return -1;
    let end = at + 2;
    while (isWordPart(this.text.charCodeAt(end)) && this.text.charCodeAt(end) !== DOLLAR) end++;
    return end;
  }

  private readNumber(at: number, first: number, second: number): TokenKind {
    const { text } = this;
    const base = second | 32;
    let end = at;
    if (first === ZERO && (base === LOWER_X || base === LOWER_O || base === LOWER_B)) {
      end += 2;
      while (isHexDigit(text.charCodeAt(end)) || text.charCodeAt(end) === UNDERSCORE) end++;
      return this.finish(TokenKind.number, end);
    }
    end = this.digitsEnd(end);
    // Two dots are PL/pgSQL's range, not a decimal point.
    if (text.charCodeAt(end) === DOT && text.charCodeAt(end + 1) !== DOT) end = this.digitsEnd(end + 1);
    if ((text.charCodeAt(end) | 32) === LOWER_E) {
      const sign = text.charCodeAt(end + 1);
      const digits = sign === PLUS || sign === MINUS ? end + 2 : end + 1;
      if (isDigit(text.charCodeAt(digits))) end = this.digitsEnd(digits);
    }
    return this.finish(TokenKind.number, end);
  }

  private digitsEnd(at: number): number {
    const { text } = this;
    let end = at;
    for (;;) {
      const code = text.charCodeAt(end);
      if (isDigit(code) || (code === UNDERSCORE && end > at && isDigit(text.charCodeAt(end + 1)))) end++;
      else return end;
    }
  }

  private readBlockComment(at: number): TokenKind {
    const { text, length } = this;
    let depth = 1;
    let end = at + 2;
    while (end < length) {
      const code = text.charCodeAt(end);
      const following = text.charCodeAt(end + 1);
      if (code === SLASH && following === STAR) {
        depth++;
        end += 2;
      } else if (code === STAR && following === SLASH) {
        depth--;
        end += 2;
        if (depth === 0) return this.finish(TokenKind.blockComment, end);
      } else end++;
    }
    return this.finishUnterminated(TokenKind.blockComment);
  }

  /** `at` is just after the opening quote. Strings separated only by white space with a line break are one. */
  private readString(at: number, backslashEscapes: boolean): TokenKind {
    let end = this.closingQuote(at, QUOTE, backslashEscapes);
    while (end >= 0) {
      const next = this.continuedString(end);
      if (next < 0) return this.finish(TokenKind.string, end);
      end = this.closingQuote(next, QUOTE, backslashEscapes);
    }
    return this.finishUnterminated(TokenKind.string);
  }

  private readQuotedIdentifier(at: number): TokenKind {
    const template =
      this.clientSyntax && this.text.charCodeAt(at) === OPEN_BRACE ? quotingNameEnd(this.text, at - 1) : -1;
    const end = template > 0 ? template : this.closingQuote(at, DOUBLE_QUOTE, false);
    if (end < 0) return this.finishUnterminated(TokenKind.quotedIdentifier);
    return this.finish(TokenKind.quotedIdentifier, end);
  }

  /** The offset after the closing quote, or -1. */
  private closingQuote(from: number, quote: number, backslashEscapes: boolean): number {
    const { text, length } = this;
    let at = from;
    while (at < length) {
      const code = text.charCodeAt(at);
      if (backslashEscapes && code === BACKSLASH) at += 2;
      else if (code === OPEN_BRACE && quote === QUOTE && this.clientSyntax && text.charCodeAt(at + 1) === OPEN_BRACE) {
        const end = quotingValueEnd(text, at);
        at = end > 0 ? end : at + 2;
      } else if (code !== quote) at++;
      else if (text.charCodeAt(at + 1) === quote) at += 2;
      else return at + 1;
    }
    return -1;
  }

  /** The offset inside the string that continues the one ending at `from`, or -1. */
  private continuedString(from: number): number {
    const { text, length } = this;
    let at = from;
    let sawLineBreak = false;
    for (;;) {
      const code = text.charCodeAt(at);
      if (at < length && isSpace(code)) {
        if (code === LINE_FEED || code === CARRIAGE_RETURN) sawLineBreak = true;
        at++;
      } else if (sawLineBreak && code === MINUS && text.charCodeAt(at + 1) === MINUS) at = lineEnd(text, at);
      else return sawLineBreak && code === QUOTE ? at + 1 : -1;
    }
  }

  private readDollar(at: number, second: number): TokenKind {
    const { text } = this;
    if (isDigit(second)) {
      let end = at + 2;
      while (isDigit(text.charCodeAt(end))) end++;
      return this.finish(TokenKind.parameter, end);
    }
    let tagEnd = at + 1;
    if (isWordStart(second)) {
      tagEnd++;
      while (tagEnd < this.length && isWordPart(text.charCodeAt(tagEnd)) && text.charCodeAt(tagEnd) !== DOLLAR)
        tagEnd++;
    }
    if (text.charCodeAt(tagEnd) === DOLLAR) {
      const tag = text.slice(at, tagEnd + 1);
      const closing = text.indexOf(tag, tagEnd + 1);
      if (closing < 0) return this.finishUnterminated(TokenKind.dollarString);
      return this.finish(TokenKind.dollarString, closing + tag.length);
    }
    if (this.clientSyntax && isWordStart(second) && this.operandMayFollow(false))
      return this.finish(TokenKind.placeholder, tagEnd);
    if (this.clientSyntax && second === OPEN_BRACE) {
      const balanced = balancedEnd(text, at + 1);
      if (balanced > 0) return this.finish(TokenKind.placeholder, balanced);
      const closing = /^\$\{[^};\\]*\}/.exec(text.slice(at, at + PLACEHOLDER_LIMIT))?.[0].length ?? 0;
      if (closing > 0) return this.finish(TokenKind.placeholder, at + closing);
    }
    return this.finish(TokenKind.unknown, at + 1);
  }

  private readColon(at: number, second: number): TokenKind {
    if (second === COLON || second === EQUALS) return this.finish(TokenKind.operator, at + 2);
    const end = this.clientSyntax ? this.psqlVariableEnd(at, second) : -1;
    if (end > 0) return this.finish(TokenKind.placeholder, end);
    return this.finish(TokenKind.punctuation, at + 1);
  }

  private psqlVariableEnd(at: number, second: number): number {
    const { text } = this;
    if (second === QUOTE || second === DOUBLE_QUOTE) return matchEnd(QUOTED_VARIABLE, text, at);
    if (second === OPEN_BRACE) return matchEnd(VARIABLE_TEST, text, at);
    if (!isWordStart(second) && !isDigit(second)) return -1;
    // In `a[lower:upper]` and `a[2:3]` the colon separates the bounds of a slice.
    const before = text.charCodeAt(at - 1);
    const touchesOperand = at > 0 && (isWordPart(before) || before === CLOSE_BRACKET || before === CLOSE_PARENTHESIS);
    if (touchesOperand || (isDigit(second) && this.openBrackets > 0)) return -1;
    let end = at + 2;
    while (end < this.length && isWordPart(text.charCodeAt(end)) && text.charCodeAt(end) !== DOLLAR) end++;
    return end;
  }

  private pythonPlaceholderEnd(at: number): number {
    const second = this.text.charCodeAt(at + 1);
    if (second === OPEN_PARENTHESIS) return matchEnd(NAMED_PYTHON_PLACEHOLDER, this.text, at);
    if (second !== LOWER_S || isWordPart(this.text.charCodeAt(at + 2))) return -1;
    return this.operandMayFollow(true) ? at + 2 : -1;
  }

  private readOperator(at: number): TokenKind {
    const { text, length } = this;
    const limit = Math.min(length, at + OPERATOR_LIMIT);
    let end = at + 1;
    let isLong = isIn(LONG_OPERATOR_CHARACTERS, text.charCodeAt(at));
    for (; end < limit; end++) {
      const code = text.charCodeAt(end);
      if (!isIn(OPERATOR_CHARACTERS, code)) break;
      const following = text.charCodeAt(end + 1);
      if ((code === MINUS && following === MINUS) || (code === SLASH && following === STAR)) break;
      if (code === HASH && following === OPEN_BRACE && this.clientSyntax) break;
      isLong ||= isIn(LONG_OPERATOR_CHARACTERS, code);
    }
    if (!isLong) while (end - at > 1 && isPlusOrMinus(text.charCodeAt(end - 1))) end--;
    if (!this.clientSyntax) return this.finish(TokenKind.operator, end);
    return this.readOperatorOrQuestionMark(at, end);
  }

  /** `id=?` and `id=%s` are an operator and a placeholder; a lone `?` where an operand must stand is a placeholder. */
  private readOperatorOrQuestionMark(at: number, end: number): TokenKind {
    const { text } = this;
    const last = text.charCodeAt(end - 1);
    if (last === QUESTION_MARK) {
      if (end - at === 1)
        return this.finish(this.operandMayFollow(false) ? TokenKind.placeholder : TokenKind.operator, end);
      if (BEFORE_QUESTION_MARK.has(text.slice(at, end - 1))) return this.finish(TokenKind.operator, end - 1);
    } else if (last === AT && end - at > 1 && isWordStart(text.charCodeAt(end))) {
      if (BEFORE_AT.has(text.slice(at, end - 1))) return this.finish(TokenKind.operator, end - 1);
    } else if (
      last === PERCENT &&
      end - at > 1 &&
      /^%(?:\(\w+\))?s(?!\w)/.test(text.slice(end - 1, end + PLACEHOLDER_LIMIT))
    ) {
      return this.finish(TokenKind.operator, end - 1);
    }
    return this.finish(TokenKind.operator, end);
  }

  /** True if the tokens so far leave room for a value (or, with `orName`, for a table's name). */
  private operandMayFollow(orName: boolean): boolean {
    const { text } = this;
    switch (this.lastKind) {
      case 0:
        return orName;
      case TokenKind.operator:
        return true;
      case TokenKind.punctuation: {
        const code = text.charCodeAt(this.lastStart);
        return code === OPEN_PARENTHESIS || code === COMMA || code === OPEN_BRACKET || (orName && code === DOT);
      }
      case TokenKind.word: {
        const word = text.slice(this.lastStart, this.lastEnd);
        return OPERAND_FOLLOWS.test(word) || (orName && NAME_FOLLOWS.test(word));
      }
      default:
        return false;
    }
  }
}

/** All tokens of a text, comments included, as parallel arrays. */
export interface Tokens {
  readonly kinds: readonly TokenKind[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Reads the whole text with {@link Lexer}. */
export function tokenize(text: string, options: LexerOptions & { readonly comments?: boolean } = {}): Tokens {
  const lexer = new Lexer(text, 0, options);
  const keepComments = options.comments ?? true;
  const kinds: TokenKind[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  while (lexer.next()) {
    if (!keepComments && isComment(lexer.kind)) continue;
    kinds.push(lexer.kind);
    starts.push(lexer.start);
    ends.push(lexer.end);
  }
  return { kinds, starts, ends };
}

/** Also for the tags of templates: what is read as SQL does not see either. */
export function isComment(kind: TokenKind): boolean {
  return kind === TokenKind.lineComment || kind === TokenKind.blockComment || kind === TokenKind.templateTag;
}

/** The offset of the line break that ends the line of `at`, or the end of the text. */
export function lineEnd(text: string, at: number): number {
  let end = at;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) break;
  }
  return end;
}

const QUOTED_VARIABLE = /:(['"])[\p{L}\p{N}_]+\1/uy;
const VARIABLE_TEST = /:\{\?\w+\}/y;
const NAMED_PYTHON_PLACEHOLDER = /%\(\w+\)s(?!\w)/y;

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = 0xfeff;
const DOUBLE_QUOTE = 34;
const HASH = 35;
const DOLLAR = 36;
const PERCENT = 37;
const AMPERSAND = 38;
const QUOTE = 39;
const OPEN_PARENTHESIS = 40;
const CLOSE_PARENTHESIS = 41;
const STAR = 42;
const PLUS = 43;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const SEMICOLON = 59;
const LESS_THAN = 60;
const EQUALS = 61;
const QUESTION_MARK = 63;
const AT = 64;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const UNDERSCORE = 95;
const LOWER_B = 98;
const LOWER_E = 101;
const LOWER_N = 110;
const LOWER_O = 111;
const LOWER_S = 115;
const LOWER_U = 117;
const LOWER_X = 120;
const OPEN_BRACE = 123;

function charSet(characters: string): Uint8Array {
  const set = new Uint8Array(128);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

function isIn(set: Uint8Array, code: number): boolean {
  return code < 128 && set[code] === 1;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === BYTE_ORDER_MARK;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102);
}

/** Every character outside ASCII may stand in a name. NaN, which is what lies behind the text's end, may not. */
function isWordStart(code: number): boolean {
  return (
    ((code | 32) >= 97 && (code | 32) <= 122 && code < 128) ||
    code === UNDERSCORE ||
    (code >= 128 && code !== BYTE_ORDER_MARK)
  );
}

function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code) || code === DOLLAR;
}

function isPlusOrMinus(code: number): boolean {
  return code === PLUS || code === MINUS;
}

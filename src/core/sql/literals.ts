/** A statement's text with its plain literals taken out, and where they stand, in UTF-16 offsets. */
export interface LiteralForm {
  /** The text with a mark in place of each literal: equal for statements that differ in nothing else. */
  readonly skeleton: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** What stands for a literal in a skeleton; none of these may stand in SQL. A mark a kind, as the grammar tells them apart. */
const INTEGER_MARK = '\u0001';
const DECIMAL_MARK = '\u0002';
const STRING_MARK = '\u0003';

/** More digits may be too many for the grammar's integer. */
const INTEGER_DIGITS = 9;
/** Longer statements are rarely alike, in UTF-16 code units. */
const LONGEST = 2000;
/** These name something new each time, or have a body. */
const NEVER_ALIKE = /^(?:create|comment|do)\b/i;

/**
 * Takes out strings in single quotes, integers and decimal fractions. Zero and the empty string stay: the grammar leaves
 * their fields out. Undefined for a text in which something else might decide how it is read: comments, placeholders,
 * templates, psql commands, escapes and other prefixed strings.
 */
export function readLiterals(text: string): LiteralForm | undefined {
  const { length } = text;
  if (length > LONGEST || NEVER_ALIKE.test(text)) return undefined;
  const starts: number[] = [];
  const ends: number[] = [];
  let skeleton = '';
  let copied = 0;
  const takeOut = (start: number, end: number, mark: string): void => {
    skeleton += text.slice(copied, start) + mark;
    copied = end;
    starts.push(start);
    ends.push(end);
  };
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (isWordStart(code)) {
      at = wordEnd(text, at + 1);
      // `E'...'` and the like
      if (text.charCodeAt(at) === QUOTE) return undefined;
    } else if (isDigit(code)) {
      const end = numberEnd(text, at);
      const next = text.charCodeAt(end);
      if (isWordPart(next) || next === DOT || text.charCodeAt(at - 1) === DOT) {
        at = wordEnd(text, end);
        if (text.charCodeAt(at) === QUOTE) return undefined;
        continue;
      }
      const isInteger = integerEnd(text, at) === end;
      if (!isInteger) takeOut(at, end, DECIMAL_MARK);
      else if (end - at <= INTEGER_DIGITS && Number(text.slice(at, end)) !== 0) takeOut(at, end, INTEGER_MARK);
      at = end;
    } else if (code === QUOTE) {
      const end = stringEnd(text, at + 1);
      if (end < 0) return undefined;
      if (end - at > 2) takeOut(at, end, STRING_MARK);
      at = end;
    } else if (code === DOUBLE_QUOTE) {
      const end = text.indexOf('"', at + 1);
      if (end < 0) return undefined;
      at = end + 1;
    } else {
      if (isDoubtful(text, at, code)) return undefined;
      at += code === COLON ? 2 : 1;
    }
  }
  return { skeleton: copied === 0 ? text : skeleton + text.slice(copied), starts, ends };
}

/** Quotes within a string are doubled. -1 if it has no end, or holds what some reader of the text might not skip. */
function stringEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      if (text.charCodeAt(at + 1) !== QUOTE) return at + 1;
      at++;
    } else if (code === BACKSLASH || code === OPEN_BRACE || isControl(code)) return -1;
  }
  return -1;
}

/** True for what may begin a comment, a placeholder, a template's tag, a psql command or a prefixed string. */
function isDoubtful(text: string, at: number, code: number): boolean {
  if (code === COLON) return text.charCodeAt(at + 1) !== COLON;
  if (code === MINUS) return text.charCodeAt(at + 1) === MINUS;
  if (code === SLASH) return text.charCodeAt(at + 1) === STAR;
  if (code === LESS_THAN) return text.charCodeAt(at + 1) === SLASH || isWordStart(text.charCodeAt(at + 1));
  if (code === AMPERSAND) return text.charCodeAt(at + 1) === QUOTE;
  return DOUBTFUL.has(code) || isControl(code);
}

function integerEnd(text: string, from: number): number {
  let end = from;
  while (isDigit(text.charCodeAt(end))) end++;
  return end;
}

function numberEnd(text: string, from: number): number {
  const end = integerEnd(text, from);
  return text.charCodeAt(end) === DOT && isDigit(text.charCodeAt(end + 1)) ? integerEnd(text, end + 1) : end;
}

/** Behind the last character of a word, or of what looks like a number grown together with one. */
function wordEnd(text: string, from: number): number {
  let end = from;
  for (;;) {
    const code = text.charCodeAt(end);
    const isInNumber = code === DOT && isDigit(text.charCodeAt(end - 1)) && isDigit(text.charCodeAt(end + 1));
    if (!isWordPart(code) && !isInNumber) return end;
    end++;
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordStart(code: number): boolean {
  return ((code | 32) >= 97 && (code | 32) <= 122 && code < 128) || code === UNDERSCORE || code >= 128;
}

function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code);
}

/** White space apart. */
function isControl(code: number): boolean {
  return code < 9 || (code > 13 && code < 32);
}

const DOUBLE_QUOTE = 34;
const AMPERSAND = 38;
const QUOTE = 39;
const STAR = 42;
const MINUS = 45;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const LESS_THAN = 60;
const BACKSLASH = 92;
const UNDERSCORE = 95;
const OPEN_BRACE = 123;

const DOUBTFUL: ReadonlySet<number> = new Set([...'$@#%?{}\\`'].map(character => character.charCodeAt(0)));

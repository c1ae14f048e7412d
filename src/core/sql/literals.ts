/** Where the plain literals of a statement stand, in UTF-16 offsets; what is left is its skeleton. */
export interface LiteralForm {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Of the skeleton: equal for statements that differ in nothing but their literals, and hardly ever for others. */
  readonly hash: number;
}

const INTEGER = 1;
const DECIMAL = 2;
const STRING = 3;

/** More digits may be too many for the grammar's integer. */
const INTEGER_DIGITS = 9;
/** Longer statements are rarely alike, in UTF-16 code units. */
const LONGEST = 2000;
/** These name something new each time, or have a body. */
const NEVER_ALIKE = /^(?:create|comment|do)\b/i;

// Where the literals of the statement at hand are noted, so that the lists that are kept are no longer than need be.
const foundStarts = new Array<number>(LONGEST).fill(0);
const foundEnds = new Array<number>(LONGEST).fill(0);
const NOWHERE: readonly number[] = [];

/**
 * Finds strings in single quotes, integers and decimal fractions. Zero and the empty string are not among them: the
 * grammar leaves their fields out. Undefined for a text in which something else might decide how it is read: comments,
 * placeholders, templates, psql commands, escapes and other prefixed strings.
 */
export function readLiterals(text: string): LiteralForm | undefined {
  if (text.length > LONGEST || NEVER_ALIKE.test(text)) return undefined;
  const count = scan(text);
  if (count < 0) return undefined;
  const starts = count === 0 ? NOWHERE : foundStarts.slice(0, count);
  const ends = count === 0 ? NOWHERE : foundEnds.slice(0, count);
  return { starts, ends, hash: hashSkeleton(text, count) };
}

/**
 * How many literals were found, -1 if the text is in doubt. It runs over every character of a file: the engine keeps
 * its code as long as it makes no objects and reads nothing behind the end of a text.
 */
function scan(text: string): number {
  const { length } = text;
  let count = 0;
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (isWordStart(code)) {
      at = wordEnd(text, at + 1);
      // `E'...'` and the like
      if (codeAt(text, at) === QUOTE) return -1;
    } else if (isDigit(code)) {
      const end = numberEnd(text, at);
      const next = codeAt(text, end);
      if (isWordPart(next) || next === DOT || codeAt(text, at - 1) === DOT) {
        at = wordEnd(text, end);
        if (codeAt(text, at) === QUOTE) return -1;
        continue;
      }
      if (isLiteralNumber(text, at, end)) {
        foundStarts[count] = at;
        foundEnds[count++] = end;
      }
      at = end;
    } else if (code === QUOTE) {
      const end = stringEnd(text, at + 1);
      if (end < 0) return -1;
      if (end - at > 2) {
        foundStarts[count] = at;
        foundEnds[count++] = end;
      }
      at = end;
    } else if (code === DOUBLE_QUOTE) {
      const end = text.indexOf('"', at + 1);
      if (end < 0) return -1;
      at = end + 1;
    } else {
      if (code !== SPACE && isDoubtful(text, at, code)) return -1;
      at += code === COLON ? 2 : 1;
    }
  }
  return count;
}

/** True if two texts differ in nothing but their literals, and each pair of these is of one kind to the grammar. */
export function isSameSkeleton(a: string, formA: LiteralForm, b: string, formB: LiteralForm): boolean {
  const { length } = formA.starts;
  if (formA.hash !== formB.hash || formB.starts.length !== length) return false;
  let atA = 0;
  let atB = 0;
  for (let i = 0; i <= length; i++) {
    const endA = i < length ? formA.starts[i]! : a.length;
    const endB = i < length ? formB.starts[i]! : b.length;
    if (endA - atA !== endB - atB) return false;
    while (atA < endA) if (a.charCodeAt(atA++) !== b.charCodeAt(atB++)) return false;
    if (i === length) break;
    atA = formA.ends[i]!;
    atB = formB.ends[i]!;
    if (kindOf(a, endA, atA) !== kindOf(b, endB, atB)) return false;
  }
  return true;
}

/** FNV-1a, in the bits of a small integer, of the text at hand without the literals that were found in it. */
function hashSkeleton(text: string, count: number): number {
  let hash = 0x811c9dc5;
  let at = 0;
  for (let i = 0; i <= count; i++) {
    const end = i < count ? foundStarts[i]! : text.length;
    while (at < end) hash = Math.imul(hash ^ text.charCodeAt(at++), 0x01000193);
    if (i === count) break;
    at = foundEnds[i]!;
    hash = Math.imul(hash ^ kindOf(text, end, at), 0x01000193);
  }
  return hash & 0x3fffffff;
}

/** Of a literal; none of these may stand in SQL. */
function kindOf(text: string, start: number, end: number): number {
  if (text.charCodeAt(start) === QUOTE) return STRING;
  return integerEnd(text, start) === end ? INTEGER : DECIMAL;
}

function isLiteralNumber(text: string, start: number, end: number): boolean {
  if (integerEnd(text, start) !== end) return true;
  return end - start <= INTEGER_DIGITS && Number(text.slice(start, end)) !== 0;
}

/** Quotes within a string are doubled. -1 if it has no end, or holds what some reader of the text might not skip. */
function stringEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = codeAt(text, at);
    if (code === QUOTE) {
      if (codeAt(text, at + 1) !== QUOTE) return at + 1;
      at++;
    } else if (code === BACKSLASH || code === OPEN_BRACE || isControl(code)) return -1;
  }
  return -1;
}

/** True for what may begin a comment, a placeholder, a template's tag, a psql command or a prefixed string. */
function isDoubtful(text: string, at: number, code: number): boolean {
  if (code === COLON) return codeAt(text, at + 1) !== COLON;
  if (code === MINUS) return codeAt(text, at + 1) === MINUS;
  if (code === SLASH) return codeAt(text, at + 1) === STAR;
  if (code === LESS_THAN) return codeAt(text, at + 1) === SLASH || isWordStart(codeAt(text, at + 1));
  if (code === AMPERSAND) return codeAt(text, at + 1) === QUOTE;
  return DOUBTFUL.has(code) || isControl(code);
}

function integerEnd(text: string, from: number): number {
  let end = from;
  while (isDigit(codeAt(text, end))) end++;
  return end;
}

function numberEnd(text: string, from: number): number {
  const end = integerEnd(text, from);
  return codeAt(text, end) === DOT && isDigit(codeAt(text, end + 1)) ? integerEnd(text, end + 1) : end;
}

/** Behind the last character of a word, or of what looks like a number grown together with one. */
function wordEnd(text: string, from: number): number {
  let end = from;
  for (;;) {
    const code = codeAt(text, end);
    const isInNumber = code === DOT && isDigit(codeAt(text, end - 1)) && isDigit(codeAt(text, end + 1));
    if (!isWordPart(code) && !isInNumber) return end;
    end++;
  }
}

/** The code unit, or 0 outside the text. */
function codeAt(text: string, at: number): number {
  return at >= 0 && at < text.length ? text.charCodeAt(at) : 0;
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

const SPACE = 32;
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

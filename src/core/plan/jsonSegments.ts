/** A JSON value that stands in a text. */
export interface JsonSegment {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
  /** The text ended before the value did; what was complete is there. */
  readonly truncated: boolean;
}

/** Attempts at repairing one text; each reads the rest of it. */
const ATTEMPTS = 8;

/** JSON values in a text, outermost brackets first; only brackets that open a line or the text count. */
export function jsonSegments(text: string): JsonSegment[] {
  const segments: JsonSegment[] = [];
  const opening = /^[ \t]*([[{])/gm;
  let failures = 0;
  for (let match = opening.exec(text); match; match = opening.exec(text)) {
    const start = match.index + match[0].length - 1;
    const end = matchingEnd(text, start);
    const whole = end < 0 ? undefined : parseJson(text.slice(start, end));
    if (whole !== undefined) {
      segments.push({ value: whole, start, end, truncated: false });
      opening.lastIndex = end;
      continue;
    }
    const repaired = parseRepaired(text.slice(start, end < 0 ? undefined : end));
    if (repaired !== undefined) {
      segments.push({ value: repaired, start, end: end < 0 ? text.length : end, truncated: true });
      opening.lastIndex = end < 0 ? text.length : end;
    } else if (++failures >= ATTEMPTS) break;
  }
  return segments;
}

/**
 * The value, or undefined. Terminals break long texts across lines, which JSON forbids inside quotes; without the line
 * ends it may be well again. Numbers of 17 digits and more keep all of them, as texts.
 */
export function parseJson(text: string): unknown {
  const start = text.trimStart().charAt(0);
  if (start !== '[' && start !== '{' && start !== '"') return undefined;
  const exact = text.replace(/("Query Identifier"\s*:\s*)(-?\d{16,})\b/g, '$1"$2"');
  const value = tryParse(exact);
  if (value !== undefined || !exact.includes('\n')) return value;
  return tryParse(exact.replace(/\n\s*/g, ' ')) ?? tryParse(exact.replace(/\n/g, ''));
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function matchingEnd(text: string, from: number): number {
  let depth = 0;
  const token = /["[\]{}]/g;
  token.lastIndex = from;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const char = match[0];
    if (char === '"') {
      const end = stringEnd(text, match.index);
      if (end < 0) return -1;
      token.lastIndex = end;
    } else if (char === '[' || char === '{') depth++;
    else if (--depth === 0) return match.index + 1;
  }
  return -1;
}

/** One past the closing quote, or -1. */
function stringEnd(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34) return at + 1;
  }
  return -1;
}

/** Cuts a text that ends too early, or is damaged, behind the last complete value, and closes what is open. */
function parseRepaired(text: string): unknown {
  let safe = 0;
  let safeDepth = 0;
  const brackets: string[] = [];
  const token = /"|[[\]{},:]|(?:true|false|null|-?\d[\d.eE+-]*)(?=[\s,\]}])/g;
  let afterColon = false;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const char = match[0];
    let completed = false;
    if (char === '"') {
      const end = stringEnd(text, match.index);
      if (end < 0) break;
      token.lastIndex = end;
      completed = afterColon || brackets.at(-1) === ']';
    } else if (char === '[' || char === '{') {
      brackets.push(char === '[' ? ']' : '}');
      completed = true;
    } else if (char === ']' || char === '}') {
      if (brackets.at(-1) !== char) break;
      brackets.pop();
      completed = true;
    } else if (char === ':') afterColon = true;
    else if (char !== ',') completed = afterColon || brackets.at(-1) === ']';
    if (completed) {
      afterColon = false;
      safe = token.lastIndex;
      safeDepth = brackets.length;
      if (safeDepth === 0) break;
    }
  }
  if (safe === 0) return undefined;
  const open = brackets.slice(0, safeDepth).reverse();
  return parseJson(text.slice(0, safe) + open.join(''));
}

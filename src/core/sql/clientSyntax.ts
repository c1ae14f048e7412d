/**
 * What template languages and drivers write into SQL. None of it can be SQL: PostgreSQL has no token with braces, and
 * where an operator could be meant (`@name`) the lexer asks for a value's place first.
 */

/** Longest template expression that is looked through for its end. */
const LENGTH_LIMIT = 5000;

/** More braces within braces than that are no template: a text of nothing but braces would take long. */
const DEPTH_LIMIT = 50;

/**
 * Except for Jinja's tags none may hold a semicolon or a backslash: what ends a statement ends the search for the end of
 * a template, so that an edit cannot change the statements before it.
 */
const BRACE_TAG =
  /\{%[^]*?%\}|\{#[^]*?#\}|\{\{[-~]?\s*(?:(?:if|range|with|template|define|block)\s+[^|};\\][^};\\]*|(?:else|end)(?:\s+if\s[^};\\]*)?\s*|[#/]\s*\w[^};\\]*|config\s*\([^;\\]*?\)\s*|\/\*[^;\\]*?\*\/\s*|!--[^;\\]*?--)[-~]?\}\}/y;
/** MyBatis: an element that has attributes, or one whose name says all. */
const XML_TAG =
  /<(?:if|foreach|when|trim|bind|include|selectKey)(?:\s+\w+\s*=\s*(?:"[^";\\]*"|'[^';\\]*'))+\s*\/?>|<\/?(?:where|set|choose|otherwise|script)\s*>|<\/(?:if|foreach|when|trim|selectKey)\s*>/y;
/** `{name}`, `{0}`, `{}`: format strings. */
const SINGLE_BRACES = /\{[^{};\\\n\r]{0,200}\}/y;
/** Filled in when an extension's script is installed. */
const EXTENSION_VARIABLE = /@(?:extschema(?::\w+)?|extowner|database_owner)@/y;
/** A call or filter with quoted arguments, as in `'{{ var('day') }}'`. */
const QUOTING_VALUE = /\{\{-?\s*\w+(?:\.\w+)*\s*(?:\(|\|\s*\w+\s*\()(?:[^{}';\\\n\r]|'[^{}';\\\n\r]*')*\}\}/y;

/** A quoted name that is a template value with quotes of its own: `"{{ index .Options "schema" }}"`. */
const QUOTING_NAME = /"\{\{[^"{};\\\n\r]*(?:"[^"{};\\\n\r]*"[^"{};\\\n\r]*)+\}\}"/y;

/** The offset behind a control tag or template comment that begins at `at`, or -1. */
export function templateTagEnd(text: string, at: number): number {
  if (text[at] !== '{') return matchEnd(XML_TAG, text, at);
  const end = matchEnd(BRACE_TAG, text, at);
  // Like a comment, one that is not closed reaches to the end.
  return end < 0 && (text[at + 1] === '%' || text[at + 1] === '#') ? text.length : end;
}

/** The offset behind `{{ value }}` or `{name}` at `at`, or -1. */
export function templateValueEnd(text: string, at: number): number {
  return text[at + 1] === '{' ? balancedEnd(text, at) : matchEnd(SINGLE_BRACES, text, at);
}

export function extensionVariableEnd(text: string, at: number): number {
  return matchEnd(EXTENSION_VARIABLE, text, at);
}

/** A template value within a string whose own quotes do not end the string; -1 for any other text. */
export function quotingValueEnd(text: string, at: number): number {
  const end = matchEnd(QUOTING_VALUE, text, at);
  return end > 0 && text.slice(at, end).includes("'") ? end : -1;
}

/** The offset behind a quoted name at `at` that is a template value whose own quotes do not end it; -1 for any other. */
export function quotingNameEnd(text: string, at: number): number {
  return matchEnd(QUOTING_NAME, text, at);
}

/**
 * The offset behind the brace that closes the one at `at`, which may hold braces and strings; -1 if there is none near.
 */
export function balancedEnd(text: string, at: number): number {
  const limit = Math.min(text.length, at + LENGTH_LIMIT);
  let depth = 0;
  for (let i = at; i < limit; i++) {
    const character = text[i]!;
    if (character === ';' || character === '\\') return -1;
    if (character === '{') {
      if (++depth > DEPTH_LIMIT) return -1;
    } else if (character === '}' && --depth === 0) return i + 1;
    else if (character === "'" || character === '"' || character === '`') {
      const closing = closingQuote(text, i, limit);
      if (closing > 0) i = closing;
    }
  }
  return -1;
}

/** On the same line, or -1: an apostrophe may be just that. */
function closingQuote(text: string, at: number, limit: number): number {
  for (let i = at + 1; i < limit; i++) {
    if (text[i] === text[at]) return i;
    if (/[;\\\n\r]/.test(text[i]!)) return -1;
  }
  return -1;
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

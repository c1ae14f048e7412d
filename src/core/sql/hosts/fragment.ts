import type { SourceRange } from '../../base/sourceRange';
import { TokenKind, tokenize } from '../lexer';

/** SQL between the quotes of a host language. */
export interface Fragment {
  /** Behind the opening quote up to the closing one. */
  readonly range: SourceRange;
  /** The SQL, as long as the range: escapes and what the host computes are replaced. */
  readonly text: string;
  /** What ends it; empty for a fence or a heredoc. */
  readonly quote: string;
}

/** Finds the SQL in a text of one language. What is not certainly a whole statement is left out. */
export type FindFragments = (text: string) => Fragment[];

const OBJECT =
  `(?:or\\s+replace\\s+)?(?:global\\s+|local\\s+)?(?:temp\\w*\\s+|unlogged\\s+|unique\\s+|recursive\\s+|foreign\\s+|
  materialized\\s+|constraint\\s+|event\\s+)?(?:table|index|view|function|procedure|trigger|type|schema|extension|sequence|
  role|user|policy|domain|database|publication|subscription|rule|aggregate|operator|cast|statistics|server|tablespace|
  system|default|column|constraint|collation)\\b`.replace(/\s+/g, '');
const BEGINS_STATEMENT = new RegExp(
  [
    "select\\b(?=[^]*\\bfrom\\b|\\s+(?:[\\d(*':%$@?{#]|[\\w.]+\\s*\\())",
    'insert\\s+into\\b',
    'update\\s+(?:only\\s+)?[^]+?\\sset\\b',
    'delete\\s+from\\b',
    'merge\\s+into\\b',
    'with\\s+(?:recursive\\s+)?["\\w]+[^]*?\\bas\\s+(?:not\\s+)?(?:materialized\\s*)?\\(',
    `(?:create|alter|drop)\\s+${OBJECT}`,
    '(?:truncate|vacuum|analyze|explain|reindex|cluster)\\s+\\(?["\\w$]',
    '(?:grant|revoke)\\s+[^]+?\\s(?:to|from)\\s',
    'refresh\\s+materialized\\s+view\\b',
    'copy\\s+[^]+?\\s(?:from|to)\\s',
    'comment\\s+on\\s',
    'lock\\s+table\\b',
    'do\\s+\\$',
    'call\\s+[\\w".]+\\s*\\(',
    'values\\s*\\(',
  ]
    .map(pattern => `(?:${pattern})`)
    .join('|'),
  'iy',
);
const LEADING_COMMENTS = /(?:\s|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*/y;
const MARKER =
  /^\s*(?:--\s*(?:language=)?(?:sql|pgsql|postgres(?:ql)?)\s*(?:\r?\n|$)|\/\*\s*(?:language=)?(?:sql|pgsql)\s*\*\/)/i;

/**
 * True if the text begins as a statement does. Where it might be a sentence, one whose first word is in title case is
 * none: `Select a file from the list`.
 */
export function looksLikeSql(text: string, mayBeProse = false): boolean {
  LEADING_COMMENTS.lastIndex = 0;
  LEADING_COMMENTS.test(text);
  const start = LEADING_COMMENTS.lastIndex;
  if (mayBeProse && /^[A-Z][a-z]/.test(text.slice(start, start + 2))) return false;
  BEGINS_STATEMENT.lastIndex = start;
  return BEGINS_STATEMENT.test(text);
}

/** The text says itself that it is SQL: `-- sql` on its first line. */
export function isMarked(text: string): boolean {
  return MARKER.test(text);
}

/** True for the text of a comment of the host that says what follows is SQL. */
export function isMarkingComment(comment: string): boolean {
  return /^(?:\/\*|\/\/|#)\s*(?:language\s*=\s*)?(?:sql|pgsql|postgres(?:ql)?)\s*(?:\*\/)?\s*$/i.test(comment);
}

/** The fragment, if nothing in it would reach beyond its end. */
export function fragmentOf(range: SourceRange, text: string, quote: string, mayBeProse = false): Fragment[] {
  const closed = withClosedComment(text);
  if (!looksLikeSql(closed, mayBeProse) || isOpenEnded(closed)) return [];
  return [{ range, text: closed, quote }];
}

/** A string without an end, or a backslash, which is psql's, would take what follows the fragment along. */
function isOpenEnded(text: string): boolean {
  const { kinds, ends } = tokenize(`${text};`);
  return (
    kinds.includes(TokenKind.metaCommand) || kinds.at(-1) !== TokenKind.semicolon || ends.at(-1) !== text.length + 1
  );
}

/** A line comment at the end would hide the semicolon behind it. */
function withClosedComment(text: string): string {
  const { kinds, starts, ends } = tokenize(text);
  if (kinds.at(-1) !== TokenKind.lineComment || ends.at(-1) !== text.length) return text;
  const start = starts.at(-1)!;
  const comment = text.slice(start);
  if (comment.length < 4 || comment.includes('*/') || comment.includes('/*'))
    return text.slice(0, start) + blank(comment);
  return `${text.slice(0, start)}/*${comment.slice(2, -2)}*/`;
}

/** Spaces instead of everything but line breaks. */
export function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}

/** `\n` and `\t` become blanks, `\'` and `\\` what they mean behind a blank. The length stays. */
export function withoutEscapes(text: string): string {
  return text.replace(/\\(\r\n|[^])/g, (_, escaped: string) =>
    /^[\r\n]/.test(escaped) || /['"`\\$]/.test(escaped) ? ` ${escaped}` : '  ',
  );
}

/** What the host computes, as a placeholder: `${f("}")}` is `${f_____}`. */
export function asPlaceholder(expression: string, opening: '${' | '{' | '#{'): string {
  const inner = expression.slice(opening.length, -1).replace(/[^\w.\s]/g, '_');
  // Single braces are looked for on one line only.
  if (opening === '{' && (inner.length > 200 || /[\r\n]/.test(inner))) return `{x}${blank(expression.slice(3))}`;
  return `${opening}${inner}}`;
}

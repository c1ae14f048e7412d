import type { Fragment } from './fragment';
import { asPlaceholder, blank, fragmentOf, isMarked, isMarkingComment, withoutEscapes } from './fragment';

const CALLED =
  /(?:^|[^\w])(execute|executemany|fetch|fetchrow|fetchval|fetch_all|fetch_one|fetch_val|read_sql|read_sql_query|mogrify|text|SQL|RunSQL|raw)\s*\(\s*(?:(?:sql|query|statement)\s*=\s*)?(?:\(\s*)?$/;
const TOKEN = /#[^\n]*|[rRbBuUfF]{0,2}(?:"""|'''|"|')|\w+|\s+|[^]/y;

/** One literal of an implicit concatenation. */
interface Literal {
  /** With prefix and quotes. */
  readonly start: number;
  readonly end: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly prefix: string;
  readonly quote: string;
}

/** Strings passed to a function that runs SQL, or marked as SQL by a comment before or within them. */
export function findInPython(text: string): Fragment[] {
  const fragments: Fragment[] = [];
  let comment = '';
  let codeEnd = 0;
  for (let at = 0; at < text.length;) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)![0];
    const quote = /["']+$/.exec(token)?.[0];
    if (/^\s/.test(token)) at += token.length;
    else if (token.startsWith('#')) {
      comment = token;
      at += token.length;
    } else if (quote) {
      const literals = literalsAt(text, at);
      const last = literals.at(-1);
      if (last) fragments.push(...read(text, literals, text.slice(Math.max(0, codeEnd - 100), at), comment));
      at = last?.end ?? at + token.length;
      codeEnd = at;
      comment = '';
    } else {
      at += token.length;
      codeEnd = at;
      // `# sql` stands on the line before `query = "..."`.
      if (text.slice(0, at).endsWith(')')) comment = '';
      else if (!isMarkingComment(comment) || text.slice(codeEnd).startsWith('\n')) comment = '';
    }
  }
  return fragments;
}

function read(text: string, literals: readonly Literal[], before: string, comment: string): Fragment[] {
  const first = literals[0]!;
  const last = literals.at(-1)!;
  const content = text.slice(first.contentStart, first.contentEnd);
  const isCalled = CALLED.test(before) && !(/\btext\s*\(\s*$/.test(before) && !/\bsqlalchemy\b/.test(text));
  if (!isCalled && !isMarkingComment(comment) && !isMarked(content)) return [];
  if (literals.some(({ prefix }) => prefix.includes('b'))) return [];
  // The rest of the statement is computed.
  if (/^\s*(?:\)\s*)?(?:\+|\.(?!format\b|strip\b))/.test(text.slice(last.end, last.end + 100))) return [];
  const parts: string[] = [];
  let at = first.contentStart;
  for (const literal of literals) {
    parts.push(blank(text.slice(at, literal.contentStart)), readLiteral(text, literal));
    at = literal.contentEnd;
  }
  return fragmentOf(
    { start: first.contentStart, end: last.contentEnd },
    parts.join(''),
    last.quote,
    /\b(?:text|fetch|raw|SQL)\s*\(/.test(before),
  );
}

function readLiteral(text: string, { contentStart, contentEnd, prefix }: Literal): string {
  const content = text.slice(contentStart, contentEnd);
  const cooked = prefix.includes('r') ? content : withoutEscapes(content);
  return prefix.includes('f') ? withFields(cooked) : cooked;
}

/** `{x}` of an f-string is a placeholder, `{{` a brace. */
function withFields(text: string): string {
  return text.replace(/\{\{|\}\}|\{(?:[^{}]|\{[^{}]*\})*\}/g, field =>
    field === '{{' ? '{ ' : field === '}}' ? ' }' : asPlaceholder(field, '{'),
  );
}

/** The literals that follow each other with nothing but blanks and comments between. */
function literalsAt(text: string, from: number): Literal[] {
  const literals: Literal[] = [];
  const opening = /(?:\s|\\\r?\n|#[^\n]*\n)*([rRbBuUfF]{0,2})("""|'''|"|')/y;
  for (let at = from; ;) {
    opening.lastIndex = at;
    const match = opening.exec(text);
    // A new line outside parentheses ends the statement; inside them it does not, and a string there is what follows.
    if (!match || (literals.length > 0 && /^[^(]*\n/.test(match[0]) && !isInParentheses(text, from))) return literals;
    const contentStart = opening.lastIndex;
    const [, prefix = '', quote = ''] = match;
    const contentEnd = contentEndOf(text, contentStart, quote);
    if (contentEnd < 0) return literals;
    at = contentEnd + quote.length;
    const start = contentStart - quote.length - prefix.length;
    literals.push({ start, end: at, contentStart, contentEnd, prefix: prefix.toLowerCase(), quote });
  }
}

function isInParentheses(text: string, at: number): boolean {
  return /[([,]\s*$|[([]\s*(?:\w+\s*=\s*)?$/.test(text.slice(Math.max(0, at - 100), at));
}

function contentEndOf(text: string, from: number, quote: string): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text.startsWith(quote, i)) return i;
    else if (text[i] === '\n' && quote.length === 1) return -1;
  }
  return -1;
}

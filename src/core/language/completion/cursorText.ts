import type { SourceRange } from '../../base/sourceRange';
import { Lexer, TokenKind } from '../../sql/lexer';
import type { LanguageScript } from '../place';
import { bodyAround } from './cursorBody';
import type { CursorBody } from './cursorBody';
import { CURSOR_NAME, CursorTokens } from './cursorTokens';

/** A statement as it is being typed. */
export interface CursorStatement {
  readonly tokens: CursorTokens;
  /** What is typed of the word, without an opening quote. */
  readonly prefix: string;
  /** How the word begins: a string or a quoted name has been opened, or nothing. */
  readonly quote: '' | '"' | "'";
  /** What a proposal replaces, in offsets of the document. */
  readonly range: SourceRange;
  /** The function's body around it, with its variables. */
  readonly body?: CursorBody;
  /** The text of the document before the statement, for how its keywords are written. */
  readonly before: string;
}

/** Longer statements are data. */
const MAX_LENGTH = 200_000;

/** The statement around an offset of the document; undefined in comments, and where no name or value can stand. */
export function cursorStatementAt(script: LanguageScript, offset: number): CursorStatement | undefined {
  const { start, end } = segmentAt(script, offset);
  if (end - start > MAX_LENGTH) return undefined;
  const before = script.text.slice(Math.max(0, start - 2000), start);
  return read(script.text.slice(start, end), offset - start, start, before);
}

/** From the statement's start, or what precedes the cursor since the last one, to the statement's end. */
function segmentAt({ text, statements }: LanguageScript, offset: number): SourceRange {
  let low = 0;
  let high = statements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (statements[middle]!.range.start <= offset) low = middle + 1;
    else high = middle;
  }
  const range = statements[low - 1]?.range;
  if (!range) return { start: 0, end: offset };
  if (offset <= range.end) return range;
  const lexer = new Lexer(text.slice(range.end, offset));
  while (lexer.next()) if (lexer.kind === TokenKind.semicolon) return { start: range.end + lexer.end, end: offset };
  return { start: range.start, end: offset };
}

function read(
  text: string,
  offset: number,
  start: number,
  before: string,
  body?: CursorBody,
): CursorStatement | undefined {
  const lexer = new Lexer(text.slice(0, offset));
  let word: { from: number; quote: '' | '"' | "'" } = { from: offset, quote: '' };
  while (lexer.next()) {
    if (lexer.end < offset) continue;
    switch (lexer.kind) {
      case TokenKind.lineComment:
        return undefined;
      case TokenKind.blockComment:
      case TokenKind.templateTag:
        if (lexer.unterminated) return undefined;
        break;
      case TokenKind.dollarString:
      case TokenKind.string: {
        if (!lexer.unterminated) break;
        const inner = bodyAround(text, lexer.start, offset);
        if (inner) {
          const { range } = inner;
          const own = text.slice(range.start, range.end);
          return read(own, offset - range.start, start + range.start, before, inner);
        }
        if (text[lexer.start] !== "'") return undefined;
        word = { from: lexer.start, quote: "'" };
        break;
      }
      case TokenKind.quotedIdentifier:
        if (lexer.unterminated) word = { from: lexer.start, quote: '"' };
        break;
      case TokenKind.word:
        word = { from: lexer.start, quote: '' };
        break;
      case TokenKind.number:
      case TokenKind.metaCommand:
      case TokenKind.parameter:
        return undefined;
      case TokenKind.placeholder:
        if (!/[?}]$/.test(text.slice(lexer.start, lexer.end))) return undefined;
        break;
      default:
    }
  }
  const { from, quote } = word;
  const prefix = text.slice(from + quote.length, offset);
  const end = offset + restOfWord(text.slice(offset), quote);
  // A word is replaced up to the cursor, as editors do; what is quoted, with its end.
  const range = { start: start + from, end: start + (quote === '' ? offset : end) };
  const around = `${text.slice(0, from)} ${CURSOR_NAME} ${text.slice(end)}`;
  const tokens = new CursorTokens(around, from + 1);
  if (tokens.cursor < 0) return undefined;
  return { tokens, prefix, quote, range, before, ...(body && { body }) };
}

/** How much of what follows the cursor belongs to the word. */
function restOfWord(text: string, quote: string): number {
  const pattern = quote === '' ? /^[\w$]*/ : quote === '"' ? /^[^"\n\s,()]*"/ : /^[^'\n,()]*'/;
  return pattern.exec(text)?.[0].length ?? 0;
}

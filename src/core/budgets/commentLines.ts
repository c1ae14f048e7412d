import type { SourceRange } from '../base/sourceRange';
import { TokenKind, tokenize } from '../sql/lexer';

/** One line of a comment, without what marks it as one. Offsets of the document. */
export interface CommentLine {
  /** Of what is said, without the blanks around it. */
  readonly range: SourceRange;
  /** The whole comment: several lines of a block comment share it. */
  readonly comment: SourceRange;
  readonly isBlock: boolean;
  /** A blank line, or something that is no comment, lies between it and the line before. */
  readonly beginsParagraph: boolean;
}

const COPY_DATA = /^copy\b[^]*\bfrom\s+stdin\b/i;

/** The lines of the comments in a stretch of a document in which no statement is. */
export function commentLines(text: string, gap: SourceRange): CommentLine[] {
  const part = text.slice(gap.start, gap.end);
  const { kinds, starts, ends } = tokenize(part);
  const lines: CommentLine[] = [];
  let previousEnd = -1;
  kinds.forEach((kind, i) => {
    const isBlock = kind === TokenKind.blockComment;
    if (!isBlock && kind !== TokenKind.lineComment) return;
    const comment = { start: gap.start + starts[i]!, end: gap.start + ends[i]! };
    const { start, end } = comment;
    const between = previousEnd < 0 ? '\n\n' : text.slice(previousEnd, start);
    const isApart = previousEnd < 0 || between.trim() !== '' || /\n[ \t\r]*\n/.test(between);
    previousEnd = end;
    const own = isBlock
      ? linesOfBlock(text, { start, end })
      : [trimmed(text, { start: start + 2, end })].filter(({ start: from, end: to }) => to > from);
    own.forEach((range, n) => lines.push({ range, comment, isBlock, beginsParagraph: n === 0 && isApart }));
  });
  return lines;
}

/** Where comments between two statements may begin: behind the first one and the data of a COPY. */
export function gapAfter(text: string, statement: SourceRange | undefined): number {
  if (!statement) return 0;
  const isCopy = text.slice(statement.start, statement.start + 4).toLowerCase() === 'copy';
  if (!isCopy || !COPY_DATA.test(text.slice(statement.start, statement.end))) return statement.end;
  const end = /^\\\.[ \t]*\r?$/gm;
  end.lastIndex = statement.end;
  return end.test(text) ? end.lastIndex : statement.end;
}

function linesOfBlock(text: string, { start, end }: SourceRange): SourceRange[] {
  const inner = { start: start + 2, end: text.endsWith('*/', end) ? end - 2 : end };
  const lines: SourceRange[] = [];
  for (let at = inner.start; at <= inner.end;) {
    const lineBreak = text.slice(at, inner.end).search(/[\r\n]/);
    const lineEnd = lineBreak < 0 ? inner.end : at + lineBreak;
    const star = /^[ \t]*\*+(?!\/)/.exec(text.slice(at, lineEnd));
    const line = trimmed(text, { start: at + (star?.[0].length ?? 0), end: lineEnd });
    if (line.end > line.start) lines.push(line);
    at = lineEnd + 1;
  }
  return lines;
}

function trimmed(text: string, { start, end }: SourceRange): SourceRange {
  const line = text.slice(start, end);
  const content = line.trim();
  const from = start + (line.length - line.trimStart().length);
  return { start: from, end: from + content.length };
}

import type { SourceLine } from './sourceLine';
import { linesFrom, relabel } from './sourceLine';
import { fromSingleColumnCsv } from './unframeCsv';
import { fromAsciiDoc, fromHtml, fromLatex, isAsciiDoc, isLatex } from './unframeMarkup';

/** Between two plans of one text: psql prints a header above each result. */
export const PLAN_BREAK = '\f';

/**
 * Takes the EXPLAIN output out of what a client drew around it: psql's table frames in all its formats and line
 * styles, CSV quoting, HTML, the quotes of pgAdmin and of program code. Where a header tells that a new result
 * begins, a line with {@link PLAN_BREAK} is left.
 */
export function unframe(lines: readonly SourceLine[]): SourceLine[] {
  return joinWrapped(fromClient(lines).flatMap(stripFrame));
}

function fromClient(lines: readonly SourceLine[]): readonly SourceLine[] {
  const first =
    lines
      .find(line => line.text.trim() !== '')
      ?.text.trimStart()
      .charAt(0) ?? '';
  if (lines.some(line => /<t[dh][\s>]|^(?:\s|&nbsp;)*-&gt;|^\s*<(?:pre|html)\b/i.test(line.text)))
    return fromHtml(lines);
  if (isAsciiDoc(lines)) return fromAsciiDoc(lines);
  if (isLatex(lines))
    return fromLatex(lines).flatMap(line => linesFrom(line.text.replace(/\\\\ {2}|\\\\(?=[\]}])/g, '\n  '), line.line));
  // A row a line, as a list or tuples in the source of a program: ('Sort ...',) or "Sort ...",
  if (mostly(lines, /^[\s[(]*'.*'[\s,)\]]*$/)) {
    return lines.map(line => relabel(line, line.text.replace(/^[\s[(]*'(.*)'[\s,)\]]*$/, '$1')));
  }
  if (mostly(lines, /^[\s[(]+"(?!").*"[\s,)\]]*$/) && first !== '{') {
    return lines.map(line => relabel(line, line.text.replace(/^[\s[(]+"(.*)"[\s,)\]]*$/, '$1')));
  }
  if (first !== '[' && first !== '{' && lines.some(line => /^"(.*"[;,]?|\s*[[{<-].*)?$/.test(line.text))) {
    return fromSingleColumnCsv(lines);
  }
  return lines;
}

/** True if nine of ten lines that have text look like `shape`. */
function mostly(lines: readonly SourceLine[], shape: RegExp): boolean {
  const content = lines.filter(line => line.text.trim() !== '');
  return content.length > 0 && content.filter(line => shape.test(line.text)).length / content.length >= 0.9;
}

const RULE_LINE = /^[-+=|\u2500-\u257F\s]{3,}$/;
const RECORD_LINE = /^[-*\u2500-\u257F+|]*\[ ?(?:RECORD|\p{Lu}[\p{L}]+) \d+ ?\][-+\u2500-\u257F*|]*\s*$/u;
const FOOTER = /^\s*\(\d+ \p{L}+\)\s*$/u;
const BAR = /^[|│║]/;
/** psql's marks of a line end inside a value; some clients leave them behind. */
const CONTINUED = /[+↵¤]$/;
const HEADER = /^"?(?:QUERY[ _]PLAN)"?$/i;

function stripFrame(line: SourceLine): SourceLine[] {
  const { text } = line;
  if (text === PLAN_BREAK) return [line];
  if (isRule(text) || RECORD_LINE.test(text) || FOOTER.test(text)) return [];
  const inner = stripBars(text);
  if (HEADER.test(inner.trim())) return [relabel(line, PLAN_BREAK)];
  const end = inner.trimEnd();
  return [relabel(line, CONTINUED.test(end) ? end.slice(0, -1) : inner)];
}

function isRule(text: string): boolean {
  return /[-=\u2500-\u257F]{2}/.test(text) && RULE_LINE.test(text);
}

function stripBars(text: string): string {
  const start = text.trimStart();
  // `\x` puts the column's name before the first line of each value and blanks before the others.
  const expanded = /^(?:[|│║] ?)?(?:QUERY PLAN\s*|\s{9,})[|│║] ?/.exec(text);
  const framed = expanded !== null || BAR.test(start);
  if (!framed) return text;
  const rest = expanded ? text.slice(expanded[0].length) : start.slice(1);
  const end = rest.trimEnd();
  return BAR.test(end.slice(-1)) ? end.slice(0, -1).trimEnd() : end;
}

/** psql `\pset format wrapped` cuts long lines and marks both sides of the cut. */
function joinWrapped(lines: readonly SourceLine[]): SourceLine[] {
  const result: SourceLine[] = [];
  let parts: string[] = [];
  let first: SourceLine | undefined;
  const flush = () => {
    if (first) result.push(relabel(first, parts.length === 1 ? first.text : parts.join('')));
  };
  for (const line of lines) {
    const start = line.text.trimStart();
    const mark = start.charAt(0);
    const before = parts.at(-1);
    if (before !== undefined && (mark === '.' || mark === '…') && before.endsWith(mark)) {
      parts[parts.length - 1] = before.slice(0, -1);
      parts.push(start.slice(1));
    } else {
      flush();
      first = line;
      parts = [line.text];
    }
  }
  flush();
  return result;
}

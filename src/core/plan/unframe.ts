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
  const texts = lines.map(line => line.text.trim()).filter(text => text !== '');
  const first = texts[0]?.charAt(0) ?? '';
  if (texts.some(text => /<t[dh][\s>]|^(?:&nbsp;){0,80}-&gt;|^<(?:pre|html)\b/i.test(text))) return fromHtml(lines);
  if (isAsciiDoc(lines)) return fromAsciiDoc(lines);
  if (isLatex(lines)) {
    // A line end inside a value is written out; JSON needs none of them.
    return fromLatex(lines).flatMap(line => linesFrom(line.text.replace(/\\\\ {2}|\\\\(?=[\]}])/g, '\n  '), line.line));
  }
  // A row a line, as a list or tuples in the source of a program: ('Sort ...',) or "Sort ...",
  if (mostly(texts, /^[[(]*'.*'[\s,)\]]*$/)) {
    return lines.map(line => relabel(line, line.text.replace(/^[\s[(]*'(.*)'[\s,)\]]*$/, '$1')));
  }
  if (mostly(texts, /^[[(]*"(?!").*"[\s,)\]]*$/) && lines.some(line => /^[\s[(]+"/.test(line.text)) && first !== '{') {
    return lines.map(line => relabel(line, line.text.replace(/^[\s[(]*"(.*)"[\s,)\]]*$/, '$1')));
  }
  if (first !== '[' && first !== '{' && lines.some(line => /^"(.*"[;,]?|\s*[[{<-].*)?$/.test(line.text))) {
    return fromSingleColumnCsv(lines);
  }
  return lines;
}

/** True if nine of ten texts look like `shape`. */
function mostly(texts: readonly string[], shape: RegExp): boolean {
  return texts.length > 0 && texts.filter(text => shape.test(text)).length / texts.length >= 0.9;
}

const RULE_LINE = /^[-+=|\u2500-\u257F\s]{3,}$/;
const RECORD_LINE = /^[-*\u2500-\u257F+|]*\[ ?(?:RECORD|\p{Lu}[\p{L}]+) \d+ ?\][-+\u2500-\u257F*|]*$/u;
const FOOTER = /^\(\d+ \p{L}+\)$/u;
const BAR = /^[|│║]/;
/** What lines of frames begin with, and no line of a plan in text, JSON, YAML or XML but for arrows and members. */
const FRAME = /^[-+=|*\u2500-\u257F(["Qq]/;
/** psql's marks of a line end inside a value; some clients leave them behind. */
const CONTINUED = /[+↵¤]$/;
const HEADER = /^"?(?:QUERY[ _]PLAN)"?$/i;

function stripFrame(line: SourceLine): SourceLine[] {
  const { text } = line;
  if (text === PLAN_BREAK) return [line];
  const trimmed = text.trim();
  const mayFrame = FRAME.test(trimmed);
  if (mayFrame && (isRule(trimmed) || RECORD_LINE.test(trimmed) || FOOTER.test(trimmed))) return [];
  const inner = mayFrame ? stripBars(text) : text;
  if (mayFrame && HEADER.test(inner.trim())) return [relabel(line, PLAN_BREAK)];
  const end = inner.trimEnd();
  return [relabel(line, CONTINUED.test(end.slice(-1)) ? end.slice(0, -1) : inner)];
}

function isRule(text: string): boolean {
  return RULE_LINE.test(text) && /[-=\u2500-\u257F]{2}/.test(text);
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

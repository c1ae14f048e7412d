import type { SourceLine } from './sourceLine';
import { ARROW, beginsItem, looksLikeNode, splitFigures } from './textLines';
import { PLAN_BREAK } from './unframe';

/** Figures that a line end cut: `(`, `(cos`, `(actual time=0.1..`. */
const OPEN_FIGURES =
  /\((?:c(?:o(?:s(?:t(?:=[^()]{0,200})?)?)?)?|a(?:c(?:t(?:u(?:a(?:l[^()]{0,200})?)?)?)?)?|n(?:e(?:v(?:e(?:r[^()]{0,20})?)?)?)?)?$/;

/**
 * Puts lines together that terminals, mail and chat programs broke. A line that begins nothing of its own continues
 * the one before if that one stops in the middle: inside figures, brackets or quotes, or at the width of the text.
 */
export function joinBrokenLines(lines: readonly SourceLine[]): SourceLine[] {
  const { width, isShared } = breakingWidth(lines);
  const result: Joined[] = [];
  let inPlan = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (!line) continue;
    const text = line.text.trim();
    if (line.text === PLAN_BREAK) inPlan = false;
    const last = result.at(-1);
    const mayGoOn = inPlan && last?.inQuotes === true && !(last.isCut && isShared);
    const inside = mayGoOn ? linesOfText(lines, i, last) : 0;
    if (last && inside > 0) {
      for (const each of lines.slice(i, i + inside)) last.add('\n', each.text);
      i += inside - 1;
      continue;
    }
    const separator = inPlan && last && text !== '' ? continues(last, line.text, text) : undefined;
    if (last && separator !== undefined) last.add(separator, separator === '' && !last.isFigures() ? line.text : text);
    else result.push(new Joined(line, line.text.length >= width - 1));
    inPlan ||= beginsPlan(text);
  }
  return result.map(each => each.finish());
}

/** Lines of a text within a literal, which may look like anything. */
const MAX_LITERAL_LINES = 50;

/** How many lines complete the literal that is open, if after them everything is closed; otherwise 0. */
function linesOfText(lines: readonly SourceLine[], from: number, last: Joined): number {
  if (last.isNode) return 0;
  let state = last.state;
  for (let i = from; i < Math.min(lines.length, from + MAX_LITERAL_LINES); i++) {
    const text = lines[i]?.text ?? '';
    if (text === PLAN_BREAK || (ARROW.test(text.trim()) && splitFigures(text))) return 0;
    state = scan(text, state);
    if (state.quote === '') return state.depth === 0 ? i - from + 1 : 0;
  }
  return 0;
}

/** True for a first node, also if its figures are cut off: `Sort  (cos`. */
function beginsPlan(text: string): boolean {
  if (splitFigures(text) !== undefined || ARROW.test(text) || looksLikeNode(text)) return true;
  const cut = OPEN_FIGURES.exec(text);
  return cut !== null && looksLikeNode(text.slice(0, cut.index).trim());
}

/**
 * The width at which something broke the lines: the greatest length that several lines share, else that of the
 * longest. Below 40 columns nobody reads plans.
 */
function breakingWidth(lines: readonly SourceLine[]): { readonly width: number; readonly isShared: boolean } {
  const counts = new Map<number, number>();
  let longest = 40;
  for (const { text } of lines) {
    longest = Math.max(longest, text.length);
    if (text.length >= 40) counts.set(text.length, (counts.get(text.length) ?? 0) + 1);
  }
  const shared = [...counts].filter(([, count]) => count >= 3).map(([length]) => length);
  const isShared = shared.length > 0;
  return { width: isShared ? Math.max(...shared) : longest, isShared };
}

/** Figures to their end: nothing belongs behind them but further figures. */
const CLOSED_FIGURES = /\((?:cost ?=|actual|never ?executed)[^()]{0,200}\)$/;

const SQL_WORD = /^(?:AND|OR|NOT|IS|THEN|ELSE|WHEN|END|ANY|ALL|DESC|NULLS|USING|COLLATE)\b/;

/** What to put between the two lines, or undefined if the second does not continue the first. */
function continues(last: Joined, raw: string, text: string): string | undefined {
  const startsWithFigures = /^\((?:cost=|actual |never )/.test(text);
  if (startsWithFigures) return last.isNode ? ' ' : undefined;
  if (last.isFigures()) return ARROW.test(text) || /^[A-Z][\w ]+: /.test(text) ? undefined : '';
  if (last.isNode && last.isCut && !ARROW.test(text) && splitFigures(text)) return '';
  if (beginsItem(text) || last.isComplete()) return undefined;
  // A word of SQL never follows another text directly: the blank between them was dropped.
  if (last.isCut) return SQL_WORD.test(raw) && !/\s$/.test(last.lastPart.slice(-1)) ? ' ' : '';
  if (/^\s/.test(raw) && last.isNode && splitFigures(text)) return ' ';
  if (last.inQuotes) return '\n';
  if (last.state.depth > 0 || /[,=]\s*$/.test(last.lastPart)) return ' ';
  return undefined;
}

/** What is open at the end of a text. */
interface Open {
  readonly quote: string;
  readonly depth: number;
}

function scan(text: string, open: Open): Open {
  let { quote, depth } = open;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '(' || char === '[') depth++;
    else if ((char === ')' || char === ']') && depth > 0) depth--;
  }
  return { quote, depth };
}

/** A line with what continues it; what is open at its end is known without looking at all of it again. */
class Joined {
  readonly isNode: boolean;
  state: Open = { quote: '', depth: 0 };
  private readonly parts: string[];
  private readonly first: SourceLine;

  constructor(
    first: SourceLine,
    public isCut: boolean,
  ) {
    this.first = first;
    this.parts = [first.text];
    this.isNode =
      ARROW.test(first.text.trim()) ||
      splitFigures(first.text) !== undefined ||
      OPEN_FIGURES.test(first.text.trimEnd().slice(-400));
    this.state = scan(first.text, this.state);
  }

  get lastPart(): string {
    return this.parts.at(-1) ?? '';
  }

  get inQuotes(): boolean {
    return this.state.quote !== '';
  }

  isFigures(): boolean {
    return this.isNode && OPEN_FIGURES.test(this.end());
  }

  isComplete(): boolean {
    return this.isNode && CLOSED_FIGURES.test(this.end());
  }

  private end(): string {
    return this.parts.slice(-8).join('').trimEnd().slice(-400);
  }

  add(separator: string, text: string): void {
    this.parts.push(separator, text);
    // The next line continues this one too only if this one reaches the width.
    this.isCut = this.isCut && text.length >= this.first.text.length - 1;
    this.state = scan(text, this.state);
  }

  finish(): SourceLine {
    return this.parts.length === 1 ? this.first : { text: this.parts.join(''), line: this.first.line };
  }
}

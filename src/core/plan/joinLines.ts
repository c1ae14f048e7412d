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
  const width = breakingWidth(lines);
  const result: Joined[] = [];
  let inPlan = false;
  for (const line of lines) {
    const text = line.text.trim();
    if (line.text === PLAN_BREAK) inPlan = false;
    const last = result.at(-1);
    const separator = inPlan && last && text !== '' ? continues(last, line.text, text) : undefined;
    if (last && separator !== undefined) last.add(separator, separator === '' && !last.isFigures() ? line.text : text);
    else result.push(new Joined(line, line.text.length >= width - 1));
    inPlan ||= beginsPlan(text);
  }
  return result.map(each => each.finish());
}

/** True for a first node, also if its figures are cut off: `Sort  (cos`. */
function beginsPlan(text: string): boolean {
  if (splitFigures(text) !== undefined || ARROW.test(text)) return true;
  const cut = OPEN_FIGURES.exec(text);
  return cut !== null && looksLikeNode(text.slice(0, cut.index).trim());
}

/**
 * The width at which something broke the lines: the greatest length that several lines share, else that of the
 * longest. Below 40 columns nobody reads plans.
 */
function breakingWidth(lines: readonly SourceLine[]): number {
  const counts = new Map<number, number>();
  let longest = 40;
  for (const { text } of lines) {
    longest = Math.max(longest, text.length);
    if (text.length >= 40) counts.set(text.length, (counts.get(text.length) ?? 0) + 1);
  }
  const shared = [...counts].filter(([, count]) => count >= 3).map(([length]) => length);
  return shared.length > 0 ? Math.max(...shared) : longest;
}

/** What to put between the two lines, or undefined if the second does not continue the first. */
function continues(last: Joined, raw: string, text: string): string | undefined {
  const startsWithFigures = /^\((?:cost=|actual |never )/.test(text);
  if (startsWithFigures) return last.isNode ? ' ' : undefined;
  if (last.isFigures()) return ARROW.test(text) || /^[A-Z][\w ]+: /.test(text) ? undefined : '';
  if (last.isNode && last.isCut && !ARROW.test(text) && splitFigures(text)) return '';
  if (beginsItem(text)) return undefined;
  if (last.isCut) return '';
  if (/^\s/.test(raw) && last.isNode && splitFigures(text)) return ' ';
  if (last.inQuotes) return '\n';
  if (last.depth > 0 || /[,=]\s*$/.test(last.lastPart)) return ' ';
  return undefined;
}

/** A line with what continues it; what is open at its end is known without looking at all of it again. */
class Joined {
  readonly isNode: boolean;
  private readonly parts: string[];
  private quote = '';
  depth = 0;
  isCut: boolean;

  constructor(
    private readonly first: SourceLine,
    isCut: boolean,
  ) {
    this.parts = [first.text];
    this.isCut = isCut;
    this.isNode =
      ARROW.test(first.text.trim()) ||
      splitFigures(first.text) !== undefined ||
      OPEN_FIGURES.test(first.text.trimEnd());
    this.scan(first.text);
  }

  get lastPart(): string {
    return this.parts.at(-1) ?? '';
  }

  get inQuotes(): boolean {
    return this.quote !== '';
  }

  isFigures(): boolean {
    if (!this.isNode) return false;
    const tail = this.parts.slice(-8).join('').trimEnd();
    return OPEN_FIGURES.test(tail.slice(-400));
  }

  add(separator: string, text: string): void {
    this.parts.push(separator, text);
    // The next line continues this one too only if this one reaches the width.
    this.isCut = this.isCut && text.length >= this.first.text.length - 1;
    this.scan(text);
  }

  finish(): SourceLine {
    return this.parts.length === 1 ? this.first : { text: this.parts.join(''), line: this.first.line };
  }

  private scan(text: string): void {
    for (const char of text) {
      if (this.quote !== '') {
        if (char === this.quote) this.quote = '';
      } else if (char === "'" || char === '"') this.quote = char;
      else if (char === '(' || char === '[') this.depth++;
      else if ((char === ')' || char === ']') && this.depth > 0) this.depth--;
    }
  }
}

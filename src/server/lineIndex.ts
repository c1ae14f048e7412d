import type { Position, Range } from 'vscode-languageserver';
import type { SourceRange } from '../core/base/sourceRange';

const LF = 10;
const CR = 13;

/** A text as far as its line breaks are looked for: a string, or one that is kept in pieces. */
export interface Characters {
  readonly length: number;
  charCodeAt(offset: number): number;
}

/**
 * Line starts of a text, kept up to date edit by edit: an edit costs the lines it touches plus one addition for each
 * line after it, never a scan of the whole text.
 *
 * Line ends are LF, CRLF and a lone CR, as the Language Server Protocol has them.
 */
export class LineIndex {
  #starts: number[];
  #text: Characters;

  constructor(text: string) {
    this.#text = text;
    this.#starts = [0].concat(lineStarts(text, 1, text.length));
  }

  /** Of the text, in UTF-16 code units. */
  get length(): number {
    return this.#text.length;
  }

  /** The text is kept elsewhere from now on; it is the same. */
  keepTextIn(text: Characters): void {
    this.#text = text;
  }

  get lineCount(): number {
    return this.#starts.length;
  }

  /** The offset a position means; positions past the end of a line or of the text mean that end. */
  offsetAt(position: Position): number {
    const start = this.#starts[Math.max(0, position.line)];
    if (start === undefined) return this.#text.length;
    const next = this.#starts[position.line + 1];
    let end = next ?? this.#text.length;
    // a position inside the line break means the end of the line
    while (next !== undefined && end > start && isBreak(this.#text.charCodeAt(end - 1))) end--;
    return Math.min(start + Math.max(0, position.character), end);
  }

  positionAt(offset: number): Position {
    const clamped = Math.max(0, Math.min(offset, this.#text.length));
    const line = firstAbove(this.#starts, clamped) - 1;
    return { line, character: clamped - (this.#starts[line] ?? 0) };
  }

  rangeOf(range: SourceRange): Range {
    return { start: this.positionAt(range.start), end: this.positionAt(range.end) };
  }

  /** Takes over an edit: `range` of the old text became `insertedLength` code units; `newText` is the whole text now. */
  edit(range: SourceRange, insertedLength: number, newText: Characters): void {
    const starts = this.#starts;
    const delta = insertedLength - (range.end - range.start);
    // Whether a line starts at s depends on the code units before and at s: starts in [start, end] are looked at again.
    const keep = Math.max(1, firstAbove(starts, range.start - 1));
    const drop = firstAbove(starts, range.end);
    const fresh = lineStarts(newText, Math.max(1, range.start), range.start + insertedLength);
    if (fresh.length === drop - keep) {
      for (let i = 0; i < fresh.length; i++) starts[keep + i] = fresh[i] ?? 0;
      if (delta !== 0) for (let i = drop; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + delta;
    } else {
      const tail = starts.slice(drop);
      starts.length = keep;
      for (const start of fresh) starts.push(start);
      for (const start of tail) starts.push(start + delta);
    }
    this.#text = newText;
  }
}

/** Line starts s with from <= s <= to. */
function lineStarts(text: Characters, from: number, to: number): number[] {
  const found: number[] = [];
  for (let start = from; start <= to; start++) {
    const before = text.charCodeAt(start - 1);
    if (before === LF || (before === CR && text.charCodeAt(start) !== LF)) found.push(start);
  }
  return found;
}

/** Index of the first entry greater than `value` in an ascending list. */
function firstAbove(list: readonly number[], value: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] ?? Infinity) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function isBreak(code: number): boolean {
  return code === LF || code === CR;
}

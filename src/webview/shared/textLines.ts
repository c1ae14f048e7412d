/** A part of a text that is shown in one row of the page. */
export interface TextLine {
  readonly start: number;
  /** Without the line break. */
  readonly end: number;
  /** From 1; a row that continues the line above has none. */
  readonly number?: number;
}

/**
 * The rows that a text takes when lines longer than `columns` characters go on in the next row. Every row has the
 * same height then, so that only those in sight need to be drawn; one line of five million characters is no worse than
 * thousands of short ones.
 */
export function wrapLines(text: string, columns: number): TextLine[] {
  const lines: TextLine[] = [];
  let start = 0;
  for (let number = 1; ; number++) {
    const breakAt = text.indexOf('\n', start);
    const next = breakAt < 0 ? text.length : breakAt;
    const end = next > start && text[next - 1] === '\r' ? next - 1 : next;
    wrapLine(text, { start, end, number }, columns, lines);
    if (breakAt < 0) return lines;
    start = breakAt + 1;
  }
}

/** Breaks after the last blank or comma of the row, unless that wastes more than a third of it. */
function wrapLine(text: string, line: TextLine, columns: number, lines: TextLine[]): void {
  let { start } = line;
  let number = line.number;
  while (line.end - start > columns) {
    let end = start + columns;
    const floor = start + Math.ceil((columns * 2) / 3);
    for (let at = end; at > floor; at--) {
      if (text[at - 1] === ' ' || text[at - 1] === ',') {
        end = at;
        break;
      }
    }
    const last = text.charCodeAt(end - 1);
    if (last >= 0xd800 && last <= 0xdbff && end - 1 > start) end--;
    lines.push({ start, end, number });
    start = end;
    number = undefined;
  }
  lines.push({ start, end: line.end, number });
}

/** Index of the row that holds the character at `offset`. */
export function lineAt(lines: readonly TextLine[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Where `wanted` stands in the text, whatever the case of its letters; at most `most` places. */
export function findAll(text: string, wanted: string, most = 10_000): number[] {
  const found: number[] = [];
  if (wanted === '') return found;
  const pattern = new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
  for (const match of text.matchAll(pattern)) {
    found.push(match.index);
    if (found.length >= most) break;
  }
  return found;
}

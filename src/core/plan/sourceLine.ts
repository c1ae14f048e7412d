/** A line on its way out of frames and logs; `line` is where it stood in the input, from 1. */
export interface SourceLine {
  readonly text: string;
  readonly line: number;
}

/** Lines of a text, with every kind of line end, blank and mark that copying leaves made plain. */
export function splitLines(text: string): SourceLine[] {
  return text
    .replace(/[\uFEFF\u200B\0]/g, '')
    .replace(/\r\n?|[\u2028\u2029\f\v]/g, '\n')
    .replace(/[\u00A0\u2007\u202F]/g, ' ')
    .split('\n')
    .map((line, index) => ({ text: line, line: index + 1 }));
}

/** The same place in the input with other text. */
export function relabel(line: SourceLine, text: string): SourceLine {
  return text === line.text ? line : { text, line: line.line };
}

/** Several lines that stood in one place of the input, or follow each other from there. */
export function linesFrom(text: string, first: number): SourceLine[] {
  return text.split('\n').map((part, index) => ({ text: part, line: first + index }));
}

export function joinText(lines: readonly SourceLine[]): string {
  return lines.map(line => line.text).join('\n');
}

/** Finds the line of an offset in what {@link joinText} gave. */
export function lineLocator(lines: readonly SourceLine[]): (offset: number) => number {
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.text.length + 1;
  }
  return offset => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return lines[low]?.line ?? 1;
  };
}

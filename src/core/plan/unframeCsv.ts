import type { SourceLine } from './sourceLine';
import { linesFrom } from './sourceLine';

/** A field of a CSV record and the line it starts in. */
export interface CsvField {
  readonly text: string;
  readonly line: number;
}

/** Reads CSV records; quoted fields may span lines. An unclosed quote reaches to the end. */
export function readCsv(lines: readonly SourceLine[], separator = ','): CsvField[][] {
  const records: CsvField[][] = [];
  let record: CsvField[] = [];
  let open: { readonly parts: string[]; readonly line: number } | undefined;
  for (const { text, line } of lines) {
    let at = 0;
    if (open) {
      const end = closingQuote(text, 0);
      open.parts.push(unquote(text.slice(0, end < 0 ? undefined : end)));
      if (end < 0) continue;
      record.push({ text: open.parts.join('\n'), line: open.line });
      open = undefined;
      at = end + 1;
      if (at < text.length) at++;
      else {
        records.push(record);
        record = [];
        continue;
      }
    }
    while (at <= text.length && !open) {
      if (text.charAt(at) === '"') {
        const end = closingQuote(text, at + 1);
        if (end < 0) {
          open = { parts: [unquote(text.slice(at + 1))], line };
          break;
        }
        record.push({ text: unquote(text.slice(at + 1, end)), line });
        at = end + 1;
        if (at >= text.length) break;
        at++;
      } else {
        const end = text.indexOf(separator, at);
        record.push({ text: text.slice(at, end < 0 ? undefined : end), line });
        if (end < 0) break;
        at = end + 1;
      }
    }
    if (!open) {
      records.push(record);
      record = [];
    }
  }
  if (open) record.push({ text: open.parts.join('\n'), line: open.line });
  if (record.length > 0) records.push(record);
  return records;
}

/** The position of the quote that closes a field, or -1 if it stays open at the end of the line. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text.charAt(at + 1) !== '"') return at;
  }
  return -1;
}

function unquote(text: string): string {
  return text.includes('""') ? text.replaceAll('""', '"') : text;
}

/** One column of CSV: quoted records may span lines, unquoted ones are a line each, commas and all. */
export function fromSingleColumnCsv(lines: readonly SourceLine[]): SourceLine[] {
  const result: SourceLine[] = [];
  let quoted: SourceLine[] = [];
  const flush = () => {
    for (const record of readCsv(quoted, '\0')) {
      for (const field of record)
        if (field.text !== '' || record.length === 1) result.push(...linesFrom(field.text, field.line));
    }
    quoted = [];
  };
  let isOpen = false;
  for (const line of lines) {
    if (!isOpen && !line.text.startsWith('"')) {
      flush();
      result.push(line);
      continue;
    }
    quoted.push(line);
    const quotes = line.text.length - line.text.replaceAll('"', '').length;
    if (quotes % 2 === 1) isOpen = !isOpen;
  }
  flush();
  return result;
}

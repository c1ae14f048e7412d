import { isRawObject } from './rawValue';
import type { SourceLine } from './sourceLine';
import { linesFrom } from './sourceLine';
import { readCsv } from './unframeCsv';

/** An auto_explain message: the plan without the log around it. */
export interface LogEntry {
  readonly lines: readonly SourceLine[];
  /** The duration the log states; also when timing was off in the plan. */
  readonly durationMs: number;
}

const PLAN_MESSAGE = /\bduration: ([\d.]+) ms +plan:[ \t]*/;
/** Lines other than LOG belong to the next entry also where no time stands before them. */
const SEVERITY =
  /^(?:LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG\d?|DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION): /;

/** The plans auto_explain wrote to a server log (stderr, csvlog or jsonlog, whatever stands before each entry). */
export function readLog(lines: readonly SourceLine[]): LogEntry[] {
  if (!lines.some(line => PLAN_MESSAGE.test(line.text))) return [];
  if (lines.some(line => /^\s*\{.*"error_severity"\s*:/.test(line.text))) return readJsonLog(lines);
  if (lines.some(line => COLLECTED.test(line.text))) return readLog(lines.flatMap(collectedLine));
  if (lines.some(line => /,[A-Z]{3,},\w{5},"duration: /.test(line.text))) return readCsvLog(lines);
  return readStderrLog(lines);
}

/** What containers and log services put around each line or message of a log. */
const COLLECTED = /^\s*\{.*"(?:log|textPayload|message|MESSAGE)"\s*:/;

function collectedLine(line: SourceLine): SourceLine[] {
  if (!COLLECTED.test(line.text)) return [line];
  try {
    const entry = JSON.parse(line.text) as unknown;
    if (!isRawObject(entry)) return [];
    const text = entry['log'] ?? entry['textPayload'] ?? entry['message'] ?? entry['MESSAGE'];
    if (typeof text !== 'string') return [];
    // A text that is such an object again would lead round in circles.
    const parts = text.replace(/\n$/, '').split('\n');
    return parts.filter(part => !COLLECTED.test(part)).map(part => ({ text: part, line: line.line }));
  } catch {
    return [];
  }
}

function readJsonLog(lines: readonly SourceLine[]): LogEntry[] {
  return lines.flatMap(({ text, line }) => {
    const start = text.indexOf('{');
    if (start < 0 || !text.includes('"message"')) return [];
    try {
      const entry = JSON.parse(text.slice(start)) as unknown;
      const message = isRawObject(entry) ? entry['message'] : undefined;
      // All of a message stands in one line of the log.
      return typeof message === 'string' ? messageEntry(message, line, false) : [];
    } catch {
      return [];
    }
  });
}

function readCsvLog(lines: readonly SourceLine[]): LogEntry[] {
  return readCsv(lines).flatMap(record => {
    const message = record.find(field => /^duration: [\d.]+ ms +plan:/.test(field.text));
    return message ? messageEntry(message.text, message.line, true) : [];
  });
}

function messageEntry(message: string, line: number, spansLines: boolean): LogEntry[] {
  const match = PLAN_MESSAGE.exec(message);
  if (!match) return [];
  const body = message.slice(match.index + match[0].length);
  const lines = linesFrom(body, line).map(each => (spansLines ? each : { text: each.text, line }));
  return [{ lines, durationMs: Number(match[1]) }];
}

/** PostgreSQL puts a tab before every further line of an entry; copies may have lost it. */
function readStderrLog(lines: readonly SourceLine[]): LogEntry[] {
  const entries: { lines: SourceLine[]; durationMs: number }[] = [];
  let open: { lines: SourceLine[]; durationMs: number; head: string; tabbed?: boolean } | undefined;
  for (const { text, line } of lines) {
    const match = PLAN_MESSAGE.exec(text);
    if (match) {
      const body = text.slice(match.index + match[0].length);
      open = { lines: [], durationMs: Number(match[1]), head: shape(text.slice(0, match.index)) };
      entries.push(open);
      if (body !== '') open.lines.push({ text: body, line });
      continue;
    }
    if (!open) continue;
    const tabbed = text.startsWith('\t');
    if (text.trim() !== '') open.tabbed ??= tabbed;
    const isNext = open.tabbed ? !tabbed && text.trim() !== '' : SEVERITY.test(text) || sharesHead(text, open.head);
    if (isNext) open = undefined;
    else open.lines.push({ text: open.tabbed ? text.slice(1) : text, line });
  }
  return entries.map(({ lines: body, durationMs }) => ({ lines: body, durationMs }));
}

function shape(text: string): string {
  return text.slice(0, 12).replace(/\d/g, '0');
}

/** True if the line begins like the prefix of a log entry: the same characters, digits aside. */
function sharesHead(text: string, head: string): boolean {
  return head.trim().length >= 4 && shape(text).slice(0, head.length) === head;
}

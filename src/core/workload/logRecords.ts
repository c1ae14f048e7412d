import { readCsv } from '../plan/unframeCsv';
import { splitLines } from '../plan/sourceLine';
import { isRawObject } from '../plan/rawValue';

/** A message of a server log, put together from its lines. */
export interface LogRecord {
  /** LOG, ERROR, ... */
  readonly severity: string;
  readonly message: string;
  /** What DETAIL said. */
  readonly detail?: string;
  /** Tells sessions apart, where the log does. */
  readonly session?: string;
  readonly database?: string;
}

/** A longer message is no statement worth planning; what is beyond is dropped. */
const LONGEST_RECORD = 4_000_000;

/** csvlog's columns, https://www.postgresql.org/docs/current/runtime-config-logging.html */
const CSV = { database: 2, session: 5, severity: 11, message: 13, detail: 14, fewest: 23 };

const HEAD =
  /^([^\t]{0,400}?)\b(LOG|DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DEBUG\d?):  ?(.*)$/s;
const SYSLOG = /^[^\t]{0,200}?(\[\d+\])[^\t]{0,200}?\[\d+-\d+\] ?/;

/**
 * Reads a server log piece by piece: stderr with any `log_line_prefix`, syslog, csvlog, jsonlog, and either inside
 * the JSON lines of a container. Keeps one message at a time.
 */
export class LogRecordReader {
  private rest = '';
  private open: { severity: string; message: string; detail?: string; session: string } | undefined;
  /** What further lines of stderr go to. */
  private part: 'message' | 'detail' | 'other' = 'message';
  /** Lines of a csv record whose quote is still open. */
  private csv = '';

  constructor(private readonly onRecord: (record: LogRecord) => void) {}

  push(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.line(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (this.rest.length > LONGEST_RECORD) this.rest = '';
  }

  end(): void {
    if (this.rest !== '') this.line(this.rest);
    this.rest = '';
    this.flush();
  }

  private line(line: string): void {
    if (this.csv !== '' || /^\d{4}-\d\d-\d\d [\d:.]+ [^,\t]{1,40},("|,)/.test(line)) this.csvLine(line);
    else if (line.startsWith('{')) this.jsonLine(line);
    else this.stderrLine(line);
  }

  private csvLine(line: string): void {
    this.csv += this.csv === '' ? line : `\n${line}`;
    if (this.csv.length > LONGEST_RECORD) this.csv = '';
    if (hasOpenQuote(this.csv)) return;
    const [record] = readCsv(splitLines(this.csv));
    this.csv = '';
    if (!record || record.length < CSV.fewest) return;
    const field = (at: number): string => record[at]?.text ?? '';
    this.onRecord({
      severity: field(CSV.severity),
      message: field(CSV.message),
      session: field(CSV.session),
      database: field(CSV.database),
      ...(field(CSV.detail) !== '' && { detail: field(CSV.detail) }),
    });
  }

  private jsonLine(line: string): void {
    let entry: unknown;
    try {
      entry = JSON.parse(line);
    } catch {
      return;
    }
    if (!isRawObject(entry)) return;
    const text = (name: string): string | undefined =>
      typeof entry[name] === 'string' ? (entry[name] as string) : undefined;
    const severity = text('error_severity');
    if (severity !== undefined) {
      const [session, database, detail] = [text('session_id'), text('dbname'), text('detail')];
      this.onRecord({
        severity,
        message: text('message') ?? '',
        ...(session !== undefined && { session }),
        ...(database !== undefined && { database }),
        ...(detail !== undefined && { detail }),
      });
      return;
    }
    // A container's own line around one of ours; ours does not begin like its.
    const inner = text('log') ?? text('textPayload') ?? text('message') ?? text('MESSAGE');
    for (const part of inner?.replace(/\n$/, '').split('\n') ?? [])
      if (!/^\{"?(?:log|text)/.test(part)) this.line(part);
  }

  private stderrLine(raw: string): void {
    const syslog = SYSLOG.exec(raw);
    const line = syslog ? `${syslog[1]} ${raw.slice(syslog[0].length)}`.replace(/^\[\d+\] #011/, '\t') : raw;
    const head = line.startsWith('\t') ? null : HEAD.exec(line);
    if (!head) {
      if (line.startsWith('\t')) this.append(`\n${line.slice(1).replaceAll('#011', '\t')}`);
      return;
    }
    const [, prefix = '', severity = '', message = ''] = head;
    if (severity === 'DETAIL' && this.open) {
      this.open.detail = message;
      this.part = 'detail';
    } else if (/^(?:HINT|CONTEXT|STATEMENT|QUERY|LOCATION)$/.test(severity)) this.part = 'other';
    else {
      this.flush();
      this.open = { severity, message, session: sessionOf(prefix) };
      this.part = 'message';
    }
  }

  private append(text: string): void {
    if (!this.open) return;
    if (this.part === 'message' && this.open.message.length < LONGEST_RECORD) this.open.message += text;
    if (this.part === 'detail' && (this.open.detail?.length ?? 0) < LONGEST_RECORD) this.open.detail += text;
  }

  private flush(): void {
    const { open } = this;
    this.open = undefined;
    if (!open) return;
    const { session, ...record } = open;
    this.onRecord({ ...record, ...(session !== '' && { session }) });
  }
}

/** The process, which most prefixes name: `[%p]`, `pid=%p`, or a number at the end. */
function sessionOf(prefix: string): string {
  const found = /\[(\d+)(?:-\d+)?\]/.exec(prefix) ?? /\bpid=(\d+)/.exec(prefix) ?? /\b(\d+)[\s:]*$/.exec(prefix);
  return found?.[1] ?? '';
}

function hasOpenQuote(text: string): boolean {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
  return quotes % 2 === 1;
}

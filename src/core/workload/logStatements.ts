import { readPlans } from '../plan/readPlans';
import { carriedQuery } from './carriedQueries';
import { readLoggedParameters, writeInParameters } from './loggedParameters';
import { LogRecordReader, type LogRecord } from './logRecords';
import type { ObservedStatement } from './workload';

const DURATION = /^duration: ([\d.]+) ms(?:\s+(.*))?$/s;
const STATEMENT = /^(?:statement|execute [^:]*?):\s+(.*)$/s;
/** Parsing and planning of the extended protocol; the execution is logged by itself. */
const PREPARATION = /^(?:parse|bind) [^:]*?:/;
const PARAMETERS = /^(?:query )?parameters: (.*)$/is;
/** The DETAIL of an `EXECUTE`. */
const PREPARED = /^prepare: (.*)$/s;
const PLAN_PARAMETERS = /^\s*(?:"Query Parameters": "|Query Parameters: )(.*?)"?,?$/m;
/** Sessions whose last statement is kept, waiting for its duration. */
const MOST_SESSIONS = 1_000;

/** What a log held, so that an empty result can be explained. */
export interface LogSummary {
  records: number;
  durations: number;
  plans: number;
  /** Statements of other databases, left out. */
  elsewhere: number;
}

/**
 * The statements of a server log with their times and values: `log_min_duration_statement`, `log_statement` with or
 * without `log_duration`, and auto_explain. Push the text in pieces; nothing but the open message is kept.
 */
export class LogStatementReader {
  readonly summary: LogSummary = { records: 0, durations: 0, plans: 0, elsewhere: 0 };
  private readonly records = new LogRecordReader(record => this.record(record));
  private readonly waiting = new Map<string, string>();

  /** `database`: statements that the log places elsewhere are left out. */
  constructor(
    private readonly onStatement: (statement: ObservedStatement) => void,
    private readonly database?: string,
  ) {}

  push(text: string): void {
    this.records.push(text);
  }

  end(): void {
    this.records.end();
    for (const sql of this.waiting.values()) this.onStatement({ sql, calls: 1, channel: 'statement' });
    this.waiting.clear();
  }

  private record({ severity, message, detail, session = '', database }: LogRecord): void {
    this.summary.records++;
    if (severity !== 'LOG') return;
    const duration = DURATION.exec(message);
    const rest = duration ? (duration[2] ?? '') : message;
    if (!duration && !STATEMENT.test(rest)) return;
    if (this.database !== undefined && database !== undefined && database !== this.database) {
      this.summary.elsewhere++;
      return;
    }
    if (duration) this.summary.durations++;
    const totalMs = duration ? Number(duration[1]) : undefined;
    if (totalMs !== undefined && rest === '') return this.timeOfLast(session, totalMs);
    if (/^plan:/.test(rest)) return this.plan(message, rest, totalMs ?? 0);
    if (PREPARATION.test(rest)) return;
    const logged = STATEMENT.exec(rest)?.[1]?.trim();
    if (logged === undefined || logged === '') return;
    const prepared = PREPARED.exec(detail ?? '')?.[1];
    // preparing is not running it, and running it names it only
    if (prepared === undefined && /^prepare\b/i.test(logged)) return;
    const text = carriedQuery(prepared ?? logged);
    const values = PARAMETERS.exec(detail ?? '')?.[1];
    const sql = withValues(text, values);
    if (totalMs !== undefined) this.onStatement({ sql, calls: 1, totalMs, channel: 'statement' });
    else this.await(session, sql);
  }

  /** `log_statement` writes the text before, `log_duration` the time after it was run. */
  private await(session: string, sql: string): void {
    const earlier = this.waiting.get(session);
    if (earlier !== undefined) this.onStatement({ sql: earlier, calls: 1, channel: 'statement' });
    this.waiting.delete(session);
    if (this.waiting.size >= MOST_SESSIONS) {
      for (const waiting of this.waiting.values()) this.onStatement({ sql: waiting, calls: 1, channel: 'statement' });
      this.waiting.clear();
    }
    this.waiting.set(session, sql);
  }

  private timeOfLast(session: string, totalMs: number): void {
    const sql = this.waiting.get(session);
    if (sql === undefined) return;
    this.waiting.delete(session);
    this.onStatement({ sql, calls: 1, totalMs, channel: 'statement' });
  }

  private plan(message: string, rest: string, totalMs: number): void {
    const text = /^plan:\s*Query Text: /.test(rest)
      ? queryOfTextPlan(rest)
      : readPlans(`LOG:  ${message}`).plans[0]?.queryText;
    if (text === undefined || text.trim() === '') return;
    this.summary.plans++;
    const values = PLAN_PARAMETERS.exec(rest)?.[1];
    this.onStatement({ sql: withValues(carriedQuery(text.trim()), values), calls: 1, totalMs, channel: 'plan' });
  }
}

function withValues(sql: string, logged: string | undefined): string {
  const values = logged === undefined ? undefined : readLoggedParameters(logged.trim());
  return (values ? writeInParameters(sql, values) : sql).replace(/;\s*$/, '');
}

/** The text before the values or the root of the plan, which is the first line with costs or with rows. */
function queryOfTextPlan(rest: string): string {
  const lines = rest.replace(/^plan:\s*Query Text: /, '').split('\n');
  const end = lines.findIndex(
    line => /^Query Parameters: /.test(line) || /\((?:cost=[\d.]+\.\.|actual (?:time|rows)=)/.test(line),
  );
  return lines.slice(0, end < 0 ? undefined : end).join('\n');
}

/** True if a text, or the first piece of one, is a server log rather than SQL. */
export function looksLikeLog(text: string): boolean {
  return (
    /"error_severity"\s*:/.test(text) ||
    /^[^\n\t]{0,400}?\b(?:LOG|ERROR|FATAL|WARNING):  /m.test(text) ||
    /,(?:LOG|ERROR|FATAL),\w{5},"/.test(text) ||
    /"(?:LOG|ERROR|FATAL)":/.test(text)
  );
}

import { CancelledError } from '../core/base/cancelSignal';
import type { SourceRange } from '../core/base/sourceRange';
import { DatabaseError } from '../core/ports';
import { describeSettings, type ConnectionSettings } from './connectionSettings';
import { hintFor, networkFailure, NO_PASSWORD } from './failureHints';

/** Where our statement text begins inside what was sent, so that positions can be told in the user's text. */
export interface SentStatement {
  readonly sql: string;
  /** UTF-16 code units sent before `sql`; negative when the beginning of `sql` was left out. */
  readonly offset: number;
}

interface PostgresFields {
  readonly code?: string;
  readonly message: string;
  readonly hint?: string;
  readonly detail?: string;
  readonly position?: string;
  readonly severity?: string;
}

/** SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
function kindOf(code: string, message: string): DatabaseError['kind'] {
  // 57014 is a cancel and a statement_timeout alike; the servers we start speak English, others may not.
  if (code === '57014') return /user request/.test(message) ? 'cancelled' : 'timeout';
  if (code === '55P03' || code === '25P03' || code === '25P04') return 'timeout';
  if (code === '42501') return 'permission';
  if (code === '0A000') return 'unsupported';
  // A message that does not fit the protocol leaves the connection usable.
  if (code === '08P01') return 'sql';
  const connectionCodes = ['57P01', '57P02', '57P03', '57P04', '57P05', '53300', '3D000'];
  if (connectionCodes.includes(code) || code.startsWith('08') || code.startsWith('28')) return 'connection';
  return 'sql';
}

/**
 * Any failure as a {@link DatabaseError} typed by kind. Once the caller's signal has fired, the failure is the caller's
 * own cancel: a {@link CancelledError}.
 */
export function toDatabaseError(error: unknown, sent?: SentStatement, cancelled = false): Error {
  if (error instanceof CancelledError) return error;
  const fields = (error instanceof Error ? error : { message: String(error) }) as PostgresFields;
  if (cancelled && !isSqlError(fields)) return new CancelledError();
  if (error instanceof DatabaseError) return error;
  if (isPostgresError(fields)) {
    const kind = kindOf(fields.code, fields.message);
    const detail = fields.detail && kind !== 'connection' ? `${fields.message} (${fields.detail})` : fields.message;
    const range = fields.position && sent ? rangeAt(sent, Number(fields.position)) : undefined;
    return new DatabaseError(kind, detail, range, fields.code, fields.hint ?? hintFor(fields.code, fields.message));
  }
  const { reason, hint } = networkFailure(fields.code, fields.message);
  const sqlState = NO_PASSWORD.test(fields.message) ? '28P01' : undefined;
  return new DatabaseError('connection', reason, undefined, sqlState, hint);
}

/** Says where the connection was to lead, never with which password. */
export function cannotConnect(error: Error, settings: ConnectionSettings): Error {
  if (!(error instanceof DatabaseError)) return error;
  const message = `cannot connect to ${describeSettings(settings)}: ${error.message}`;
  const noPassword = error.sqlState?.startsWith('28') && settings.password === undefined;
  const hint = noPassword ? 'no password was given; set PGPASSWORD or use .pgpass' : error.hint;
  return new DatabaseError('connection', message, undefined, error.sqlState, hint);
}

/** What a server that goes down says to everybody. */
export function shutdownError(sqlState: string, message: string): DatabaseError {
  return new DatabaseError('connection', message, undefined, sqlState, hintFor(sqlState, message));
}

export function lostConnection(error: Error, settings: ConnectionSettings): DatabaseError {
  const message = `the connection to ${describeSettings(settings)} was lost: ${error.message}`;
  const { sqlState, hint } = error instanceof DatabaseError ? error : {};
  const next = 'the next statement connects again';
  return new DatabaseError('connection', message, undefined, sqlState, hint ? `${hint}; ${next}` : next);
}

/** True if the connection can no longer be used. */
export function isLostConnection(error: unknown): boolean {
  return error instanceof DatabaseError && error.kind === 'connection';
}

function isPostgresError(fields: PostgresFields): fields is PostgresFields & { code: string } {
  return fields.severity !== undefined && /^[0-9A-Z]{5}$/.test(fields.code ?? '');
}

function isSqlError(fields: PostgresFields): boolean {
  return isPostgresError(fields) && kindOf(fields.code, fields.message) === 'sql';
}

/** The token at a position that PostgreSQL reports, counted in characters (code points) from 1. */
function rangeAt(sent: SentStatement, position: number): SourceRange | undefined {
  const { sql } = sent;
  let remaining = position - 1 - sent.offset;
  let start = 0;
  while (remaining > 0 && start < sql.length) {
    start += (sql.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
    remaining--;
  }
  if (remaining < 0) return undefined;
  const token = /^(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|[\p{L}_][\p{L}\p{N}_$]*|\d[\d.]*|\$\d+|[\s\S])/u.exec(
    sql.slice(start),
  );
  return { start, end: start + (token?.[0].length ?? 0) };
}

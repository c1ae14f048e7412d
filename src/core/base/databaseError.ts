import type { SourceRange } from './sourceRange';

/** A failure reported by PostgreSQL or by the connection, typed by kind. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  constructor(
    readonly kind: 'sql' | 'connection' | 'timeout' | 'permission' | 'cancelled' | 'unsupported',
    message: string,
    /** Where in the statement, when PostgreSQL said so. */
    readonly range?: SourceRange,
    readonly sqlState?: string,
    readonly hint?: string,
  ) {
    super(message);
  }

  /** The same failure, said in other words. */
  with({
    message = this.message,
    hint = this.hint,
  }: {
    readonly message?: string;
    readonly hint?: string;
  }): DatabaseError {
    return new DatabaseError(this.kind, message, this.range, this.sqlState, hint);
  }
}

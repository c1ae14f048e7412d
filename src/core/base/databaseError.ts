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
}

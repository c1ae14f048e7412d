/** Soon enough that nobody wonders whose session that is, and one look costs the server next to nothing. */
const CHECK_EVERY = '2s';

/**
 * A SELECT that makes the server end a running statement once its client is gone, instead of when it next writes to
 * it, which for a build is at its very end. Until the end of the transaction or of the session.
 * `client_connection_check_interval` came with 14, and a server on Windows refuses it:
 * https://www.postgresql.org/docs/current/runtime-config-connection.html
 */
export function endWithClient(serverVersion: number, until: 'transaction' | 'session'): string {
  if (serverVersion < 140000) return 'select';
  const isLocal = until === 'transaction';
  return `select set_config('client_connection_check_interval', '${CHECK_EVERY}', ${isLocal}) where version() !~* 'mingw|visual c|msvc|windows'`;
}

/**
 * Ends a transaction that waits for its client: milliseconds pass between two statements of ours, and one whose network
 * is gone would hold its locks until the server's keepalive tells, which is two hours by default.
 */
export const END_WHEN_IDLE = `set local idle_in_transaction_session_timeout = '30s'`;

/** Of `vscode-jsonrpc`: what a request ends with when its connection does, and when there is none. */
const ENDED_MEANWHILE = -32097;
const NOT_RUNNING = -32096;

interface Failure extends Error {
  readonly code?: number;
  readonly data?: { readonly hint?: string; readonly sqlState?: string };
}

/** Puts into an error's sentence what the user can do next. The error stays the one it was. */
export function withNextStep(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, data, message } = error as Failure;
  if (code === ENDED_MEANWHILE) {
    error.message =
      'The language server of Query Tuner ended while it worked on this, and is started again. Run it once more; an index that was being built may be left INVALID, which is told when you connect.';
  } else if (code === NOT_RUNNING || /client is not running/i.test(message)) {
    error.message =
      'The language server of Query Tuner does not run: it ended several times. Reload the window to start it again.';
  } else if (data?.hint) error.message = `${message} (${data.hint})`;
  return error;
}

/** True if the server of the database wants another password than the one it was given. */
export function isPasswordRefused(error: unknown): boolean {
  return error instanceof Error && (error as Failure).data?.sqlState === '28P01';
}

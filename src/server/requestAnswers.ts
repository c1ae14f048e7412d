import { messageOf } from '../core/base/messageOf';
import type { CancellationToken, Connection } from 'vscode-languageserver';
import { ErrorCodes, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { CancelledError } from '../core/base/cancelSignal';
import { DatabaseError } from '../core/ports';
import type { FailureData, ServerRequest, ServerRequests } from '../protocol/server';
import { ChangedSinceError } from './changeService';
import type { RunningRequests } from './runningRequests';

/** Answered while the workspace is not trusted, too: they reach for no database and read no settings of the folder. */
const NEEDS_NO_TRUST: readonly ServerRequest[] = [
  'queryTuner/connections/close',
  'queryTuner/statement/at',
  'queryTuner/plan/compare',
  'queryTuner/history/compare',
  'queryTuner/history/pin',
  'queryTuner/history/clear',
  'queryTuner/history/size',
  'queryTuner/rewrite/list',
  'queryTuner/budget/list',
  'queryTuner/benchmark/statements',
  'queryTuner/benchmark/describe',
];

/** They stop what runs on a connection, and are not stopped themselves. */
const STOP_OTHERS: readonly ServerRequest[] = ['queryTuner/connections/connect', 'queryTuner/connections/close'];

/** Answers one of our own requests. */
export type Answer<R extends ServerRequest> = (
  params: ServerRequests[R]['params'],
  signal: AbortSignal,
) => ServerRequests[R]['result'] | Promise<ServerRequests[R]['result']>;

/** Registers a request: cancellation becomes a signal, failures become typed errors. */
export function answerRequest<R extends ServerRequest>(
  connection: Connection,
  isTrusted: () => boolean,
  request: R,
  answer: Answer<R>,
  running?: RunningRequests,
): void {
  connection.onRequest(request, async (params: ServerRequests[R]['params'], ...rest: unknown[]) => {
    // A client that passes "no token" along sends a second, empty parameter; ours always stands last.
    const token = rest.at(-1) as CancellationToken;
    if (!isTrusted() && !NEEDS_NO_TRUST.includes(request)) {
      return failure({ kind: 'permission' }, 'The workspace is not trusted: nothing connects to a database.');
    }
    const abort = new AbortController();
    const listener = token.onCancellationRequested(() => abort.abort());
    if (token.isCancellationRequested) abort.abort();
    const end = STOP_OTHERS.includes(request) ? undefined : running?.begin(params, abort);
    try {
      return await answer(params, abort.signal);
    } catch (error) {
      return toResponseError(error, abort.signal.aborted);
    } finally {
      listener.dispose();
      end?.();
    }
  });
}

/** A statement that somebody else cancelled, on the server, is a failure that has to be told. */
function toResponseError(error: unknown, wasAsked: boolean): ResponseError<FailureData | void> {
  if (error instanceof CancelledError) return new ResponseError(LSPErrorCodes.RequestCancelled, error.message);
  if (error instanceof DatabaseError && error.kind === 'cancelled' && wasAsked) {
    return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
  }
  if (error instanceof ChangedSinceError) return failure({ kind: 'changed' }, error.message);
  if (error instanceof DatabaseError) {
    const { kind, hint, sqlState } = error;
    return failure({ kind, ...(hint && { hint }), ...(sqlState && { sqlState }) }, error.message);
  }
  return new ResponseError(ErrorCodes.InternalError, messageOf(error));
}

function failure(data: FailureData, message: string): ResponseError<FailureData> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message, data);
}

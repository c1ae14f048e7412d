/**
 * What core needs of an `AbortSignal`. The platform's own signal fits; core cannot name it because it is
 * compiled without DOM and Node types.
 */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Thrown by work that stopped because its caller asked for it. Never shown to the user as a failure. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor(message = 'cancelled') {
    super(message);
  }
}

/** Throws {@link CancelledError} if the signal has fired. Call it between steps of long work. */
export function throwIfCancelled(signal: CancelSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError();
}

import type { ConnectionTarget } from './server';

export interface PlaygroundRequests {
  /** Starts the playground's PostgreSQL, or gives the one that runs. It ends with the language server. */
  'queryTuner/playground/open': { params: OpenPlaygroundParams; result: OpenedPlayground };
}

export interface OpenPlaygroundParams {
  /** A folder of the extension's own, as a path. */
  readonly storage: string;
  /** The database stays for the next time. */
  readonly keep: boolean;
  /** Ends the one that runs and makes the sample anew. */
  readonly isFresh?: boolean;
  /** SQL that makes the sample, as a path. */
  readonly setupFile: string;
  /** Progress is told under it. */
  readonly token?: string;
}

export interface OpenedPlayground {
  /** Where it listens, with a password that was made for it. */
  readonly target: ConnectionTarget;
  /** Another window uses the database that is kept: this one goes with the window. */
  readonly isKeptElsewhere: boolean;
  /** From the request on, in ms. */
  readonly elapsedMs: number;
}

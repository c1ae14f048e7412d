import type { HealthResult, HealthStep } from '../core/health/check';

/** The requests of the health view. */
export interface HealthRequests {
  /** Asks every check; reads only. */
  'queryTuner/health/read': { params: HealthParams; result: HealthView };
  /** Does what a check offers: a verb the user chose, shown before. */
  'queryTuner/health/step': { params: HealthStepParams; result: { readonly text: string } };
}

export interface HealthParams {
  readonly connectionId: string;
  /** Path of the folder whose configuration sets the limits. */
  readonly folder?: string;
  /** The review of indexes reads the whole catalog: not at every refresh. */
  readonly withIndexes: boolean;
}

export interface HealthView {
  /** `18.4`. */
  readonly server: string;
  /** ISO 8601, the server's clock. */
  readonly at: string;
  /** Time the server worked for it, ms, at most. */
  readonly costMs: number;
  readonly results: readonly HealthResult[];
}

export interface HealthStepParams {
  readonly connectionId: string;
  readonly step: HealthStep;
  readonly progressToken: string;
}

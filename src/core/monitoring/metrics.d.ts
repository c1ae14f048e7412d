import { type LimitOverrides } from '../health/assess';
import type { HealthCheck, HealthLimits, HealthServer } from '../health/check';
/** One number, or one for each value of a label, that Prometheus is to collect. */
export interface Metric {
  /** `query_tuner_connections_used_percent`. */
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly label: string | null;
  /** Gives the columns `value` and, if there is one, the label's. */
  readonly query: string;
}
/** What is watched: a health check, made of one metric or of several. */
export interface Watched {
  readonly check: HealthCheck;
  readonly limits: HealthLimits | undefined;
  readonly metrics: readonly Metric[];
  /** PromQL for the check's value, in the check's unit. */
  readonly expression: string;
  /** How long a value must be bad before somebody is called. */
  readonly holdsFor: string;
  /** Asked seldom: the query reads catalogs as a whole. */
  readonly isCostly: boolean;
}
/** What cannot be a metric, and why: said in what is written. */
export declare const NOT_MONITORED: Readonly<Record<string, string>>;
/** The checks as metrics, for a server like this one. Checks it cannot be asked are left out. */
export declare function watchedChecks(server: HealthServer, overrides?: LimitOverrides): Watched[];

import type { Watched } from './metrics';
/**
 * Rules for Prometheus with the limits of the health checks, those of the team included: what the view calls a warning
 * is an alert of that severity.
 */
export declare function alertRules(watched: readonly Watched[]): string;

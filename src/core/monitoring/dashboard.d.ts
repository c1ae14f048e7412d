import type { Watched } from './metrics';
/** A dashboard to import into Grafana: a row for each group of checks, their limits as thresholds. */
export declare function grafanaDashboard(watched: readonly Watched[]): string;

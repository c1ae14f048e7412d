import type { Watched } from './metrics';
/**
 * A configuration of sql_exporter (github.com/burningalchemist/sql_exporter), with the queries of the health checks.
 * postgres_exporter's own custom queries (`--extend.query-path`) are deprecated since 0.13, and its documentation
 * sends who needs them there.
 */
export declare function exporterConfiguration(watched: readonly Watched[], serverText: string): string;

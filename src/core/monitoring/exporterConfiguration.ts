import type { HealthServer } from '../health/check';
import { NOT_MONITORED, unavailableChecks, type Watched } from './metrics';
import { toYaml, type YamlValue } from './yaml';

/** Costly queries are asked so often at most, the others at every scrape. */
const SELDOM = '10m';

/**
 * A configuration of sql_exporter (github.com/burningalchemist/sql_exporter), with the queries of the health checks.
 * postgres_exporter's own custom queries (`--extend.query-path`) are deprecated since 0.13, and its documentation
 * sends who needs them there.
 */
export function exporterConfiguration(watched: readonly Watched[], server: HealthServer, serverText: string): string {
  const often = collector(
    'query_tuner',
    watched.filter(({ isCostly }) => !isCostly),
  );
  const seldom = collector(
    'query_tuner_seldom',
    watched.filter(({ isCostly }) => isCostly),
    SELDOM,
  );
  const comments = [
    'Configuration of sql_exporter: sql_exporter -config.file=this-file',
    `Queries for PostgreSQL ${serverText}, ${server.isStandby ? 'a standby' : 'a primary'}, as the health checks ask them; write it anew for another one.`,
    'The user needs to be a member of pg_monitor, and nothing more; sequences are seen only with SELECT on them.',
    'The password does not belong here: give the whole address on the command line (-config.data-source-name) or in a',
    'secret store, as its documentation says.',
    'Figures of tables are those of the one database that it is connected to.',
    ...unavailableChecks(server).map(({ id, reason }) => `Not here: ${id}: ${reason}.`),
    ...Object.entries(NOT_MONITORED).map(([id, reason]) => `Not among them: ${id}: ${reason}.`),
  ];
  const configuration: YamlValue = {
    global: { scrape_timeout_offset: '500ms', min_interval: '0s', max_connections: 2, max_idle_connections: 1 },
    target: {
      data_source_name: 'postgresql://monitoring@localhost:5432/postgres?sslmode=verify-full',
      collectors: [often, seldom].map(({ collector_name: name }) => name),
    },
    collectors: [often, seldom],
  };
  return `${comments.map(line => `# ${line}\n`).join('')}\n${toYaml(configuration)}`;
}

type Collector = { readonly collector_name: string; readonly [key: string]: YamlValue };

function collector(name: string, watched: readonly Watched[], interval?: string): Collector {
  return {
    collector_name: name,
    ...(interval !== undefined && { min_interval: interval }),
    metrics: watched
      .flatMap(({ metrics }) => metrics)
      .map(({ name: metric, type, help, label, query }) => ({
        metric_name: metric,
        type,
        help,
        ...(label !== null && { key_labels: [label] }),
        values: ['value'],
        query,
      })),
  };
}

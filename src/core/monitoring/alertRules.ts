import type { Watched } from './metrics';
import { toYaml } from './yaml';

/** What guide 002, 8.3 has, and why it is not taken as it is: for whoever looks for its rules here. */
const COMMENT = `# Limits of the health checks of Query Tuner; metrics of its sql_exporter configuration.
# Guide 002, 8.3 has three of these. Its connection rule divides series whose labels do not match and never fires, its
# hit ratio divides counters since the reset and hardly moves, and its replication lag compares bytes with seconds.
`;

/**
 * Rules for Prometheus with the limits of the health checks, those of the team included: what the view calls a warning
 * is an alert of that severity.
 */
export function alertRules(watched: readonly Watched[]): string {
  const rules = watched.flatMap(each =>
    (['warning', 'critical'] as const).flatMap(severity => {
      const { check, limits, expression, holdsFor } = each;
      const limit = limits?.[severity];
      if (!limits || limit === undefined || !Number.isFinite(limit)) return [];
      const sign = limits.worse === 'above' ? '>' : '<';
      const [label] = each.metrics.flatMap(({ label: of }) => of ?? []);
      const where = label === undefined ? '' : ` ({{ $labels.${label} }})`;
      return {
        alert: alertName(check.id),
        expr: `${expression} ${sign} ${limit}`,
        for: holdsFor,
        labels: { severity, check: check.id },
        annotations: {
          summary: `${check.title}: {{ $value | humanize }} ${check.unit}${where}`,
          description: `${sign} ${limit} ${check.unit} for ${holdsFor}. Limit: ${check.source}. Look: query-tuner health --only ${check.id}`,
        },
      };
    }),
  );
  return `${COMMENT}${toYaml({ groups: [{ name: 'query_tuner', rules }] })}`;
}

/** `PostgresConnectionsUsed`. */
function alertName(id: string): string {
  return `Postgres${id.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())}`;
}

import { HEALTH_GROUP_TITLES, type HealthGroup, type HealthLimits } from '../health/check';
import type { Watched } from './metrics';

/** Grafana's names of units; of others the axis says the unit itself. */
const UNITS: Readonly<Record<string, string>> = { '%': 'percent', ms: 'ms', s: 's', h: 'h', GB: 'decgbytes' };

const WIDTH = 8;
const HEIGHT = 7;
const ROW_WIDTH = 24;

interface Panel {
  readonly id: number;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly type: string;
  readonly title: string;
  readonly [key: string]: unknown;
}

/** A dashboard to import into Grafana: a row for each group of checks, their limits as thresholds. */
export function grafanaDashboard(watched: readonly Watched[]): string {
  const dashboard = {
    title: 'PostgreSQL health (Query Tuner)',
    uid: 'query-tuner-health',
    tags: ['postgresql'],
    timezone: 'browser',
    schemaVersion: 39,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' },
        {
          name: 'instance',
          label: 'Server',
          type: 'query',
          datasource: DATASOURCE,
          query: 'label_values(query_tuner_connections_used_percent, instance)',
          refresh: 2,
          includeAll: true,
          multi: true,
        },
      ],
    },
    panels: panels(watched),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

function panels(watched: readonly Watched[]): Panel[] {
  const made: Panel[] = [];
  let y = 0;
  for (const group of Object.keys(HEALTH_GROUP_TITLES) as HealthGroup[]) {
    const mine = watched.filter(({ check }) => check.group === group);
    if (mine.length === 0) continue;
    const row = { h: 1, w: ROW_WIDTH, x: 0, y: y++ };
    made.push({
      id: made.length + 1,
      type: 'row',
      title: HEALTH_GROUP_TITLES[group],
      gridPos: row,
      collapsed: false,
      panels: [],
    });
    for (const [position, each] of mine.entries()) {
      const x = (position * WIDTH) % ROW_WIDTH;
      const line = Math.floor((position * WIDTH) / ROW_WIDTH);
      const gridPos = { h: HEIGHT, w: WIDTH, x, y: y + line * HEIGHT };
      made.push({ id: made.length + 1, gridPos, ...timeSeries(each) });
    }
    y += Math.ceil((mine.length * WIDTH) / ROW_WIDTH) * HEIGHT;
  }
  return made;
}

function timeSeries({ check, limits, expression, metrics }: Watched) {
  const [label] = metrics.flatMap(({ label: of }) => of ?? []);
  return {
    type: 'timeseries',
    title: check.title,
    description: `In ${check.unit}. ${check.source}`,
    datasource: DATASOURCE,
    targets: [
      {
        refId: 'A',
        datasource: DATASOURCE,
        expr: forInstances(
          expression,
          metrics.map(({ name }) => name),
        ),
        legendFormat: label === undefined ? '{{instance}}' : `{{instance}} {{${label}}}`,
      },
    ],
    fieldConfig: {
      defaults: {
        unit: UNITS[check.unit] ?? 'short',
        custom: { axisLabel: UNITS[check.unit] === undefined ? check.unit : '', thresholdsStyle: { mode: 'line' } },
        ...(limits && { thresholds: { mode: 'absolute', steps: steps(limits) } }),
      },
      overrides: [],
    },
  };
}

/** Only the chosen servers. */
function forInstances(expression: string, names: readonly string[]): string {
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  return expression.replace(
    new RegExp(`\\b(?:${longestFirst.join('|')})\\b`, 'g'),
    name => `${name}{instance=~"$instance"}`,
  );
}

/** From below: the first step has no value. Below is bad for some: then it begins in red. */
function steps({ worse, warning, critical }: HealthLimits): { color: string; value: number | null }[] {
  if (worse === 'above') {
    return [
      { color: 'green', value: null },
      ...(Number.isFinite(warning) ? [{ color: 'orange', value: warning }] : []),
      ...(Number.isFinite(critical) ? [{ color: 'red', value: critical }] : []),
    ];
  }
  return [
    { color: 'red', value: null },
    { color: 'orange', value: critical },
    { color: 'green', value: warning },
  ];
}

import type { HealthChart, HealthChartsView } from '../../src/protocol/health';

/** A chart of values that are half a minute apart. */
export function chartOf(id: string, values: readonly (number | null)[], more: Partial<HealthChart> = {}): HealthChart {
  const last = values.at(-1);
  return {
    id,
    title: `Check ${id}`,
    unit: 'ms',
    status: 'ok',
    shown: typeof last === 'number' ? `${last} ms` : '',
    detail: 'as measured',
    target: '≤ 100 ms',
    critical: '> 500 ms',
    limits: { worse: 'above', warning: 100, critical: 500 },
    points: values.map((value, i) => ({
      at: new Date(Date.UTC(2026, 2, 1, 10, 0, i * 30)).toISOString().replace('.000', ''),
      value,
    })),
    ...more,
  };
}

export function viewOf(...charts: readonly HealthChart[]): HealthChartsView {
  return {
    connection: 'sample (production)',
    server: '18.4',
    at: '2026-03-01T10:20:30Z',
    intervalSeconds: 30,
    cost: { lastMs: 14.2, averageMs: 12, refreshes: 40 },
    charts,
  };
}

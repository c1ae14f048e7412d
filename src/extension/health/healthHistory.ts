import type { HealthChart, HealthChartsView, HealthPoint, HealthView, ShownLimits } from '../../protocol/health';
import type { HealthResult } from '../../core/health/check';

/** Values kept of each check, for one session: four hours at the usual interval. */
const KEPT_VALUES = 480;

/** What is drawn from the first reading on; others join them when they are alarming. */
const DRAWN: readonly string[] = [
  'statement-time-average',
  'statement-time-p95',
  'cache-hit-ratio',
  'index-cache-hit-ratio',
  'connections-used',
  'long-running-statements',
  'long-transactions',
  'idle-in-transaction',
  'blocked-sessions',
  'dead-tuples',
  'replication-lag',
  'transaction-id-age',
];

/** What the health of one server was, reading by reading: bounded, and gone with the window. */
export class HealthHistory {
  readonly #points = new Map<string, HealthPoint[]>();
  /** Checks that were alarming once: a chart that has come stays. */
  readonly #joined = new Set<string>();
  #costs: number[] = [];
  #refreshes = 0;
  #last: HealthView | undefined;

  clear(): void {
    this.#points.clear();
    this.#joined.clear();
    this.#costs = [];
    this.#refreshes = 0;
    this.#last = undefined;
  }

  /** @param results of this reading, and of the review of indexes, which is older */
  add(view: HealthView, asked: ReadonlySet<string>): void {
    this.#last = view;
    this.#refreshes++;
    this.#costs = [...this.#costs, view.costMs].slice(-KEPT_VALUES);
    for (const { id, value, status } of view.results) {
      if (status === 'critical' || status === 'warning') this.#joined.add(id);
      if (asked.has(id))
        this.#points.set(id, [...(this.#points.get(id) ?? []), { at: view.at, value }].slice(-KEPT_VALUES));
    }
  }

  /** Known values of a check, oldest first. */
  values(id: string): number[] {
    return (this.#points.get(id) ?? []).flatMap(({ value }) => value ?? []);
  }

  /** Undefined before the first reading. */
  charts(connection: string, intervalSeconds: number, problem?: string): HealthChartsView | undefined {
    const view = this.#last;
    if (!view) return undefined;
    const drawn = view.results.filter(
      ({ id, group }) => DRAWN.includes(id) || (this.#joined.has(id) && group !== 'indexes'),
    );
    const known = drawn.filter(({ id }) => this.values(id).length > 0);
    const position = ({ id }: HealthResult): number => (DRAWN.indexOf(id) + DRAWN.length + 1) % (DRAWN.length + 1);
    return {
      connection,
      server: view.server,
      at: view.at,
      intervalSeconds,
      cost: {
        lastMs: view.costMs,
        averageMs: this.#costs.reduce((sum, cost) => sum + cost, 0) / this.#costs.length,
        refreshes: this.#refreshes,
      },
      charts: known
        .sort((a, b) => position(a) - position(b))
        .map(result => toChart(result, view.limits[result.id] ?? null, this.#points.get(result.id) ?? [])),
      ...(problem !== undefined && { problem }),
    };
  }
}

function toChart(result: HealthResult, limits: ShownLimits | null, points: readonly HealthPoint[]): HealthChart {
  const { id, title, unit, status, shown, detail, target, critical } = result;
  return { id, title, unit, status, shown, detail, target, critical, limits, points };
}

import { MIB } from '../base/units';
import { limitsOf, type LimitOverrides } from '../health/assess';
import type { HealthCheck, HealthLimits, HealthServer } from '../health/check';
import { LAST_TRANSACTION_ID } from '../health/checks/limits';
import { HEALTH_CHECKS } from '../health/registry';

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

/** How the value of a check is made of its own rows, in SQL, or of counters, in PromQL. */
interface Recipe {
  /** Of `rows`, the check's own query; one value, or one a row if there is a label. */
  readonly value?: string;
  readonly label?: string;
  /** Values of `rows` that are counted; the rate is Prometheus's business. */
  readonly counters?: Readonly<Record<string, string>>;
  readonly expression?: (names: (counter: string) => string) => string;
  readonly having?: string;
  /** Of checks whose rows carry their own verdict. */
  readonly limits?: HealthLimits;
  readonly holdsFor?: string;
  readonly isCostly?: boolean;
}

const WITHIN_SECONDS = { holdsFor: '1m' };
const HOUR_SECONDS = 3600;

/** 10 pages a second: below that, a ratio of the last minutes is chance. */
const ENOUGH_BLOCKS = 10;

const RATIO: Recipe = {
  counters: { hits: 'coalesce(sum(hit), 0)', reads: 'coalesce(sum(read), 0)' },
  // Of the last quarter of an hour: since the counters were reset it would no longer move.
  expression: of =>
    `100 * rate(${of('hits')}[15m]) / (rate(${of('hits')}[15m]) + rate(${of('reads')}[15m]) > ${ENOUGH_BLOCKS})`,
};
const OLDEST: Recipe = { value: 'coalesce(max(seconds), 0)', ...WITHIN_SECONDS };
const IDS: Recipe = { value: `100 * age / ${LAST_TRANSACTION_ID}`, label: 'name', having: 'not "isTable"' };

const RECIPES: Readonly<Record<string, Recipe>> = {
  'statement-time-average': { value: 'sum(calls * mean_ms) / nullif(sum(calls), 0)' },
  'slow-statements': { value: 'count(*) filter (where mean_ms > 1000)' },
  'cache-hit-ratio': RATIO,
  'index-cache-hit-ratio': RATIO,
  'connections-used': { value: '100 * sum(used) / nullif(sum(usable), 0)' },
  'long-running-statements': OLDEST,
  'long-transactions': OLDEST,
  'idle-in-transaction': OLDEST,
  'blocked-sessions': { value: 'count(*) filter (where waits)', ...WITHIN_SECONDS },
  'dead-tuples': { value: '100 * dead / nullif(live + dead, 0)', label: 'table', holdsFor: '30m' },
  'vacuum-lag': { value: 'hours', label: 'table', isCostly: true },
  'analyze-lag': { value: 'hours', label: 'table', isCostly: true },
  'autovacuum-off': { value: 'count(*)', limits: { worse: 'above', warning: 0, critical: Infinity } },
  'table-bloat': { value: '100 * (1 - needed / pages)', label: 'table', isCostly: true },
  'temporary-files': {
    counters: { bytes: 'sum(bytes)' },
    expression: of => `rate(${of('bytes')}[1h]) * ${HOUR_SECONDS} / ${MIB}`,
  },
  'requested-checkpoints': {
    counters: { requested: 'sum(requested)', timed: 'sum(timed)' },
    // A handful of checkpoints at least; on a quiet server there are a dozen an hour.
    expression: of =>
      `100 * increase(${of('requested')}[6h]) / (increase(${of('requested')}[6h]) + increase(${of('timed')}[6h]) > 10)`,
    holdsFor: '1h',
  },
  'wal-volume': {
    counters: { bytes: 'sum(bytes)' },
    expression: of => `rate(${of('bytes')}[1h]) * ${HOUR_SECONDS} / ${MIB}`,
  },
  'wal-archiving': {
    value: `count(*) filter (where mode <> 'off' and failing)`,
    limits: { worse: 'above', warning: Infinity, critical: 0 },
  },
  deadlocks: { counters: { '': 'sum(deadlocks)' }, expression: of => `increase(${of('')}[1d])` },
  'replication-lag': { value: 'seconds', label: 'name', holdsFor: '2m' },
  'replication-slots': { value: 'bytes / (1024 ^ 3)::float8', label: 'name' },
  'sequences-used': {
    value: '100 * used / "limit"',
    label: 'sequence',
    having: 'sequence is not null',
    isCostly: true,
  },
  'transaction-id-age': IDS,
  'multixact-age': IDS,
  'prepared-transactions': OLDEST,
};

/** What cannot be a metric, and why: said in what is written. */
export const NOT_MONITORED: Readonly<Record<string, string>> = {
  'statement-time-p95': 'it is estimated from means and deviations, which SQL alone cannot',
  'tables-read-whole': 'its counters say more over months than over minutes',
};

/** The checks that a server like this one cannot be asked, each with the reason; without those that need no query. */
export function unavailableChecks(server: HealthServer): { readonly id: string; readonly reason: string }[] {
  return HEALTH_CHECKS.flatMap(check => {
    if (check.id in NOT_MONITORED) return [];
    const rows = check.query(server);
    return typeof rows === 'string' ? [] : [{ id: check.id, reason: rows.unavailable }];
  });
}

/** The checks as metrics, for a server like this one. Checks it cannot be asked are left out. */
export function watchedChecks(server: HealthServer, overrides: LimitOverrides = {}): Watched[] {
  return HEALTH_CHECKS.flatMap(check => {
    const recipe = RECIPES[check.id];
    const rows = check.query(server);
    if (!recipe || typeof rows !== 'string') return [];
    const { holdsFor = '5m', isCostly = false } = recipe;
    const metrics = metricsOf(check, recipe, rows);
    const expression = recipe.expression?.(counter => counterName(check, counter)) ?? metrics[0]!.name;
    // Verdicts of a check's own have no limits that a team could change.
    const limits = limitsOf(check, overrides) ?? recipe.limits;
    return [{ check, limits, metrics, expression, holdsFor, isCostly }];
  });
}

function metricsOf(check: HealthCheck, recipe: Recipe, rows: string): Metric[] {
  const help = `${check.title}: ${check.unit}. ${check.source}`;
  const from = `from (\n${tidy(rows)}\n) rows${recipe.having ? `\nwhere ${recipe.having}` : ''}`;
  if (recipe.counters) {
    return Object.entries(recipe.counters).map(([counter, value]) => ({
      name: counterName(check, counter),
      type: 'counter',
      help,
      label: null,
      query: `select ${value} as value\n${from}`,
    }));
  }
  const column = recipe.label;
  const label = column === undefined ? null : (LABELS[column] ?? column);
  const ending = UNITS[check.unit] ?? '';
  // Two standbys may call themselves alike, and a series must be there once.
  const query =
    column === undefined
      ? `select ${recipe.value} as value\n${from}`
      : `select ${quoteLabel(column)} as ${label}, max(${recipe.value}) as value\n${from}\ngroup by 1`;
  return [{ name: nameOf(check, ending), type: 'gauge', help, label, query }];
}

/** `table` is a word of SQL, and `name` says too little in Prometheus. */
const LABELS: Readonly<Record<string, string>> = { table: 'relation', name: 'object' };

function quoteLabel(column: string): string {
  return column === 'table' ? '"table"' : column;
}

/** Prometheus wants the unit in the name. */
const UNITS: Readonly<Record<string, string>> = {
  '%': 'percent',
  ms: 'milliseconds',
  s: 'seconds',
  h: 'hours',
  GB: 'gigabytes',
};

/** Prometheus wants counters to end so. */
function counterName(check: HealthCheck, counter: string): string {
  return nameOf(check, counter === '' ? 'total' : `${counter}_total`);
}

function nameOf({ id }: HealthCheck, ending: string): string {
  return ['query_tuner', id.replaceAll('-', '_'), ending].filter(Boolean).join('_');
}

/** Without the indentation that the query has in our source. */
function tidy(sql: string): string {
  const lines = sql.split('\n').map(line => line.trimEnd());
  const used = lines.filter(line => line !== '');
  const indents = used.slice(1).map(line => /^ */.exec(line)![0].length);
  const least = Math.min(...indents, /^ */.exec(used[0] ?? '')![0].length || Infinity);
  return used.map(line => `  ${line.slice(Math.min(least, /^ */.exec(line)![0].length))}`).join('\n');
}

import type {
  Assessment,
  HealthCheck,
  HealthItem,
  HealthLimits,
  HealthResult,
  HealthRow,
  HealthServer,
  HealthStatus,
} from './check';

/** Limits a team has set for itself, by check. */
export type LimitOverrides = Readonly<Record<string, Partial<Pick<HealthLimits, 'warning' | 'critical'>>>>;

/** For checks whose rows carry their own verdict: never reached. */
const NO_LIMITS: HealthLimits = { worse: 'above', warning: Infinity, critical: Infinity };

export function limitsOf(check: HealthCheck, overrides: LimitOverrides = {}): HealthLimits | undefined {
  return check.limits && { ...check.limits, ...overrides[check.id] };
}

/** The verdict on a value: the limits themselves are still fine. */
export function statusOf(value: number | null, { worse, warning, critical }: HealthLimits): HealthStatus {
  if (value === null || Number.isNaN(value)) return 'unknown';
  const exceeds = (limit: number): boolean => (worse === 'above' ? value > limit : value < limit);
  return exceeds(critical) ? 'critical' : exceeds(warning) ? 'warning' : 'ok';
}

/** The rows whose own value is beyond the limits, as parts of a check's value. */
export function alarmingItems<R>(
  rows: readonly R[],
  limits: HealthLimits,
  valueOf: (row: R) => number,
  describe: (row: R) => Omit<HealthItem, 'status'>,
): HealthItem[] {
  return rows.flatMap(row => {
    const status = statusOf(valueOf(row), limits);
    return status === 'ok' ? [] : { ...describe(row), status };
  });
}

/** What a check says of the rows that its query returned. */
export function assessCheck(
  check: HealthCheck,
  rows: readonly HealthRow[],
  server: HealthServer,
  overrides?: LimitOverrides,
): HealthResult {
  const limits = limitsOf(check, overrides);
  const assessment = check.assess(rows, limits ?? NO_LIMITS, server);
  return report(check, limits, assessment, assessment.status ?? (limits ? statusOf(assessment.value, limits) : 'ok'));
}

/** A check that could not be asked: what is missing, never a guess. */
export function unknownResult(
  check: HealthCheck,
  detail: string,
  overrides?: LimitOverrides,
  step?: Assessment['step'],
): HealthResult {
  return report(check, limitsOf(check, overrides), { value: null, detail, ...(step && { step }) }, 'unknown');
}

/** The worst of several; unknown only when nothing is known. */
export function worstStatus(statuses: readonly HealthStatus[]): HealthStatus {
  for (const status of ['critical', 'warning', 'ok'] as const) if (statuses.includes(status)) return status;
  return 'unknown';
}

function report(
  check: HealthCheck,
  limits: HealthLimits | undefined,
  { value, detail, items = [], step }: Assessment,
  status: HealthStatus,
): HealthResult {
  const { id, title, group, unit, source, guideline } = check;
  return {
    id,
    title,
    group,
    value: value === null ? null : Number(value.toFixed(3)),
    unit,
    shown: shownValue(value, unit),
    target: limits ? describe(limits.worse === 'above' ? '≤' : '≥', limits.warning, unit) : '',
    critical:
      limits && Number.isFinite(limits.critical)
        ? describe(limits.worse === 'above' ? '>' : '<', limits.critical, unit)
        : '',
    status,
    detail,
    source,
    guideline: guideline ?? null,
    items,
    step: step ?? null,
  };
}

function describe(sign: string, limit: number, unit: string): string {
  return limit === 0 && sign === '≤' ? 'none' : `${sign} ${limit} ${unit}`;
}

function shownValue(value: number | null, unit: string): string {
  if (value === null) return '';
  const counted = value === 1 ? unit.replace(/^indexes\b|^(session|table|statement|failure)s\b/, singular) : unit;
  return `${value >= 100 ? Math.round(value) : Number(value.toFixed(2))} ${counted}`;
}

function singular(_: string, word: string | undefined): string {
  return word ?? 'index';
}

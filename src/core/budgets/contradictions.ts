import type { Finding } from '../rules/finding';
import type { Clause, LimitClause, ShapeClause } from './budget';
import { BUDGET_RULES } from './budgetRules';
import { formatQuantity, metricNamed, type MetricName } from './metrics';

/** The values that all limits so far allow; nothing that is measured is below 0. */
interface Interval {
  readonly low: number;
  readonly high: number;
  readonly lowOpen: boolean;
  readonly highOpen: boolean;
}

const EVERYTHING: Interval = { low: 0, high: Infinity, lowOpen: false, highOpen: true };

/** Clauses that no run can meet together with those before them. */
export function findContradictions(clauses: readonly Clause[]): Finding[] {
  const allowed = new Map<MetricName, { readonly interval: Interval; readonly by: readonly LimitClause[] }>();
  const findings: Finding[] = [];
  let shape: ShapeClause | undefined;
  for (const clause of clauses) {
    if (clause.kind === 'shape') {
      if (shape && shape.fingerprint !== clause.fingerprint) {
        findings.push(contradiction(clause, 'A statement has one plan, and another one is pinned before.', [shape]));
      }
      shape ??= clause;
    }
    if (clause.kind !== 'limit') continue;
    const { interval, by } = allowed.get(clause.metric) ?? { interval: EVERYTHING, by: [] };
    const narrowed = intersect(interval, intervalOf(clause));
    if (!isEmpty(narrowed)) allowed.set(clause.metric, { interval: narrowed, by: [...by, clause] });
    else if (by.length === 0) {
      findings.push(
        contradiction(clause, `No value of ${clause.metric} is ${clause.comparison} ${limitText(clause)}.`, []),
      );
    } else {
      const others = by.map(each => `${each.comparison} ${limitText(each)}`).join(' and ');
      const message = `No value of ${clause.metric} is ${clause.comparison} ${limitText(clause)} and ${others}.`;
      findings.push(contradiction(clause, message, by));
    }
  }
  return findings;
}

/** "10 ms", "20". */
export function limitText({ metric, limit }: Pick<LimitClause, 'metric' | 'limit'>): string {
  return formatQuantity(metricNamed(metric).quantity, limit);
}

function contradiction({ range }: Clause, message: string, by: readonly Clause[]): Finding {
  const related = by.map(each => ({ range: each.range, message: 'it contradicts this' }));
  return { rule: BUDGET_RULES.contradiction, severity: 'warning', message, range, related, fixes: [] };
}

function intervalOf({ comparison, limit }: LimitClause): Interval {
  if (comparison === '<' || comparison === '<=') return { ...EVERYTHING, high: limit, highOpen: comparison === '<' };
  if (comparison === '=') return { low: limit, high: limit, lowOpen: false, highOpen: false };
  return { ...EVERYTHING, low: limit, lowOpen: comparison === '>' };
}

function intersect(a: Interval, b: Interval): Interval {
  return {
    low: Math.max(a.low, b.low),
    high: Math.min(a.high, b.high),
    lowOpen: (a.low >= b.low && a.lowOpen) || (b.low >= a.low && b.lowOpen),
    highOpen: (a.high <= b.high && a.highOpen) || (b.high <= a.high && b.highOpen),
  };
}

function isEmpty({ low, high, lowOpen, highOpen }: Interval): boolean {
  return low > high || (low === high && (lowOpen || highOpen));
}

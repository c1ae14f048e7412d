import type { GuidelineRef } from '../../rules/finding';
import type { HealthResult } from '../check';

/** `cannot be seen`: the server alone does not tell, or not to this role. */
export type ChecklistVerdict = 'pass' | 'fail' | 'cannot be seen' | 'not applicable';

/** What a connected server tells about the guide's checklist. Sizes in bytes. */
export interface ChecklistFacts {
  readonly sharedBuffersBytes: number;
  readonly effectiveCacheBytes: number;
  readonly workMemBytes: number;
  readonly hashMemMultiplier: number;
  readonly maxConnections: number;
  /** Of the machine or container; absent where the server does not say. */
  readonly ramBytes?: number;
  /** Client sessions, and those of them that wait for their client; null to roles that may not see them. */
  readonly sessions: { readonly clients: number; readonly idle: number } | null;
  /** This very connection goes through a pooler. */
  readonly isPooled: boolean;
  /** Programs connected that look like a monitoring system's. */
  readonly monitors: readonly string[];
  /** Tables that are larger than the cache and in no partitions, the largest first. */
  readonly largeTables: readonly { readonly name: string; readonly bytes: number }[];
  readonly partitionedTables: number;
  readonly materializedViews: number;
  /** Those that cannot be refreshed CONCURRENTLY for want of a unique index. */
  readonly lockingViews: readonly string[];
  /** Jobs of pg_cron in this database and runs that failed within a week; null without it, or where it is hidden. */
  readonly cron: { readonly jobs: number; readonly failed: number } | null;
  /** Hypertables and how many of them are compressed; null without TimescaleDB. */
  readonly hypertables: { readonly all: number; readonly compressed: number } | null;
  /** Results of health checks, by id. */
  readonly checks: ReadonlyMap<string, HealthResult>;
}

/** What an item finds. */
export interface ChecklistFinding {
  readonly verdict: ChecklistVerdict;
  /** With units, and where it comes from if it is not plain. */
  readonly figure: string;
  readonly remedy?: string;
}

/** A point of the checklist, in our words. */
export interface ChecklistItem {
  readonly id: string;
  readonly title: string;
  readonly target: string;
  /** What the guide says wrongly or leaves out here. */
  readonly correction?: string;
  readonly guideline: GuidelineRef;
  evaluate(facts: ChecklistFacts): ChecklistFinding;
}

/** A line of the evaluated checklist. */
export interface ChecklistResult extends ChecklistFinding {
  readonly id: string;
  readonly title: string;
  readonly target: string;
  readonly correction: string | null;
  readonly guideline: GuidelineRef;
}

export function evaluateChecklist(items: readonly ChecklistItem[], facts: ChecklistFacts): ChecklistResult[] {
  return items.map(({ id, title, target, correction, guideline, evaluate }) => {
    const { remedy, ...finding } = evaluate(facts);
    const isNeeded = remedy !== undefined && finding.verdict !== 'pass';
    return { id, title, target, correction: correction ?? null, guideline, ...finding, ...(isNeeded && { remedy }) };
  });
}

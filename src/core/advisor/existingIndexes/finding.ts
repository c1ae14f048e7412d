import type { Change, Evidence } from '../suggestion';

export type IndexProblem =
  'invalid' | 'duplicate' | 'redundant prefix' | 'unused' | 'bloated' | 'missing foreign key index';

/** Something about the indexes that exist, and what would put it right. */
export interface ExistingIndexFinding {
  readonly problem: IndexProblem;
  /** Warning: it costs something and nothing is lost by the change. Info: judge it with what you know. */
  readonly severity: 'warning' | 'info';
  /** `schema.name` of the table. */
  readonly relation: string;
  /** `schema.name` of the index; null when an index is missing. */
  readonly index: string | null;
  readonly title: string;
  readonly evidence: Evidence;
  /** Size of the index, in bytes; of a missing one, as estimated. */
  readonly sizeBytes: number | null;
  /** Uses since the counters were reset. */
  readonly scans: number | null;
  /** Storage the change would give back, in bytes. */
  readonly reclaimableBytes: number | null;
  /** Null where nothing can be run here: on a standby. */
  readonly change: Change | null;
  /** Another way, where both are sensible. */
  readonly alternative?: Change;
  /** What to make sure of before. */
  readonly cautions: readonly string[];
}

/** What the review looks at. */
export interface ReviewLimits {
  /** An index counts as unused after so many days without a use. */
  readonly unusedDays: number;
  /** Smaller indexes are not worth a word about being unused or bloated. */
  readonly minBytes: number;
  /** Bloat is told from so many bytes on. */
  readonly bloatBytes: number;
  /** And if the index is at least so many times its size when built anew. */
  readonly bloatFactor: number;
}

/**
 * 30 days see a month's end. A B-tree filled in random order settles at ln 2 = 69 % of its pages (Yao, "On random
 * 2-3 trees", 1978) where a new one has 90 %: up to 1.3 times is its normal size, 2 times is not.
 */
export const DEFAULT_LIMITS: ReviewLimits = {
  unusedDays: 30,
  minBytes: 1024 * 1024,
  bloatBytes: 10 * 1024 * 1024,
  bloatFactor: 2,
};

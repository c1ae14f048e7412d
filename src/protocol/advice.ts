import type { ExistingIndexFinding } from '../core/advisor/existingIndexes/finding';
import type { Change, EvidenceKind, IndexDefinition } from '../core/advisor/suggestion';
import type { WorkloadOrder } from '../core/workload/workload';

/** The requests of the index advice view. */
export interface AdviceRequests {
  /** Finds indexes for a workload, and reviews those there are. Reads only. */
  'queryTuner/advice/run': { params: AdviceParams; result: AdviceView };
  /** Plans the statements as if other indexes had been advised. Reads only. */
  'queryTuner/advice/cost': { params: DesignParams; result: DesignView };
  /** Plans other forms of one index in its place. Reads only. */
  'queryTuner/advice/alternatives': { params: AlternativesParams; result: AlternativesView };
  /** Runs the statements that only read, each in a read-only transaction with a timeout. */
  'queryTuner/advice/measure': { params: MeasureParams; result: readonly Measurement[] };
}

/** What is advised on; without a workload the existing indexes alone are reviewed. */
export type AdviceSource =
  | { readonly kind: 'text'; readonly name: string; readonly text: string }
  /** Absolute paths of SQL files, folders and logs. */
  | { readonly kind: 'files'; readonly paths: readonly string[]; readonly by: WorkloadOrder; readonly top: number }
  | { readonly kind: 'statements'; readonly by: WorkloadOrder; readonly top: number }
  | { readonly kind: 'none' };

export interface AdviceParams {
  readonly connectionId: string;
  readonly source: AdviceSource;
  readonly budgetBytes?: number;
  readonly timeLimitMs?: number;
  /** An existing index unused for so long counts as unused; 30 by default. */
  readonly unusedDays?: number;
  readonly whatIf: 'auto' | 'hypopg' | 'shadow' | 'trial';
  readonly progressToken: string;
}

/** Everything the view shows, as one snapshot. */
export interface AdviceView {
  /** "queries.sql", "pg_stat_statements since 2026-01-31"; null when only existing indexes were reviewed. */
  readonly source: string | null;
  readonly whatIf: EvidenceKind | null;
  readonly timeLimitReached: boolean;
  readonly costBefore: number;
  readonly costAfter: number;
  readonly indexes: readonly AdvisedIndexView[];
  readonly statements: readonly AdvisedStatement[];
  /** Existing indexes that the advised ones make superfluous. */
  readonly redundant: readonly { readonly index: string; readonly because: string; readonly change: Change }[];
  readonly existing: readonly ExistingIndexFinding[];
  readonly skipped: readonly { readonly id: number; readonly reason: string; readonly sql: string }[];
  readonly notes: readonly string[];
}

export interface AdvisedIndexView {
  readonly title: string;
  readonly relation: string;
  readonly definition: IndexDefinition;
  readonly change: Change;
  readonly estimatedBytes: number;
  readonly why: string;
  /** Ids of statements that become cheaper with it, and of those that become dearer: they write its table. */
  readonly gains: readonly number[];
  readonly loses: readonly number[];
}

export interface AdvisedStatement {
  readonly id: number;
  readonly sql: string;
  readonly place?: string;
  readonly calls: number;
  readonly totalMs?: number;
  /** Planner cost of one run, before and with all advised indexes. */
  readonly costBefore: number;
  readonly costAfter: number;
  /** Why it got no index, with figures; absent if it did. */
  readonly reason?: string;
  /** Only reads, and has no parameter whose value is unknown: it can be measured. */
  readonly measurable: boolean;
}

/** A set of indexes that somebody chose, for statements of an {@link AdviceView}. */
export interface DesignParams {
  readonly connectionId: string;
  readonly statements: readonly { readonly id: number; readonly sql: string; readonly calls: number }[];
  readonly indexes: readonly IndexDefinition[];
  readonly whatIf: AdviceParams['whatIf'];
  readonly progressToken: string;
}

/** What changes in the view with the chosen indexes, which come in the order asked for. */
export interface DesignView extends Pick<AdviceView, 'costAfter' | 'indexes' | 'redundant'> {
  /** A statement that can no longer be planned is not among them. */
  readonly statements: readonly Pick<AdvisedStatement, 'id' | 'costAfter' | 'reason'>[];
  readonly skipped: readonly { readonly id: number; readonly reason: string }[];
}

export interface AlternativesParams extends DesignParams {
  /** Which of the indexes others are looked for. */
  readonly position: number;
  /** A form to list in any case: the one that was advised. */
  readonly advised?: IndexDefinition;
}

export interface AlternativesView {
  readonly whatIf: EvidenceKind;
  /** Planner cost of the workload without the index, and with it as it is. */
  readonly costWithout: number;
  readonly costWith: number;
  /** Bytes of the index as it is. */
  readonly estimatedBytes: number;
  readonly forms: readonly AlternativeView[];
}

export interface AlternativeView {
  /** "public.orders (customer_id) INCLUDE (amount)" */
  readonly title: string;
  readonly definition: IndexDefinition;
  /** "without INCLUDE", "other column order". */
  readonly differences: readonly string[];
  readonly estimatedBytes: number;
  /** Planner cost of the workload with it in the index's place. */
  readonly costAfter: number;
}

export interface MeasureParams {
  readonly connectionId: string;
  readonly statements: readonly { readonly id: number; readonly sql: string }[];
  readonly timeoutMs: number;
  readonly progressToken: string;
}

export interface Measurement {
  readonly id: number;
  /** Execution time of EXPLAIN ANALYZE; null if it failed. */
  readonly executionMs: number | null;
  readonly problem?: string;
}

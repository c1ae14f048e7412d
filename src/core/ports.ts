import { DatabaseError } from './base/databaseError';
import type { CancelSignal } from './base/cancelSignal';
import type { Catalog } from './catalog/catalog';
import type { EvidenceKind, IndexDefinition } from './advisor/suggestion';

export type Row = Record<string, unknown>;

/** Read-only access to one server. Implemented on `pg`; every call has a statement timeout. */
export interface Database {
  /** `server_version_num`, e.g. 180004. */
  readonly serverVersion: number;
  /** Runs one read-only query in its own read-only transaction. */
  query<T extends Row = Row>(sql: string, parameters?: readonly unknown[], signal?: CancelSignal): Promise<T[]>;
  readCatalog(signal?: CancelSignal): Promise<Catalog>;
  explain(request: ExplainRequest, signal?: CancelSignal): Promise<ExplainResult>;
}

export interface ExplainRequest {
  /** One statement, placeholders already turned into `$1`, `$2`... */
  readonly sql: string;
  readonly analyze: boolean;
  /** Values for `$n` as text; null is NULL. Empty with placeholders present asks for a generic plan. */
  readonly parameters: readonly (string | null)[];
  /** The statement changes data: run it read-write, always rolled back. */
  readonly writes: boolean;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  /** Settings tried for this statement alone, by SET LOCAL. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Options of EXPLAIN switched on or off by name; those the server does not know are left out. */
  readonly options?: Readonly<Record<string, boolean>>;
}

export interface ExplainResult {
  /** The parsed EXPLAIN (FORMAT JSON) output: an array with one document. */
  readonly plan: readonly Readonly<Record<string, unknown>>[];
  readonly serverVersion: number;
  readonly notices: readonly string[];
}

export { DatabaseError };

/** The cost of one plan under a configuration of hypothetical indexes. */
export interface PlanCost {
  readonly totalCost: number;
  /** Which of the hypothetical indexes the plan uses, by position in the configuration. */
  readonly usedIndexes: readonly number[];
  readonly plan: Readonly<Record<string, unknown>>;
  /** How far the estimator is off the server's own cost of this statement for the existing design, e.g. 0.0007, if it was compared. */
  readonly relativeError?: number;
  /** By what it was planned, where that depends on the statement. */
  readonly how?: EvidenceKind;
}

/** Plans statements as if indexes existed. */
export interface CostEstimator {
  readonly how: EvidenceKind;
  /** How far the estimator's costs for the existing design are from the server's own, e.g. 0.0007; absent if it is the server itself. */
  readonly relativeError?: number;
  /**
   * Tells which statements will be asked about, so that what planning them needs is fetched in one go. Fails only if it
   * is cancelled or the server is lost: what else cannot be had is told by {@link cost}.
   */
  anticipate?(statements: readonly string[], signal?: CancelSignal): Promise<void>;
  cost(sql: string, configuration: readonly IndexDefinition[], signal?: CancelSignal): Promise<PlanCost>;
  /** Estimated size of a hypothetical index. */
  estimateBytes(index: IndexDefinition): Promise<number>;
  /** In one sentence: by what it plans, how far that was off so far, what it leaves out. */
  describe?(): string;
  dispose(): Promise<void>;
}

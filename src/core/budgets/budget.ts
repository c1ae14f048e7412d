import type { SourceRange } from '../base/sourceRange';
import type { Finding } from '../rules/finding';
import type { LocatedStatement } from '../sql/statement';
import type { MetricName } from './metrics';

export type Comparison = '<' | '<=' | '=' | '>=' | '>';

/** A name as PostgreSQL folds it. The range is the document's. */
export interface BudgetName {
  readonly schema?: string;
  readonly name: string;
  readonly range: SourceRange;
}

/** Offsets of the document, from the first to the last word. */
interface Placed {
  readonly range: SourceRange;
}

/** `execution < 10 ms`. The limit is in the unit of the metric: ms, blocks, bytes, percent. */
export interface LimitClause extends Placed {
  readonly kind: 'limit';
  readonly metric: MetricName;
  readonly comparison: Comparison;
  readonly limit: number;
}

/** `no seq scan`, `no seq scan on counting_results`. */
export interface SeqScanClause extends Placed {
  readonly kind: 'seq scan';
  readonly relation?: BudgetName;
}

/** `no sort on disk`. */
export interface DiskSortClause extends Placed {
  readonly kind: 'disk sort';
}

/** `uses idx_cr_camera_time`. */
export interface IndexClause extends Placed {
  readonly kind: 'index';
  readonly index: BudgetName;
}

/** `rows estimate within 10x`. */
export interface EstimateClause extends Placed {
  readonly kind: 'estimate';
  readonly factor: number;
}

/** `plan = 3fa9c2e1`: see {@link planFingerprint}. */
export interface ShapeClause extends Placed {
  readonly kind: 'shape';
  readonly fingerprint: string;
}

/** One expectation of a budget; clauses are separated by commas. */
export type Clause = LimitClause | SeqScanClause | DiskSortClause | IndexClause | EstimateClause | ShapeClause;

/** A word of a budget, for its colour. */
export interface BudgetWord {
  readonly range: SourceRange;
  readonly kind: 'marker' | 'word' | 'name' | 'number' | 'operator';
}

/** All that the comments above a statement say it may cost. */
export interface Budget {
  readonly statement: LocatedStatement;
  /** Whole comments, in order: those that hold nothing but the budget, and those that say more. */
  readonly comments: readonly SourceRange[];
  readonly clauses: readonly Clause[];
  /** What could not be understood, or contradicts itself. */
  readonly problems: readonly Finding[];
  readonly words: readonly BudgetWord[];
}

/** The budgets of a document. */
export interface Budgets {
  /** In the order of their statements. */
  readonly budgets: readonly Budget[];
  /** Budgets that stand where they count for nothing. */
  readonly strays: readonly Finding[];
}

/** What the schema says about the names of a budget. */
export interface BudgetNames {
  /** False if there may be more than is known: names are then not called unknown. */
  readonly isComplete: boolean;
  hasRelation(name: Pick<BudgetName, 'schema' | 'name'>): boolean;
  hasIndex(name: Pick<BudgetName, 'schema' | 'name'>): boolean;
  readonly relations: readonly string[];
  readonly indexes: readonly string[];
  /** True for a table that holds rows of a partitioned one. */
  isPartition(relation: Pick<BudgetName, 'schema' | 'name'>): boolean;
  /** True for the relation itself, and for its partitions and children. */
  isPartOf(relation: Pick<BudgetName, 'schema' | 'name'>, whole: Pick<BudgetName, 'schema' | 'name'>): boolean;
  /** True for the index itself, and for that of a partition which is its part. */
  isPartOfIndex(index: string, whole: Pick<BudgetName, 'schema' | 'name'>): boolean;
}

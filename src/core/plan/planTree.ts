import type { NextStep } from './nextStep';

/** What PostgreSQL said about one plan node: the EXPLAIN (FORMAT JSON) object, untouched. */
export type RawPlanNode = Readonly<Record<string, unknown>> & { readonly Plans?: readonly RawPlanNode[] };

/** One explained statement: the raw document, its nodes in depth-first order, and figures derived from them. */
export interface PlanTree {
  /** The JSON document of this statement as PostgreSQL gave it (`Plan`, `Planning Time`, `Triggers`, ...). */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly root: PlanNode;
  /** Depth-first, parents before children; `nodes[i].id === i`. */
  readonly nodes: readonly PlanNode[];
  readonly planningMs?: number;
  readonly executionMs?: number;
  /** True if the plan was executed (EXPLAIN ANALYZE). */
  readonly analyzed: boolean;
  readonly triggers: readonly PlanTrigger[];
  readonly jit?: PlanJit;
  /** `SETTINGS`: planner settings that differ from their boot value. */
  readonly settings: Readonly<Record<string, string>>;
  /** What was in the input and could not be understood. */
  readonly notUnderstood: readonly string[];
  /** The statement, where a log or the document names it. */
  readonly queryText?: string;
  /** `Query Identifier`, all its digits. */
  readonly queryIdentifier?: string;
  /** Where and how the input said it; absent for what came as data, not as text. */
  readonly source?: PlanSource;
}

export type PlanFormat = 'json' | 'text' | 'yaml' | 'xml';

export interface PlanSource {
  readonly format: PlanFormat;
  /** The line of the input the plan begins in, from 1. */
  readonly line: number;
  /** What the log says the statement took; present only for plans of auto_explain. */
  readonly loggedMs?: number;
}

/** What a reader of plans could make nothing of, or had to guess. */
export interface PlanProblem {
  /** Fit to be shown, in one line. */
  readonly message: string;
  /** The line of the input, from 1. */
  readonly line?: number;
  /** What stands there, shortened. */
  readonly text?: string;
}

/** All that was understood of an input. */
export interface PlanReading {
  /** One tree per explained statement, in the order of the input. */
  readonly plans: readonly PlanTree[];
  readonly problems: readonly PlanProblem[];
}

export interface PlanNode {
  readonly id: number;
  readonly parentId?: number;
  readonly depth: number;
  readonly children: readonly PlanNode[];
  readonly raw: RawPlanNode;
  /** `Node Type`, e.g. `Index Scan`. */
  readonly nodeType: string;
  readonly relation?: string;
  readonly schema?: string;
  readonly alias?: string;
  readonly index?: string;
  /** `InitPlan`, `SubPlan`, `Outer`, `Inner`, `Member`... */
  readonly relationship?: string;
  /** `CTE recent`, `InitPlan 1`. */
  readonly subplanName?: string;
  /** The line of a text plan's input that shows the node, from 1. */
  readonly line?: number;
  readonly figures: PlanFigures;
}

/** Derived per node. Times in ms, sizes in 8 kB blocks unless named otherwise; absent when PostgreSQL did not say. */
export interface PlanFigures {
  /** Wall-clock time in the node and below, all loops together; parallel workers run side by side, not added up. */
  readonly totalMs?: number;
  /** `totalMs` less the children's; never negative. */
  readonly selfMs?: number;
  /** `selfMs` divided by the execution time, 0..1. */
  readonly selfShare?: number;
  readonly loops?: number;
  /** Rows produced over all loops and workers. */
  readonly rowsActual?: number;
  /** Rows the planner expected over the same loops. */
  readonly rowsPlanned: number;
  /** q-error, max(actual/planned, planned/actual), each at least one row; 1 is perfect. */
  readonly rowEstimateError?: number;
  readonly neverExecuted: boolean;
  readonly startupCost?: number;
  readonly totalCost?: number;
  /** Cost of this node without its children. */
  readonly selfCost?: number;
  /** Blocks touched by this node alone, over all loops and processes. */
  readonly sharedHitBlocks?: number;
  readonly sharedReadBlocks?: number;
  readonly sharedDirtiedBlocks?: number;
  readonly sharedWrittenBlocks?: number;
  /** Of temporary tables. */
  readonly localHitBlocks?: number;
  readonly localReadBlocks?: number;
  readonly localDirtiedBlocks?: number;
  readonly localWrittenBlocks?: number;
  /** Of files for sorts, hashes and the like that did not fit into memory. */
  readonly tempReadBlocks?: number;
  readonly tempWrittenBlocks?: number;
  /** Blocks hit or read, and temporary ones read or written: what this node worked through, and with all below it. */
  readonly selfBlocks?: number;
  readonly totalBlocks?: number;
  /** Waiting for blocks of every kind, all processes added up: may exceed `selfMs` in parallel plans. */
  readonly ioReadMs?: number;
  readonly ioWriteMs?: number;
  /** The part of both that temporary files took. */
  readonly tempIoMs?: number;
  readonly walRecords?: number;
  readonly walFullPageImages?: number;
  readonly walBytes?: number;
  /** Rows dropped by the filter, over all loops. */
  readonly rowsRemovedByFilter?: number;
  /** Pairs dropped by the condition of a join that is no key of it, over all loops. */
  readonly rowsRemovedByJoinFilter?: number;
  /** Rows of lossy pages, or found by a lossy index, that the recheck dropped, over all loops. */
  readonly rowsRemovedByRecheck?: number;
  readonly workersPlanned?: number;
  readonly workersLaunched?: number;
  /** Processes that ran the node side by side, the leader included; absent where there was one. */
  readonly processes?: number;
  /** Who did what in a parallel node, as VERBOSE tells; the leader, who gets what is left over, has no number. */
  readonly workers?: readonly WorkerFigures[];
}

/** What one process did in a parallel node, and below it. */
export interface WorkerFigures {
  /** Absent for the leader. */
  readonly number?: number;
  readonly totalMs?: number;
  readonly rows?: number;
  readonly loops?: number;
  /** Blocks hit or read, and temporary ones read or written. */
  readonly blocks?: number;
}

export interface PlanTrigger {
  readonly name: string;
  readonly relation?: string;
  readonly constraint?: string;
  readonly ms: number;
  readonly calls: number;
}

export interface PlanJit {
  readonly functions: number;
  readonly totalMs?: number;
}

/** What a plan rule reports. */
export interface PlanFinding {
  /** `plan/slug`. */
  readonly rule: string;
  readonly severity: 'error' | 'warning' | 'info' | 'hint';
  /** Absent when it concerns the whole statement. */
  readonly nodeId?: number;
  readonly message: string;
  /** The figures that decided. */
  readonly evidence: string;
  /** Upper bound of what fixing it could save. */
  readonly savesMs?: number;
  /** The blocks that fixing it could leave untouched, where the plan tells. */
  readonly savesBlocks?: number;
  /** What to do next, in one sentence. */
  readonly nextStep?: string;
  /** The same to press, the best first. */
  readonly steps?: readonly NextStep[];
}

/** One node of a comparison; a node of only one side has the other absent. */
export interface PlanDifference {
  readonly before?: PlanNode;
  readonly after?: PlanNode;
  readonly depth: number;
  readonly change: 'same' | 'changed' | 'added' | 'removed';
}

export interface PlanComparison {
  readonly rows: readonly PlanDifference[];
  /** The verdict with its figures: "12.4x less work: 48,211 -> 3,880 blocks; the sort is gone". */
  readonly sentence: string;
  /** What keeps the runs from being comparable: "one was only estimated", "the results differ". */
  readonly cautions: readonly string[];
  /** What the verdict rests on. */
  readonly measure: 'blocks' | 'time' | 'cost' | 'nothing';
  /** before / after; above 1 is faster. Absent when either plan was not executed. */
  readonly speedUp?: number;
  /** Blocks before / after; above 1 is less work. */
  readonly blocksRatio?: number;
  /** Cost before / after; above 1 is cheaper. */
  readonly costRatio?: number;
  /** Execution times, when both plans were executed. */
  readonly beforeMs?: number;
  readonly afterMs?: number;
  /** Blocks hit or read, and temporary ones read or written, when both plans counted them. */
  readonly beforeBlocks?: number;
  readonly afterBlocks?: number;
  readonly beforeCost?: number;
  readonly afterCost?: number;
  readonly verdict: 'better' | 'same' | 'worse';
}

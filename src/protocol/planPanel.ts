import type { PlanFinding } from '../core/plan/planTree';

/** One row of the plan's tree table: plain data, shaped for showing. */
export interface NodeView {
  readonly id: number;
  readonly parentId?: number;
  readonly depth: number;
  readonly childCount: number;
  readonly nodeType: string;
  /** "on counting_results cr using idx_cr_camera". */
  readonly detail: string;
  readonly subplanName?: string;
  readonly totalMs?: number;
  readonly selfMs?: number;
  /** 0..1 of the execution time, or of the total cost when not executed. */
  readonly selfShare?: number;
  readonly rowsActual?: number;
  readonly rowsPlanned: number;
  readonly rowEstimateError?: number;
  readonly loops?: number;
  readonly totalCost?: number;
  readonly sharedHitBlocks?: number;
  readonly sharedReadBlocks?: number;
  readonly tempWrittenBlocks?: number;
  readonly neverExecuted: boolean;
  /** Label and value of everything else PostgreSQL said: conditions, sort keys, workers. */
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

export interface SuggestionView {
  readonly id: number;
  readonly title: string;
  readonly sql: readonly string[];
  readonly inverse: readonly string[];
  readonly locks: string;
  readonly how: string;
  readonly evidence: string;
  readonly cost: string;
  readonly costBefore?: number;
  readonly costAfter?: number;
  readonly state: 'offered' | 'applying' | 'applied' | 'undone';
}

export interface ComparisonView {
  readonly verdict: 'better' | 'same' | 'worse';
  readonly beforeMs?: number;
  readonly afterMs?: number;
  readonly beforeCost?: number;
  readonly afterCost?: number;
  readonly speedUp?: number;
  readonly rows: readonly {
    readonly depth: number;
    readonly change: 'same' | 'changed' | 'added' | 'removed';
    readonly before?: string;
    readonly after?: string;
    readonly beforeMs?: number;
    readonly afterMs?: number;
  }[];
}

/** A whole snapshot of the panel. */
export interface PlanView {
  readonly title: string;
  readonly sql: string;
  readonly connection: string;
  readonly server: string;
  readonly analyzed: boolean;
  readonly planningMs?: number;
  readonly executionMs?: number;
  readonly totalCost?: number;
  readonly nodes: readonly NodeView[];
  readonly triggers: readonly { readonly name: string; readonly ms: number; readonly calls: number }[];
  readonly jitMs?: number;
  readonly findings: readonly PlanFinding[];
  readonly suggestions: readonly SuggestionView[];
  /** Why nothing more is suggested, and other remarks ("rolled back", "work_mem is 4MB"). */
  readonly notes: readonly string[];
  readonly comparison?: ComparisonView;
  /** What failed, with what to do next; the rest of the snapshot is then the last good one or empty. */
  readonly error?: string;
}

export interface ProgressView {
  readonly text: string;
  /** 0..1; absent when unknown. */
  readonly fraction?: number;
  readonly cancellable: boolean;
}

/** Answered by the extension. */
export interface PlanHost {
  /** First call of a freshly loaded page. */
  ready(): Promise<PlanView | undefined>;
  explain(options: { readonly analyze: boolean }): Promise<void>;
  /** Selects the statement in the editor; with a node, the part of it the node comes from. */
  revealStatement(nodeId?: number): Promise<void>;
  /** Asks for confirmation where the connection's role demands it, then runs the change. */
  apply(suggestionId: number): Promise<void>;
  undo(suggestionId: number): Promise<void>;
  saveAsMigration(suggestionId: number): Promise<void>;
  cancel(): Promise<void>;
  copy(what: 'plan' | 'sql', suggestionId?: number): Promise<void>;
  openRule(rule: string): Promise<void>;
}

/** Answered by the page. */
export interface PlanPage {
  show(view: PlanView): void;
  progress(progress: ProgressView | null): void;
  select(nodeId: number): void;
}

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
  readonly startupMs?: number;
  readonly startupCost?: number;
  readonly sharedDirtiedBlocks?: number;
  readonly sharedWrittenBlocks?: number;
  readonly localReadBlocks?: number;
  readonly tempReadBlocks?: number;
  /** Of the node alone, when track_io_timing is on. */
  readonly ioReadMs?: number;
  readonly ioWriteMs?: number;
  /** Rows taken away by its filters, all loops together. */
  readonly rowsRemoved?: number;
  /** The wrong row estimate begins here and is not passed on from below. */
  readonly isErrorOrigin?: boolean;
  readonly workers?: readonly WorkerView[];
  /** The parts of the view's SQL the node comes from. */
  readonly sqlRanges?: readonly { readonly start: number; readonly end: number }[];
  /** Label and value of everything else PostgreSQL said: conditions, sort keys, workers. */
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

/** What one participant of a parallel node did. */
export interface WorkerView {
  /** The leader has no number. */
  readonly number?: number;
  readonly totalMs?: number;
  readonly rows?: number;
  readonly loops?: number;
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
  /** The verdict with its figures, in one line. */
  readonly sentence?: string;
  /** Why the two runs may not be comparable. */
  readonly cautions?: readonly string[];
  readonly measure?: 'blocks' | 'time' | 'cost' | 'nothing';
  readonly beforeMs?: number;
  readonly afterMs?: number;
  readonly beforeBlocks?: number;
  readonly afterBlocks?: number;
  readonly beforeCost?: number;
  readonly afterCost?: number;
  readonly speedUp?: number;
  readonly blocksRatio?: number;
  readonly costRatio?: number;
  /** What the plan is compared with; absent: the one shown before. */
  readonly against?: ComparedWith;
  readonly rows: readonly ComparisonRowView[];
}

/** An earlier run, the pinned one, or a file by its name. */
export type ComparedWith =
  { readonly kind: 'run' | 'baseline'; readonly at: string } | { readonly kind: 'file'; readonly name: string };

/** One node of either plan or of both. */
export interface ComparisonRowView {
  readonly depth: number;
  readonly change: 'same' | 'changed' | 'added' | 'removed';
  readonly before?: string;
  readonly after?: string;
  readonly beforeId?: number;
  readonly afterId?: number;
  readonly beforeMs?: number;
  readonly afterMs?: number;
  /** Of the node alone, as everything below. */
  readonly beforeSelfMs?: number;
  readonly afterSelfMs?: number;
  /** Measured, or planned in a plan that was not executed. */
  readonly beforeRows?: number;
  readonly afterRows?: number;
  readonly beforeBlocks?: number;
  readonly afterBlocks?: number;
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
  /** The plan as it was given, for the raw tab; that of a live plan is asked for by `rawText`. */
  readonly raw?: { readonly format: 'json' | 'text' | 'yaml' | 'xml'; readonly text: string };
  /** Settings that differ from their defaults, as EXPLAIN (SETTINGS) says. */
  readonly settings?: readonly { readonly name: string; readonly value: string }[];
  /** Everything about the whole statement: planning buffers and memory, WAL, serialization, JIT, query identifier. */
  readonly statistics?: readonly { readonly name: string; readonly value: string }[];
  /** What could not be understood of a plan that was read from a text. */
  readonly problems?: readonly string[];
  /** `file`: a saved plan; nothing can be run again. */
  readonly source?: 'live' | 'file';
  /** Which of several plans of a file this is, from 0. */
  readonly place?: { readonly index: number; readonly count: number };
  readonly history?: HistoryView;
  /** Several runs of the same statement, the warm-up first. */
  readonly runs?: RunsView;
  /** What failed, with what to do next; the rest of the snapshot is then the last good one or empty. */
  readonly error?: string;
}

/** Earlier runs of the same statement, oldest first. */
export interface HistoryView {
  readonly entries: readonly HistoryEntryView[];
  /** Id of the entry that was pinned to compare with. */
  readonly baseline?: string;
}

export interface HistoryEntryView {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly executionMs?: number;
  readonly blocks?: number;
  readonly totalCost?: number;
  /** False: only the figures were kept, and there is nothing to compare with. */
  readonly hasPlan?: boolean;
  /** What was different then: settings, parameters, server. */
  readonly note?: string;
}

export interface RunsView {
  /** Execution times in ms; the first is the warm-up. */
  readonly timesMs: readonly number[];
  readonly minMs: number;
  readonly medianMs: number;
  readonly p95Ms: number;
}

/** How to run the statement again. */
export interface ExplainAgain {
  readonly analyze: boolean;
  /** Options of EXPLAIN beside ANALYZE, switched on or off: BUFFERS, WAL, SETTINGS, VERBOSE, TIMING, MEMORY, SERIALIZE. */
  readonly options?: Readonly<Record<string, boolean>>;
  /** Set for this run only: `{ work_mem: '64MB', enable_seqscan: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Ask for the parameters again. */
  readonly askParameters?: boolean;
  /** How often; more than one gives figures over all, the first being the warm-up. */
  readonly runs?: number;
  /** Show beside the plan that is there now. */
  readonly compare?: boolean;
}

export type ExportFormat = 'html' | 'markdown' | 'svg' | 'png' | 'json' | 'text';

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
  explain(options: ExplainAgain): Promise<void>;
  /** Selects the statement in the editor; with a node, the part of it the node comes from. */
  revealStatement(nodeId?: number): Promise<void>;
  /** Asks for confirmation where the connection's role demands it, then runs the change. */
  apply(suggestionId: number): Promise<void>;
  undo(suggestionId: number): Promise<void>;
  /** Runs the SQL of a finding's step, after it was confirmed where that is asked for, and explains again. */
  runStep?(findingIndex: number, stepIndex: number): Promise<void>;
  saveAsMigration(suggestionId: number): Promise<void>;
  cancel(): Promise<void>;
  copy(what: 'plan' | 'sql', suggestionId?: number): Promise<void>;
  /** The plan as PostgreSQL gave it, for a view that does not bring it along; the first characters of a very long one. */
  rawText?(): Promise<string>;
  /** Puts a text that the page made into the clipboard. */
  copyText?(text: string): Promise<void>;
  /** Saves what the page made; `base64` for pictures. Asks where. */
  exportAs?(format: ExportFormat, content: string, encoding: 'utf8' | 'base64'): Promise<void>;
  /** Lights the part of the SQL a node comes from, while the pointer or the focus is on it. */
  hoverNode?(nodeId: number | null): Promise<void>;
  /** Compares with an earlier run, or with a saved plan that is then asked for. */
  compareWith?(entry: string | 'file'): Promise<void>;
  pinBaseline?(entry: string | null): Promise<void>;
  clearHistory?(): Promise<void>;
  /** Shows another plan of the same file: the one with this index, or one that is then asked for. */
  choosePlan?(index: number | 'ask'): Promise<void>;
  openRule(rule: string): Promise<void>;
}

/** Answered by the page. */
export interface PlanPage {
  show(view: PlanView): void;
  progress(progress: ProgressView | null): void;
  select(nodeId: number): void;
  /** Marks the nodes that come from the place of the cursor in the editor. */
  highlight?(nodeIds: readonly number[]): void;
}

/** Something the reader of a finding can press. The page of the rule itself is opened by the finding's `rule`. */
export type NextStep = ExplainStep | SqlStep | IndexStep | RewriteStep;

interface Step {
  /** On the button: "Try with work_mem = 64MB". */
  readonly title: string;
}

/** Run the same statement again, with other settings or options, and compare. Changes nothing on the server. */
export interface ExplainStep extends Step {
  readonly kind: 'explain';
  /** Set for the one run, as by SET LOCAL: `{ work_mem: '64MB' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Options of EXPLAIN, switched on or off: `{ TIMING: false }`. */
  readonly options?: Readonly<Record<string, boolean>>;
  /** Only to learn what the planner avoids: nobody should keep `enable_seqscan = off`. */
  readonly onlyForComparison?: boolean;
}

/** Run SQL on the server, after it was shown: ANALYZE, VACUUM, CREATE STATISTICS, CREATE INDEX. */
export interface SqlStep extends Step {
  readonly kind: 'sql';
  readonly what: 'analyze' | 'vacuum' | 'statistics' | 'index' | 'setting';
  readonly sql: readonly string[];
}

/** Ask the advisor for indexes that serve the statement. */
export interface IndexStep extends Step {
  readonly kind: 'suggest-index';
}

/** Write the statement another way. */
export interface RewriteStep extends Step {
  readonly kind: 'rewrite';
  /** The rule over SQL text whose page says how: `query/deep-offset`. */
  readonly rule?: string;
}

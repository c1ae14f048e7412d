/** Numbers the rules compare with; each can be set in `.query-tuner.json`. */
export interface Thresholds {
  /** Below this many rows a table is too small for an index or a rewrite to matter. */
  readonly smallTableRows: number;
  /** From this many rows on a table is big: a lock, a rewrite or a full scan of it is felt. */
  readonly bigTableRows: number;
  /** OFFSET from this many rows on is deep. */
  readonly deepOffsetRows: number;
  /** IN lists with more items than this are long. */
  readonly inListItems: number;
  /** Index keys with more columns than this are wide. */
  readonly indexKeyColumns: number;
  /** More indexes than this on one table are many. */
  readonly indexesPerTable: number;
  /** More joined relations than this are planned in pieces: `join_collapse_limit`. */
  readonly joinedRelations: number;
  /** Runs of at least this many single-row INSERTs are reported. */
  readonly singleRowInserts: number;
}

/**
 * - `smallTableRows`: some ten pages of 8 kB, read as fast as an index is descended.
 * - `bigTableRows`: a million rows; building an index on that many takes seconds, during which writes wait.
 * - `joinedRelations`: PostgreSQL's default of `join_collapse_limit` and `from_collapse_limit`.
 * - The others are conventions without a measurement behind them.
 */
export const DEFAULT_THRESHOLDS: Thresholds = {
  smallTableRows: 1000,
  bigTableRows: 1_000_000,
  deepOffsetRows: 1000,
  inListItems: 100,
  indexKeyColumns: 4,
  indexesPerTable: 10,
  joinedRelations: 8,
  singleRowInserts: 5,
};

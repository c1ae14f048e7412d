/** One set of values for a statement's parameters, by name and as text; null is NULL. */
export interface ParameterSet {
  /** How it was chosen: `common values`, `all NULL`. */
  readonly label: string;
  readonly values: Readonly<Record<string, string | null>>;
}

/**
 * What comparing two forms of a statement on a server showed. It speaks of the rows that were there, for the values
 * that were tried; it is no proof for other rows.
 */
export interface Verification {
  readonly verdict: Verdict;
  /** When the snapshot was taken that both forms read, ISO 8601, by the server's clock. */
  readonly comparedAt: string;
  /** One for each set of values; one in all for a statement without parameters. Empty if nothing was run. */
  readonly comparisons: readonly ValuesComparison[];
  /** Why nothing was run: a volatile function, a statement that writes. */
  readonly refusal?: string;
  /** What was not compared, or compared otherwise than one might think. */
  readonly remarks: readonly string[];
  /** How long both took, by set of values; absent if they were not timed. */
  readonly timings: readonly TimingComparison[];
}

/**
 * - `equal`: the same rows each time, in the same order where ORDER BY decides it
 * - `different`: at least once not
 * - `undetermined`: they differ only in what the statement itself leaves open, which of the rows that tie LIMIT keeps
 * - `not compared`: it was refused, not allowed, or took too long
 */
export type Verdict = 'equal' | 'different' | 'undetermined' | 'not compared';

export interface ValuesComparison {
  /** Absent for a statement without parameters. */
  readonly values?: ParameterSet;
  readonly outcome: Outcome;
}

export type Outcome =
  | {
      readonly kind: 'equal';
      readonly rows: number;
      /** What of the order was compared; `none`: there is no ORDER BY. */
      readonly order: 'none' | 'sort keys';
    }
  | { readonly kind: 'different'; readonly differences: readonly Difference[] }
  | { readonly kind: 'undetermined'; readonly rows: number; readonly reason: string }
  /** Both fail, as with a division by zero. */
  | { readonly kind: 'both fail'; readonly message: string }
  | { readonly kind: 'not compared'; readonly reason: string };

/** A row as its cells are written; null is NULL. */
export type SampleRow = readonly (string | null)[];

export type Difference =
  | { readonly kind: 'column count'; readonly original: number; readonly rewritten: number }
  /** The position counts from 1. */
  | {
      readonly kind: 'column name' | 'column type';
      readonly position: number;
      readonly original: string;
      readonly rewritten: string;
    }
  | {
      readonly kind: 'rows';
      readonly original: number;
      readonly rewritten: number;
      /** Rows of the original that the rewritten form lacks, duplicates counted. */
      readonly missing: number;
      readonly added: number;
      /** Each row is in both, but not as often. */
      readonly onlyRepeats: boolean;
      readonly missingRows: readonly SampleRow[];
      readonly addedRows: readonly SampleRow[];
    }
  /** The sort keys of so many rows are not those at the same place before; `first` counts from 1. */
  | { readonly kind: 'order'; readonly places: number; readonly first: number }
  | { readonly kind: 'order lost'; readonly reason: string }
  | { readonly kind: 'only one fails'; readonly form: 'original' | 'rewritten'; readonly message: string };

export interface TimingComparison {
  readonly values?: ParameterSet;
  readonly original: Timing;
  readonly rewritten: Timing;
}

/** Execution times that EXPLAIN ANALYZE reported, without the clock of each node; the forms ran in turns. */
export interface Timing {
  readonly runs: number;
  readonly medianMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
}

/** The figures of several runs. @param timesMs at least one */
export function timingOf(timesMs: readonly number[]): Timing {
  const sorted = [...timesMs].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const medianMs = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { runs: sorted.length, medianMs, leastMs: sorted[0]!, mostMs: sorted.at(-1)! };
}

/** What all comparisons together say: one difference is enough, and nothing is equal that was not compared at all. */
export function verdictOf(comparisons: readonly ValuesComparison[]): Verdict {
  const kinds = comparisons.map(({ outcome }) => outcome.kind);
  if (kinds.includes('different')) return 'different';
  if (kinds.length === 0 || kinds.includes('not compared')) return 'not compared';
  if (kinds.includes('undetermined')) return 'undetermined';
  // Two errors are no rows that could be compared.
  return kinds.includes('equal') ? 'equal' : 'not compared';
}

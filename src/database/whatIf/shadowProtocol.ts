/** What passes between the shadow planner and its worker: plain data, so that it can be posted. */

import type { GinCounters } from '../../core/advisor/indexes/ginSize';

export interface ShadowWorkerData {
  /** Folder with pglite.wasm, pglite.data, the empty database and the extension archives. */
  readonly assetsDir: string;
}

/** A row for `pg_restore_attribute_stats`; arrays in PostgreSQL's text form. `attname` `#2` is the second key of an index. */
export interface AttributeStatistics {
  readonly attname: string;
  readonly inherited: boolean;
  readonly null_frac: string | null;
  readonly avg_width: string | null;
  readonly n_distinct: string | null;
  readonly most_common_vals?: string | null;
  readonly most_common_freqs?: string | null;
  readonly histogram_bounds?: string | null;
  readonly correlation?: string | null;
  readonly most_common_elems?: string | null;
  readonly most_common_elem_freqs?: string | null;
  readonly elem_count_histogram?: string | null;
  readonly range_length_histogram?: string | null;
  readonly range_empty_frac?: string | null;
  readonly range_bounds_histogram?: string | null;
}

/** Size and statistics of a table or an index as the server has them. */
export interface StorageFacts {
  readonly schema: string;
  readonly name: string;
  /** `relpages`, as of the last ANALYZE or VACUUM. */
  readonly analyzedPages: number;
  /** `reltuples`; -1 when never analysed. */
  readonly tuples: number;
  readonly allVisiblePages: number;
  /** Blocks of 8 kB the file has now; the planner scales `reltuples` by it. */
  readonly currentPages: number;
  /** Levels above the leaves of a B-tree, if known. */
  readonly treeHeight?: number;
  readonly attributes: readonly AttributeStatistics[];
}

/**
 * A statistics object (CREATE STATISTICS) with what ANALYZE found, as `pg_stats_ext` and `pg_stats_ext_exprs` show it.
 * Numbers are text, so that they stay exact.
 */
export interface ExtendedStatisticsFacts {
  readonly schema: string;
  readonly name: string;
  readonly inherited: boolean;
  /** Quoted and qualified. */
  readonly table: string;
  /** Its columns, and their numbers on the server: `ndistinct` and `dependencies` speak in numbers. */
  readonly columns: readonly string[];
  readonly keys: readonly number[];
  /** They are -1, -2 ... in `ndistinct` and `dependencies`. */
  readonly expressions: readonly string[] | null;
  /** `{"1, 2": 40, "1, 3": 99}` */
  readonly ndistinct: string | null;
  /** `{"1 => 2": 0.950000}` */
  readonly dependencies: string | null;
  /** Most common combinations, in the order of columns, then expressions. */
  readonly values: readonly (readonly (string | null)[])[] | null;
  readonly nulls: readonly (readonly boolean[])[] | null;
  readonly frequencies: readonly string[] | null;
  readonly baseFrequencies: readonly string[] | null;
  readonly expressionStatistics: readonly Omit<AttributeStatistics, 'attname'>[] | null;
}

/** One statement that builds a part of the model. A failure of an optional one becomes a note. */
export interface ModelStep {
  readonly sql: string;
  /** In words, for the refusal: `table public.orders`. */
  readonly what: string;
  readonly optional?: boolean;
}

/** Relations to add to the shadow: built empty, then given the server's statistics and sizes. */
export interface ShadowModel {
  readonly extensions: readonly { readonly name: string; readonly schema: string }[];
  readonly steps: readonly ModelStep[];
  /** Run once everything else is there; a failure becomes a note. */
  readonly lateSteps: readonly ModelStep[];
  readonly storage: readonly StorageFacts[];
  readonly extended: readonly ExtendedStatisticsFacts[];
  readonly settings: readonly { readonly name: string; readonly value: string }[];
}

/** A hypothetical index, created once and switched on and off. */
export interface ShadowIndex {
  readonly name: string;
  readonly sql: string;
  readonly schema: string;
  /** Leaf tables it lands on: the table itself, or the partitions. */
  readonly tables: readonly { readonly schema: string; readonly name: string }[];
  readonly pages: number;
  readonly tuples: number;
  readonly treeHeight: number;
  /** Of a GIN index, if known. */
  readonly gin?: GinCounters;
  readonly attributes: readonly AttributeStatistics[];
}

/** Values of an expression over columns of a table with `rows` rows, for ANALYZE. */
export interface SampleToAnalyze {
  /** Quoted and qualified. */
  readonly table: string;
  readonly expression: string;
  /** The values, as arrays in PostgreSQL's text form. */
  readonly chunks: readonly string[];
  readonly rows: number;
}

/** What ANALYZE made of a sample, and the type of its values. */
export type AnalyzedExpression = Omit<AttributeStatistics, 'attname' | 'inherited'> & { readonly type: string };

export type ShadowRequest =
  | { readonly kind: 'load'; readonly model: ShadowModel }
  /** New sizes and statistics for relations that are there; hypothetical indexes are forgotten. */
  | { readonly kind: 'refresh'; readonly facts: Pick<ShadowModel, 'storage' | 'extended'> }
  | { readonly kind: 'createIndex'; readonly index: ShadowIndex }
  /** All of them or, if one fails, none. */
  | { readonly kind: 'createIndexes'; readonly indexes: readonly ShadowIndex[] }
  | { readonly kind: 'analyzeSample'; readonly sample: SampleToAnalyze }
  | { readonly kind: 'dropIndexes'; readonly names: readonly string[] }
  /** Of the hypothetical indexes `among`, only those in `indexes` are visible; all others stay as they are. */
  | {
      readonly kind: 'explain';
      readonly sql: string;
      readonly indexes: readonly string[];
      readonly among: readonly string[];
    }
  | { readonly kind: 'memory' };

export interface ShadowCall {
  readonly id: number;
  readonly request: ShadowRequest;
}

/**
 * `load` and `refresh` answer with notes, `createIndex` with the names of what it made, `createIndexes`
 * with those of each, `explain` with the plan,
 * `analyzeSample` with statistics (none for an empty sample), `memory` with the bytes the planner holds.
 */
export type ShadowAnswer =
  | {
      readonly id: number;
      readonly ok: true;
      readonly notes?: readonly string[];
      readonly created?: readonly (readonly string[])[];
      readonly plan?: Record<string, unknown>;
      readonly bytes?: number;
      readonly expression?: AnalyzedExpression;
    }
  | {
      readonly id: number;
      readonly ok: false;
      readonly message: string;
      readonly sqlState?: string;
      readonly what?: string;
    };

import type { Relation } from '../../catalog/catalog';
import type { KeyKind } from './scheme';

/** What a server tells of its tables where it matters for partitioning. Sizes in bytes, times in seconds since 1970. */
export interface PartitionFacts {
  readonly serverVersion: number;
  /**
   * Memory that caches tables: `effective_cache_size`, the administrator's own estimate of it, because SQL does not
   * tell the machine's memory; or what the user says.
   */
  readonly memoryBytes: number;
  readonly memorySource: 'effective_cache_size' | 'given';
  /** The server's clock. */
  readonly now: number;
  /** Name and version of what is installed: timescaledb, citus, pg_cron, pg_partman. */
  readonly extensions: readonly { readonly name: string; readonly version: string }[];
  /** Values and units as SHOW has them: `timezone`. */
  readonly timeZone: string;
  readonly tables: readonly TableFacts[];
}

export interface TableFacts {
  readonly relation: Relation;
  readonly rows: number;
  /** Heap and TOAST. */
  readonly tableBytes: number;
  readonly indexBytes: number;
  /** Rows written since the counters were reset, and how many days ago that was; absent when never reset. */
  readonly inserts: number;
  readonly updates: number;
  readonly deletes: number;
  readonly countedDays?: number;
  /** Foreign keys of other tables (and of this one) that refer to it. */
  readonly referencedBy: readonly {
    readonly table: string;
    readonly constraint: string;
    readonly columns: readonly string[];
  }[];
  /** Columns whose values tell a time. */
  readonly keys: readonly KeyFacts[];
}

export interface KeyFacts {
  readonly column: string;
  readonly kind: KeyKind;
  readonly nullFraction: number;
  /** Ends of buckets of equally many rows, ascending; `pg_stats.histogram_bounds`. */
  readonly bounds: readonly number[];
  readonly mostCommon: readonly { readonly at: number; readonly fraction: number }[];
  readonly first: number;
  readonly last: number;
  /** `index`: the ends are the table's; `statistics`: those of a sample. */
  readonly endsFrom: 'index' | 'statistics';
}

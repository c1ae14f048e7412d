/** What a server tells about the indexes it has, at one moment. */
export interface IndexFacts {
  readonly server: CounterFacts;
  readonly indexes: readonly ExistingIndex[];
  readonly foreignKeys: readonly ForeignKey[];
}

/** What the counters of the server are worth. */
export interface CounterFacts {
  /** The server's clock, ISO 8601. */
  readonly now: string;
  /** Since when uses of indexes have been counted without a gap; absent if that cannot be told. */
  readonly countedSince?: string;
  readonly startedAt: string;
  /** This server replays another one's changes: it is not the one that is written to. */
  readonly isStandby: boolean;
  /** Streaming replicas connected now; absent if the role may not see them. */
  readonly replicas?: number;
  /** Index builds under way whose index the role may not see. */
  readonly hiddenBuilds: number;
  /** The schema of the extension `pgstattuple`, where it is installed and the role may use it. */
  readonly pgstattuple?: string;
}

/** One key of an index, told apart as PostgreSQL tells keys apart. */
export interface IndexKey {
  /** As `pg_get_indexdef(oid, n, true)` prints it: a quoted column or an expression. */
  readonly text: string;
  /** The column's name; absent for an expression. */
  readonly column?: string;
  /** Operator class with its parameters, `pg_catalog.text_ops`. */
  readonly operatorClass: string;
  /** Absent for types without one. */
  readonly collation?: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  /** The column is NOT NULL, so where NULLs would stand does not matter. */
  readonly notNull: boolean;
}

export interface ExistingIndex {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly table: IndexedTable;
  readonly method: string;
  readonly keys: readonly IndexKey[];
  /** Names of included columns. */
  readonly include: readonly string[];
  readonly predicate?: string;
  readonly unique: boolean;
  /** False for the index of a DEFERRABLE constraint. */
  readonly immediate: boolean;
  readonly nullsNotDistinct: boolean;
  /** Storage parameters, `fillfactor=70`. */
  readonly options: readonly string[];
  readonly valid: boolean;
  /** False while it is not maintained yet, or no longer. */
  readonly ready: boolean;
  /** The constraint that the index enforces. */
  readonly constraint?: string;
  /** Foreign keys that refer to exactly this index. */
  readonly referencedBy: number;
  readonly isReplicaIdentity: boolean;
  /** CLUSTER without a name follows it. */
  readonly isClustered: boolean;
  /** An index of a partitioned table: it has no storage of its own; sizes and uses are those of its partitions. */
  readonly isPartitioned: boolean;
  /** Attached to an index of the partitioned table: it can only be dropped with that. */
  readonly isAttached: boolean;
  /** Part of an extension. */
  readonly extension?: string;
  /** Somebody is building it, or holds the lock that a build holds. */
  readonly maybeBuilding: boolean;
  /** `pg_get_indexdef`. */
  readonly definition: string;
  readonly comment?: string;
  /** Absent when the table is locked. */
  readonly sizeBytes?: number;
  /** `reltuples` of the index; absent when never counted. */
  readonly tuples?: number;
  /** Uses counted since {@link CounterFacts.countedSince}. */
  readonly scans?: number;
  /** PostgreSQL 16 and later, ISO 8601; absent also if it was never used. */
  readonly lastScan?: string;
  /** When it was made or rebuilt; only known with `track_commit_timestamp`. */
  readonly madeAt?: string;
}

export interface IndexedTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** `reltuples`; absent when never analysed. */
  readonly rows?: number;
  readonly pages: number;
  /** Rows written since the last ANALYZE. */
  readonly modifiedSinceAnalyze?: number;
  /** Inserts, and updates that wrote every index, since the counters were reset. */
  readonly indexWrites?: number;
}

/** A foreign key of a table; those that partitions inherit are left out. */
export interface ForeignKey {
  readonly name: string;
  readonly table: IndexedTable;
  readonly columns: readonly string[];
  readonly referenced: { readonly schema: string; readonly name: string };
  readonly onDelete: 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';
  /** Deletes, and updates, of the referenced table since the counters were reset; absent if not counted. */
  readonly referencedDeletes?: number;
  readonly referencedUpdates?: number;
  /** The referring table is partitioned. */
  readonly isPartitioned: boolean;
}

/** What `pgstatindex` measured of a B-tree. */
export interface IndexDensity {
  readonly oid: number;
  readonly leafPages: number;
  readonly internalPages: number;
  readonly emptyPages: number;
  readonly deletedPages: number;
  /** Percent of a leaf page that is filled, on average. */
  readonly averageLeafDensity: number;
}

/** `schema.name`, for people. */
export function nameOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${schema}.${name}`;
}

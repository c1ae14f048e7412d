/** What a plan is made of: read from one database at one moment. Names are qualified and quoted as SQL needs them. */
export interface MaintenanceFacts {
  /** Unquoted. */
  readonly database: string;
  /** `server_version_num`. */
  readonly serverVersion: number;
  /** Days since the counters of this database were reset. */
  readonly countedDays: number;
  /** `autovacuum_freeze_max_age`, transactions. */
  readonly freezeMaxAge: number;
  readonly autovacuum: boolean;
  /** Version of pg_cron in this database; null without it. */
  readonly cronVersion: string | null;
  /** Schema of pg_partman, quoted; null without it. */
  readonly partmanSchema: string | null;
  readonly tables: readonly TableFacts[];
  readonly partitioned: readonly PartitionedFacts[];
  /** In an order in which each comes after those it reads. */
  readonly materializedViews: readonly MaterializedViewFacts[];
  readonly foreignTables: readonly string[];
  readonly indexes: readonly IndexRepair[];
}

/** A table that stores rows: ordinary, or a partition. Counters are since the last reset. */
export interface TableFacts {
  readonly name: string;
  readonly bytes: number;
  readonly liveRows: number;
  readonly deadRows: number;
  readonly changedSinceAnalyze: number;
  /** There are statistics of it. */
  readonly analyzed: boolean;
  readonly inserts: number;
  /** Updates and deletes: what leaves dead rows. */
  readonly rewrites: number;
  /** Dead rows from which autovacuum cleans it, by its own storage parameters. */
  readonly vacuumThreshold: number;
  /** Since anybody last vacuumed it; null where nobody did since the counters began. */
  readonly hoursSinceVacuum: number | null;
  /** False where its storage parameters switch autovacuum off. */
  readonly autovacuum: boolean;
  /** It has its own `autovacuum_vacuum_scale_factor`. */
  readonly ownScaleFactor: boolean;
  /** Of its oldest row id not frozen, transactions. */
  readonly age: number;
}

export interface PartitionedFacts {
  readonly name: string;
  /** Unquoted, for the command line. */
  readonly plainName: string;
  /** It is not itself a partition. */
  readonly isRoot: boolean;
  readonly strategy: 'range' | 'list' | 'hash';
  readonly partitions: number;
  readonly hasDefault: boolean;
  readonly defaultRows: number;
  readonly hoursSinceAnalyze: number | null;
  /** Rows of its partitions, and those changed since the counters began. */
  readonly rows: number;
  readonly changes: number;
  /** `CALL schema.run_maintenance_of_x()` where this program's routines keep it. */
  readonly upkeepCall: string | null;
  /** pg_partman keeps it. */
  readonly keptByPartman: boolean;
}

export interface MaterializedViewFacts {
  readonly name: string;
  readonly bytes: number;
  /** A valid unique index on columns alone and without WHERE: REFRESH CONCURRENTLY needs one. */
  readonly hasUniqueIndex: boolean;
  readonly populated: boolean;
}

/** An index that the review of existing indexes would build anew. */
export interface IndexRepair {
  readonly name: string;
  readonly problem: 'bloated' | 'invalid';
  readonly detail: string;
  readonly basis: 'counted' | 'estimated' | 'catalog';
  readonly statements: readonly string[];
}

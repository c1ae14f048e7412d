/** One immutable reading of a schema. What was not learnt is absent, never guessed. */
export interface Catalog {
  readonly source: 'server' | 'ddl' | 'both';
  /** `server_version_num`, e.g. 180004; absent when no server was asked. */
  readonly serverVersion?: number;
  /** Schemas searched for unqualified names, in order. */
  readonly searchPath: readonly string[];
  readonly relations: readonly Relation[];
  readonly extensions: readonly { readonly name: string; readonly version: string }[];
  /** Values of `pg_settings` as `SHOW` prints them; empty when no server was asked. */
  readonly settings: Readonly<Record<string, string>>;
}

export type RelationKind = 'table' | 'partitioned table' | 'view' | 'materialized view' | 'foreign table';

export interface Relation {
  readonly oid?: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: RelationKind;
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
  readonly constraints: readonly Constraint[];
  /** `reltuples`; absent when never analysed (-1) or unknown. */
  readonly rowEstimate?: number;
  /** `relpages`, blocks of 8 kB. */
  readonly pages?: number;
  readonly allVisiblePages?: number;
  readonly sizeBytes?: number;
  readonly isPartition: boolean;
  /** Text of the partition key (`RANGE (captured_at)`), for partitioned tables. */
  readonly partitionKey?: string;
  readonly activity?: TableActivity;
}

/** Counters of `pg_stat_user_tables` since the last reset. */
export interface TableActivity {
  readonly inserts: number;
  readonly updates: number;
  readonly hotUpdates: number;
  readonly deletes: number;
  readonly sequentialScans: number;
  readonly indexScans: number;
  readonly deadRows: number;
  readonly modifiedSinceAnalyze: number;
  readonly lastAnalyze?: string;
}

export interface Column {
  readonly name: string;
  /** As `format_type` prints it. */
  readonly type: string;
  readonly notNull: boolean;
  readonly defaultExpression?: string;
  readonly statistics?: ColumnStatistics;
}

/** A row of `pg_stats`. */
export interface ColumnStatistics {
  readonly nullFraction: number;
  readonly averageWidthBytes: number;
  /** PostgreSQL's own convention: negative is minus the fraction of rows. */
  readonly distinct: number;
  readonly mostCommonValues?: readonly string[];
  readonly mostCommonFrequencies?: readonly number[];
  readonly histogramBounds?: readonly string[];
  readonly correlation?: number;
}

export interface Index {
  readonly name: string;
  readonly method: string;
  readonly unique: boolean;
  readonly primary: boolean;
  readonly valid: boolean;
  /** Key columns or expressions, in order, as `pg_get_indexdef(oid, n, true)` prints them. */
  readonly keys: readonly string[];
  readonly include: readonly string[];
  readonly predicate?: string;
  readonly definition: string;
  readonly sizeBytes?: number;
  /** `idx_scan` since the last reset. */
  readonly scans?: number;
}

export interface Constraint {
  readonly name: string;
  readonly kind: 'primary key' | 'unique' | 'foreign key' | 'check' | 'exclusion';
  readonly columns: readonly string[];
  readonly references?: { readonly schema: string; readonly relation: string; readonly columns: readonly string[] };
  readonly validated: boolean;
}

/** The relation a name means: qualified names directly, others through the search path. */
export function findRelation(catalog: Catalog, name: string, schema?: string): Relation | undefined {
  const schemas = schema === undefined ? catalog.searchPath : [schema];
  for (const wanted of schemas) {
    const found = catalog.relations.find(relation => relation.schema === wanted && relation.name === name);
    if (found) return found;
  }
  return undefined;
}

/** A catalog that knows nothing yet. */
export function emptyCatalog(source: Catalog['source']): Catalog {
  return { source, searchPath: ['public'], relations: [], extensions: [], settings: {} };
}

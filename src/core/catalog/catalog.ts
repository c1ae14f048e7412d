import type { SourceRange } from '../base/sourceRange';

export { findRelation, findRoutines } from './lookup';

/**
 * One immutable reading of a schema. What was not learnt is absent, never guessed. From a server (`server`, `both`) the
 * lists are complete but for the system's own and the types of extensions; from files (`ddl`) they have what the files
 * define, and there may be more.
 */
export interface Catalog {
  readonly source: 'server' | 'ddl' | 'both';
  /** `server_version_num`, e.g. 180004; absent when no server was asked. */
  readonly serverVersion?: number;
  /** Schemas searched for unqualified names, in order. */
  readonly searchPath: readonly string[];
  readonly relations: readonly Relation[];
  readonly extensions: readonly { readonly name: string; readonly version: string }[];
  /** Functions and procedures in users' schemas; absent when nobody looked. */
  readonly functions?: readonly Routine[];
  /** Users' types; absent when nobody looked. */
  readonly types?: readonly UserType[];
  /** Values of `pg_settings` as `SHOW` prints them; empty when no server was asked. */
  readonly settings: Readonly<Record<string, string>>;
}

export type RelationKind = 'table' | 'partitioned table' | 'view' | 'materialized view' | 'foreign table';

export interface Relation {
  readonly oid?: number;
  readonly schema: string;
  readonly name: string;
  readonly kind: RelationKind;
  /** In order; those of a view in a schema file may be known only in part, see {@link columnsKnown}. */
  readonly columns: readonly Column[];
  /** False if there may be columns that are not listed: a view over something that no file defines. */
  readonly columnsKnown?: false;
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
  /** Query of a view or materialized view, as written or as `pg_get_viewdef` prints it. */
  readonly query?: string;
  /** Tables it inherits from, or the partitioned table it is a partition of. */
  readonly parents?: readonly { readonly schema: string; readonly name: string }[];
  /** `reloptions`: `{ fillfactor: '80' }`. */
  readonly options?: Readonly<Record<string, string>>;
  readonly triggers?: readonly Trigger[];
  readonly policies?: readonly Policy[];
  /** Whether policies apply, and whether to the owner too; absent when nobody looked. */
  readonly rowSecurity?: 'off' | 'on' | 'forced';
  readonly unlogged?: boolean;
  readonly extendedStatistics?: readonly ExtendedStatistics[];
  readonly comment?: string;
  /** The statement of a schema file that creates it. */
  readonly definedAt?: DefinitionPlace;
}

/** A place in a file of the workspace. */
export interface DefinitionPlace {
  readonly uri: string;
  /** Offsets in the file, of the name that is defined. */
  readonly range: SourceRange;
}

export interface Trigger {
  readonly name: string;
  readonly function: string;
  readonly definition: string;
}

/** A row security policy. */
export interface Policy {
  readonly name: string;
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  readonly permissive: boolean;
  /** Role names; `public` for everybody. */
  readonly roles: readonly string[];
  readonly using?: string;
  readonly check?: string;
}

/** A statistics object of CREATE STATISTICS. */
export interface ExtendedStatistics {
  readonly name: string;
  /** `ndistinct`, `dependencies`, `mcv`. */
  readonly kinds: readonly string[];
  readonly columns: readonly string[];
}

/** A function, procedure or aggregate. */
export interface Routine {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'window';
  readonly parameters: readonly RoutineParameter[];
  /** As `pg_get_function_result` prints it; absent for a procedure. */
  readonly returns?: string;
  readonly language?: string;
  readonly volatility?: 'immutable' | 'stable' | 'volatile';
  readonly strict?: boolean;
  /** The extension that it is part of. */
  readonly extension?: string;
  readonly comment?: string;
  readonly definedAt?: DefinitionPlace;
}

export interface RoutineParameter {
  readonly name?: string;
  readonly type: string;
  readonly mode: 'in' | 'out' | 'inout' | 'variadic' | 'table';
  readonly hasDefault: boolean;
}

export interface UserType {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'enum' | 'domain' | 'composite' | 'range';
  /** Of an enum, in its order. */
  readonly labels?: readonly string[];
  /** Of a domain. */
  readonly baseType?: string;
  readonly definedAt?: DefinitionPlace;
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
  /** As `format_type` prints it; `unknown` for a view's column in a schema file whose type the text does not tell. */
  readonly type: string;
  readonly notNull: boolean;
  readonly defaultExpression?: string;
  /** `GENERATED ALWAYS AS (...)`, or an identity column. */
  readonly generated?: 'stored' | 'virtual' | 'identity';
  readonly comment?: string;
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
  /** Of arrays and `tsvector`, where asked for: elements that many rows have, and each one's share of the rows. */
  readonly mostCommonElements?: readonly string[];
  readonly mostCommonElementFrequencies?: readonly number[];
  /** Distinct elements of an array, on average. */
  readonly averageElements?: number;
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
  /** Of a check, as written or as `pg_get_expr` prints it. */
  readonly expression?: string;
  /** Of a foreign key. */
  readonly onDelete?: 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';
}

/** A catalog that knows nothing yet. */
export function emptyCatalog(source: Catalog['source']): Catalog {
  return { source, searchPath: ['public'], relations: [], extensions: [], settings: {} };
}

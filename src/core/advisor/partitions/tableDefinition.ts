/** Everything that a table consists of, as read from one server at one moment; expressions with qualified names. */
export interface TableDefinition {
  readonly serverVersion: number;
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** `pg_class.relkind`: `r` is an ordinary table. */
  readonly kind: string;
  readonly persistence: 'permanent' | 'unlogged' | 'temporary';
  readonly owner: string;
  /** The role that read this and would run the migration. */
  readonly runner: Runner;
  /** `reltuples`; null if never analysed. */
  readonly rowEstimate: number | null;
  readonly sizeBytes: number;
  readonly tablespace: string | null;
  /** Null for heap. */
  readonly accessMethod: string | null;
  /** Ready for WITH: `fillfactor='70'`, `toast.autovacuum_enabled='off'`. */
  readonly options: readonly string[];
  readonly comment: string | null;
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly ConstraintDefinition[];
  /** Indexes that belong to no constraint. */
  readonly indexes: readonly IndexDefinitionText[];
  readonly triggers: readonly TriggerDefinition[];
  readonly rules: readonly TriggerDefinition[];
  readonly policies: readonly PolicyDefinition[];
  readonly rowSecurity: { readonly enabled: boolean; readonly forced: boolean };
  /** Null if nothing was ever granted or revoked: the owner has everything, nobody else anything. */
  readonly grants: readonly Grant[] | null;
  /** Who is granted something on every new table or sequence by ALTER DEFAULT PRIVILEGES; quoted. */
  readonly defaultGrantees: { readonly table: readonly string[]; readonly sequence: readonly string[] };
  readonly statistics: readonly StatisticsDefinition[];
  readonly publications: readonly PublicationMembership[];
  readonly replicaIdentity: 'default' | 'nothing' | 'full' | 'index';
  readonly sequences: readonly OwnedSequence[];
  /** Foreign keys of other tables, and of this one, that reference it. */
  readonly foreignKeysHere: readonly IncomingForeignKey[];
  readonly dependents: Dependents;
  /** Parents or children by INHERITS or partitioning, qualified. */
  readonly inheritance: readonly string[];
  readonly extension: string | null;
  readonly securityLabels: number;
  readonly isTyped: boolean;
  /** What `tableFingerprint` gave: changes of the table since can be told by it. */
  readonly fingerprint: string;
  /** Names in its schema, of relations, types and functions: what a new name must avoid. */
  readonly takenNames: readonly string[];
}

export interface Runner {
  readonly role: string;
  readonly ownsTable: boolean;
  readonly mayCreateInSchema: boolean;
  /** Sees all rows whatever the policies say: superuser, BYPASSRLS, or owner without FORCE. */
  readonly seesAllRows: boolean;
  readonly isReadOnlyServer: boolean;
  /** The server's deadlock_timeout. */
  readonly deadlockTimeoutMs: number;
}

export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  /** Qualified and quoted; null if it is the type's own. */
  readonly collation: string | null;
  readonly notNull: boolean;
  readonly defaultExpression: string | null;
  /** `s` stored, `v` virtual (18). */
  readonly generated: 's' | 'v' | null;
  /** `a` always, `d` by default. */
  readonly identity: 'a' | 'd' | null;
  /** If it is not the type's own: `main`, `external`, `extended`, `plain`. */
  readonly storage: string | null;
  readonly compression: 'pglz' | 'lz4' | null;
  readonly statisticsTarget: number | null;
  /** `n_distinct=-0.5` */
  readonly options: readonly string[];
  readonly comment: string | null;
}

export interface ConstraintDefinition {
  readonly name: string;
  /** `pg_constraint.contype`: p, u, c, n (18), x, f. */
  readonly kind: 'p' | 'u' | 'c' | 'n' | 'x' | 'f';
  /** As `pg_get_constraintdef` prints it. */
  readonly definition: string;
  readonly columns: readonly string[];
  readonly validated: boolean;
  readonly comment: string | null;
  /** Of a foreign key: the referenced table, qualified and quoted. */
  readonly references: string | null;
  /** The referenced table is this one. */
  readonly referencesItself: boolean;
  readonly noInherit: boolean;
  readonly isTemporal: boolean;
  readonly deferrable: boolean;
  readonly deferred: boolean;
  /** Of p, u and x. */
  readonly index: ConstraintIndex | null;
}

export interface ConstraintIndex {
  readonly name: string;
  readonly include: readonly string[];
  /** Schemas of the operators that compare its keys. */
  readonly operatorSchemas: readonly string[];
  readonly nullsNotDistinct: boolean;
  readonly options: readonly string[];
  readonly tablespace: string | null;
  readonly clustered: boolean;
  readonly replicaIdentity: boolean;
  /** Of an exclusion constraint: columns compared by equality, by which it can be partitioned from 17 on. */
  readonly equalityColumns: readonly string[];
}

export interface IndexDefinitionText {
  readonly name: string;
  readonly unique: boolean;
  readonly valid: boolean;
  /** From the method on: `btree (a DESC) INCLUDE (b) WHERE …`. */
  readonly rest: string;
  /** Plain columns of its key. */
  readonly columns: readonly string[];
  /** Neither partial nor over expressions. */
  readonly isPlain: boolean;
  readonly operatorSchemas: readonly string[];
  readonly comment: string | null;
  readonly clustered: boolean;
  readonly replicaIdentity: boolean;
  readonly statisticsTargets: readonly { readonly column: number; readonly target: number }[];
}

/** A trigger or a rule. */
export interface TriggerDefinition {
  readonly name: string;
  readonly definition: string;
  /** `O` on, `D` off, `R` replica, `A` always. */
  readonly enabled: 'O' | 'D' | 'R' | 'A';
  /** A row trigger that reads transition tables: partitioned tables have none. */
  readonly rowWithTransitionTables: boolean;
  readonly comment: string | null;
}

export interface PolicyDefinition {
  readonly name: string;
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  readonly permissive: boolean;
  /** Quoted; `public` for everybody. */
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
  readonly comment: string | null;
}

export interface Grant {
  /** Quoted; `public` for everybody. */
  readonly grantee: string;
  readonly privilege: string;
  readonly grantable: boolean;
  /** Of a column grant. */
  readonly column: string | null;
}

export interface StatisticsDefinition {
  readonly schema: string;
  readonly name: string;
  /** What stands between the name and the table: `(ndistinct) ON a, b`. */
  readonly middle: string;
  readonly target: number | null;
  readonly comment: string | null;
}

export interface PublicationMembership {
  readonly name: string;
  /** By FOR ALL TABLES or TABLES IN SCHEMA: it needs no change, and publishes new tables by itself. */
  readonly implicit: boolean;
  readonly viaRoot: boolean;
  /** ` (a, b) WHERE (…)` behind the table's name. */
  readonly suffix: string;
}

export interface OwnedSequence {
  readonly schema: string;
  readonly name: string;
  readonly column: string;
  readonly isIdentity: boolean;
  /** `START WITH 1 INCREMENT BY 1 …` */
  readonly options: string;
  readonly grants: readonly Grant[] | null;
  readonly comment: string | null;
}

export interface IncomingForeignKey {
  readonly name: string;
  /** Qualified and quoted. */
  readonly table: string;
  readonly isThisTable: boolean;
  readonly tableIsPartitioned: boolean;
  readonly definition: string;
  readonly referencedColumns: readonly string[];
  readonly validated: boolean;
  readonly comment: string | null;
}

/** What reads the table and was bound to it when it was made: a new table under the old name does not reach it. */
export interface Dependents {
  readonly views: readonly DependentView[];
  readonly materializedViews: readonly DependentMaterializedView[];
  /** Functions with a body of SQL (BEGIN ATOMIC), as CREATE OR REPLACE statements. */
  readonly functions: readonly { readonly name: string; readonly definition: string }[];
  /** What cannot be bound anew: uses of the row type, policies and rules of other tables. In PostgreSQL's words. */
  readonly others: readonly string[];
}

export interface DependentView {
  /** Qualified and quoted. */
  readonly name: string;
  readonly definition: string;
  readonly options: readonly string[];
  /** Groups by the primary key and leaves out other columns, which only a key of exactly these columns allows. */
  readonly needsPrimaryKey: boolean;
}

export interface DependentMaterializedView extends DependentView {
  readonly schema: string;
  readonly bareName: string;
  readonly owner: string;
  readonly populated: boolean;
  readonly tablespace: string | null;
  /** Name, and the text from the method on. */
  readonly indexes: readonly { readonly name: string; readonly unique: boolean; readonly rest: string }[];
  readonly grants: readonly Grant[] | null;
  readonly comment: string | null;
  /** What reads it in turn. */
  readonly dependents: readonly string[];
}

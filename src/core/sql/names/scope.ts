import type { TypedNode } from '../walk';

/** Fields of a parse tree node. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a statement's names mean as far as its text alone tells. Parse tree nodes are those of the statement's tree. */
export interface StatementNames {
  /** What can be named outside of every query: the columns of the table a definition hangs on, parameters. */
  readonly root: Scope;
  /** Every query of the statement, outer ones first. */
  readonly queries: readonly Query[];
  /** Every `ColumnRef`, by its fields; stars and whole rows too. */
  readonly columns: ReadonlyMap<object, ColumnUse>;
  /** Columns that INSERT and UPDATE assign to, and those an ON CONFLICT names. */
  readonly targets: readonly TargetColumn[];
  /** Every `RangeVar` that names a table or a CTE. */
  readonly relations: readonly RelationUse[];
  readonly functions: readonly { readonly fields: Fields }[];
  /** Places of a query where another scope than its own is in force: ON, LATERAL, RETURNING, WHEN. */
  readonly regions: readonly { readonly node: TypedNode; readonly scope: Scope }[];
  /** False if the statement is nested too deeply to be read; then the rest is empty. */
  readonly complete: boolean;
}

/** What can be named at a place. Names not found in `items` are looked for in `outer`. */
export interface Scope {
  /** The items of FROM and the targets of which columns can be named, joins as one. */
  readonly items: readonly Source[];
  readonly outer?: Scope;
  /** WITH queries that FROM can name, the innermost first. */
  readonly ctes?: CteList;
  /** The query whose scope it is; undefined for the arguments of a function, a table's own checks and the like. */
  readonly query?: Query;
}

/** The CTEs in sight, as a list that grows at its head. */
export interface CteList {
  readonly cte: Cte;
  readonly next?: CteList;
}

export type QueryKind = 'select' | 'values' | 'set operation' | 'insert' | 'update' | 'delete' | 'merge';

/** A query block, an arm of UNION and the like, or a command that changes data. */
export interface Query {
  readonly kind: QueryKind;
  readonly node: TypedNode;
  /** What it can name from around it. */
  readonly outer?: Scope;
  /** What its select list and WHERE can name. */
  readonly scope: Scope;
  /** The WITH queries it defines. */
  readonly ctes: readonly Cte[];
  /** Its range table in the order of the text; a join comes after its sides. */
  readonly sources: readonly Source[];
  /** Its select list or RETURNING. Those of a set operation are its first arm's. */
  readonly outputs: readonly Output[];
  /** Of a set operation, from left to right. */
  readonly arms: readonly Query[];
  readonly target?: TableSource;
  readonly windows: readonly WindowDefinition[];
  readonly windowUses: readonly { readonly name: string; readonly fields: Fields }[];
  /** The tables of FOR UPDATE OF and its like. */
  readonly locks: readonly { readonly name: string; readonly fields: Fields }[];
}

export interface WindowDefinition {
  readonly name: string;
  readonly fields: Fields;
}

/** An item of a select list or of RETURNING. */
export type Output =
  | {
      readonly kind: 'expression';
      /** The column's name: the alias, or the one PostgreSQL makes up. */
      readonly name: string;
      /** True if the alias is written. */
      readonly named: boolean;
      readonly value: unknown;
      readonly fields: Fields;
      readonly query: Query;
    }
  /** `use` is absent for the fields of a value, `(f(x)).*`. */
  | { readonly kind: 'star'; readonly use?: ColumnUse; readonly fields: Fields; readonly query: Query }
  /** A column of VALUES; `rows` are the expressions of that column. */
  | { readonly kind: 'value'; readonly name: string; readonly rows: readonly unknown[]; readonly query: Query };

/** An item of WITH. */
export interface Cte {
  readonly name: string;
  readonly fields: Fields;
  readonly columnNames: readonly string[];
  readonly query: Query;
  /** WITH RECURSIVE, and its query is a set operation: its second arm may read the CTE itself. */
  readonly recursive: boolean;
  /** Columns that SEARCH and CYCLE add. */
  readonly addedColumns: readonly string[];
}

interface SourceFacts {
  /** What qualifies its columns; undefined for a subquery or join without an alias. */
  readonly name?: string;
  /** True if the name is an alias. */
  readonly aliased: boolean;
  readonly columnAliases: readonly string[];
  readonly node: TypedNode;
  /** On the side of an outer join that is filled up with NULLs. */
  readonly nullExtended: boolean;
  /** True if its columns are found only with its name before them (OLD and NEW). */
  readonly qualifiedOnly?: boolean;
}

export interface QualifiedName {
  readonly schema?: string;
  readonly name: string;
}

export interface TableSource extends SourceFacts {
  readonly kind: 'table';
  readonly table: QualifiedName;
}

export interface CteSource extends SourceFacts {
  readonly kind: 'cte';
  readonly cte: Cte;
}

export interface SubquerySource extends SourceFacts {
  readonly kind: 'subquery';
  readonly query: Query;
}

export interface FunctionSource extends SourceFacts {
  readonly kind: 'function';
  /** Several in ROWS FROM. */
  readonly calls: readonly SourceCall[];
  readonly ordinality: boolean;
  /** XMLTABLE and JSON_TABLE: all columns are in `calls`. */
  readonly declared: boolean;
}

/** A call in FROM, with its name as written and the columns of `AS (name type, ...)`. */
export interface SourceCall {
  readonly name?: QualifiedName;
  readonly args: readonly unknown[];
  readonly columns: readonly NamedType[];
}

export interface NamedType {
  readonly name: string;
  /** The `TypeName`; absent for FOR ORDINALITY. */
  readonly type?: Fields;
}

export interface JoinSource extends SourceFacts {
  readonly kind: 'join';
  readonly left: Source;
  readonly right: Source;
  readonly joinType: 'inner' | 'left' | 'right' | 'full';
  readonly using: readonly string[];
  readonly natural: boolean;
  /** The name of its merged columns, beside those of its sides. */
  readonly merged?: MergedSource;
}

/** `JOIN ... USING (...) AS name`: the merged columns under a name. */
export interface MergedSource extends SourceFacts {
  readonly kind: 'merged';
  readonly join: JoinSource;
}

/** EXCLUDED, OLD or NEW: the row of a table under another name. */
export interface RowSource extends SourceFacts {
  readonly kind: 'excluded' | 'old' | 'new';
  readonly of: TableSource;
}

/** Parameters of the function whose body the statement is. */
export interface ParameterSource extends SourceFacts {
  readonly kind: 'parameters';
  readonly columns: readonly NamedType[];
}

/** A table as the statement that creates it describes it. */
export interface NewTableSource extends SourceFacts {
  readonly kind: 'new table';
  readonly table: QualifiedName;
  readonly columns: readonly NamedType[];
  /** LIKE, INHERITS, OF or PARTITION OF add columns that are not in the statement. */
  readonly open: boolean;
}

export type Source =
  | TableSource
  | CteSource
  | SubquerySource
  | FunctionSource
  | JoinSource
  | MergedSource
  | RowSource
  | ParameterSource
  | NewTableSource;

/** A name with dots in an expression: a column, a whole row or a star. */
export interface ColumnUse {
  readonly fields: Fields;
  /** `['o', 'id']`; without the star. */
  readonly parts: readonly string[];
  readonly star: boolean;
  readonly scope: Scope;
  /**
   * A bare name in ORDER BY and DISTINCT ON means an output column first, in GROUP BY last, and after a set operation
   * always. Nothing else can mean one.
   */
  readonly output?: { readonly of: Query; readonly when: 'first' | 'last' | 'only' };
}

/** A column of a data-changing command's target, named without an expression around it. */
export interface TargetColumn {
  readonly name: string;
  readonly source: TableSource;
  readonly node: TypedNode;
  readonly query: Query;
}

/** A name of a table or of a CTE. */
export interface RelationUse extends QualifiedName {
  readonly fields: Fields;
  readonly cte?: Cte;
  readonly use: 'read' | 'write' | 'ddl';
  readonly query?: Query;
}

import type { Column, Relation } from '../../catalog/catalog';

/** How a column is compared with a value known when the statement runs. */
export type EqualityKind = 'value' | 'in' | 'null' | 'boolean';

export interface SortKey {
  readonly column: string;
  readonly descending: boolean;
  readonly nulls?: 'first' | 'last' | undefined;
}

/** A condition that may become the predicate of a partial index: literals only, nothing that changes with time. */
export interface ConstantPredicate {
  readonly text: string;
  readonly column: string;
  readonly test: PredicateTest;
  /** The literals it compares with, without quotes; used to look up their frequency. */
  readonly values: readonly string[];
  /** True for `column = value` and `column IS NULL`: the column is fixed and need not be a key. */
  readonly fixesColumn: boolean;
}

export type PredicateTest = 'equal' | 'not equal' | 'null' | 'not null' | 'less' | 'greater';

export interface ExpressionUse {
  /** As it stands in CREATE INDEX, parenthesised where needed. */
  readonly text: string;
  /** The first column it reads. */
  readonly column: string;
  readonly use: 'equality' | 'range' | 'order' | 'group';
  readonly descending?: boolean;
  readonly nulls?: 'first' | 'last' | undefined;
}

export type InvertedKind =
  'jsonb contains' | 'jsonb key' | 'array' | 'text search' | 'substring' | 'range' | 'geometry' | 'network';

/** A condition only an index that looks inside the value serves: GIN or GiST. */
export interface InvertedUse {
  readonly column: string;
  readonly kind: InvertedKind;
  /** The key, if it is an expression and not the column itself. */
  readonly expression?: string;
  /** The operator, for those that decide about the operator class. */
  readonly operator?: string;
}

/** What one mention of a table in a statement asks of its access paths. */
export interface TableAccess {
  readonly relation: Relation;
  readonly equality: Map<string, EqualityKind>;
  readonly range: Set<string>;
  /** Columns compared with a column of another table (or of an outer query). */
  readonly join: Set<string>;
  /** Columns compared inside an OR. */
  readonly either: Set<string>;
  /** Columns with LIKE 'prefix%'. */
  readonly prefix: Set<string>;
  order: readonly SortKey[];
  limited: boolean;
  group: readonly string[];
  /** Column orders that window functions and DISTINCT ask for. */
  readonly arranged: (readonly SortKey[])[];
  /** Columns of `ORDER BY column <-> value`. */
  readonly nearest: Set<string>;
  /** Every column the statement reads of it. */
  readonly needed: Set<string>;
  readonly predicates: ConstantPredicate[];
  readonly expressions: ExpressionUse[];
  readonly inverted: InvertedUse[];
}

export function newAccess(relation: Relation): TableAccess {
  return {
    relation,
    equality: new Map(),
    range: new Set(),
    join: new Set(),
    either: new Set(),
    prefix: new Set(),
    order: [],
    limited: false,
    group: [],
    arranged: [],
    nearest: new Set(),
    needed: new Set(),
    predicates: [],
    expressions: [],
    inverted: [],
  };
}

export function columnOf(relation: Relation, name: string): Column | undefined {
  return relation.columns.find(column => column.name === name);
}

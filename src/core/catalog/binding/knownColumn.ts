import type { Cte, Output, Source } from '../../sql/names/scope';
import type { Column, Relation } from '../catalog';

/** A column of an item of FROM, or of a query's result, as far as it is known. */
export interface KnownColumn {
  readonly name: string;
  /** The table's column it is, unchanged, through aliases, CTEs and subqueries. */
  readonly base?: { readonly relation: Relation; readonly column: Column };
  /** As `format_type` prints it. */
  readonly type?: string;
  /**
   * What gives it its name in the statement, through subqueries that pass it on; absent for a column that keeps its
   * table's name.
   */
  readonly definition?: NameDefinition;
  /** The item of FROM it belongs to; absent for a column of a result. */
  readonly source?: Source;
  /** True if an outer join may have put NULL in its place, whatever the table says. */
  readonly nullExtended: boolean;
}

/** What gives a column its name. */
export type NameDefinition =
  | { readonly kind: 'output'; readonly output: Output }
  /** One of the names in parentheses after an alias or after a CTE's name. */
  | { readonly kind: 'column alias'; readonly of: Source | Cte; readonly index: number }
  /** The alias of a function in FROM, which names its one value too. */
  | { readonly kind: 'alias'; readonly of: Source };

/** Columns in their order. */
export interface Columns {
  readonly columns: readonly KnownColumn[];
  /** False if there may be others, anywhere among them. */
  readonly complete: boolean;
}

export const UNKNOWN_COLUMNS: Columns = { columns: [], complete: false };

/** The columns under the names that an alias lists in parentheses; those beyond the list keep theirs. */
export function rename({ columns, complete }: Columns, names: readonly string[], of: Source | Cte): Columns {
  if (names.length === 0) return { columns, complete };
  const definition = (index: number): NameDefinition => ({ kind: 'column alias', of, index });
  // What an unknown column stands behind cannot be said, but the list names them from the first on.
  const known = complete ? columns : [];
  const renamed = names.map((name, i): KnownColumn => ({
    nullExtended: true,
    ...known[i],
    name,
    definition: definition(i),
  }));
  return { columns: [...renamed, ...known.slice(names.length)], complete };
}

/** The columns of several things one after the other. */
export function concatenate(parts: readonly Columns[]): Columns {
  return { columns: parts.flatMap(part => part.columns), complete: parts.every(part => part.complete) };
}

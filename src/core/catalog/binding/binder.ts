import { namesOf } from '../../sql/names/namesOf';
import type { ColumnUse, Cte, Query, Scope, Source, StatementNames } from '../../sql/names/scope';
import type { ParsedStatement } from '../../sql/statement';
import { unwrap } from '../../sql/walk';
import type { Catalog, Relation } from '../catalog';
import type { Columns, KnownColumn } from './knownColumn';
import { concatenate, rename, UNKNOWN_COLUMNS } from './knownColumn';
import type { ResultContext } from './queryColumns';
import { outputColumn, resultColumns } from './queryColumns';
import { lookUpRelation } from './relationIndex';
import type { SourceColumnsContext } from './sourceColumns';
import { sourceColumns } from './sourceColumns';

/** What a name in an expression means. */
export type Binding =
  | { readonly kind: 'column'; readonly column: KnownColumn }
  /** A bare name in ORDER BY or GROUP BY that means a column of the result. */
  | { readonly kind: 'output'; readonly column: KnownColumn }
  | { readonly kind: 'row'; readonly source: Source }
  /** `ctid`, `xmin` and the like. */
  | { readonly kind: 'system column'; readonly source: Source }
  | { readonly kind: 'star'; readonly sources: readonly Source[] }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly KnownColumn[] }
  /** Surely nothing: no item of FROM of that name, or none of the columns, which are all known. */
  | { readonly kind: 'missing'; readonly what: 'relation' | 'column'; readonly source?: Source }
  /** It depends on something that is not known. If the statement is valid, a single candidate is what it means. */
  | {
      readonly kind: 'unknown';
      readonly candidates: readonly KnownColumn[];
      /** The item of FROM of which it would be the whole row if it is no column. */
      readonly row?: Source;
    };

const SYSTEM_COLUMNS = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

const UNKNOWN: Binding = { kind: 'unknown', candidates: [] };

/**
 * Binds the names of one statement to a catalog, with PostgreSQL's rules of visibility. What the catalog does not know
 * stays unknown: a bare name beside a table it does not know could be a column of that table.
 */
export class Binder implements SourceColumnsContext, ResultContext {
  private readonly ofSource = new Map<Source, Columns>();
  private readonly ofQuery = new Map<Query, Columns>();
  private readonly byName = new Map<Columns, ReadonlyMap<string, readonly KnownColumn[]>>();
  private readonly bindings = new Map<ColumnUse, Binding>();
  private queries: ReadonlyMap<object, Query> | undefined;

  constructor(
    readonly names: StatementNames,
    readonly catalog: Catalog | undefined,
  ) {}

  /** What the `ColumnRef` with these fields means. */
  bindFields(fields: object): Binding {
    const use = this.names.columns.get(fields);
    return use ? this.bind(use) : UNKNOWN;
  }

  bind(use: ColumnUse): Binding {
    const known = this.bindings.get(use);
    if (known) return known;
    const found = this.bindAnew(use);
    this.bindings.set(use, found);
    return found;
  }

  /** The item of FROM that the qualifier of a name means. */
  qualifier({ parts, star, scope }: ColumnUse): Source | undefined {
    const qualifier = star ? parts : parts.slice(0, -1);
    return qualifier.length === 0 ? undefined : this.sourceNamed(qualifier, scope);
  }

  relationOf(source: Source): Relation | undefined {
    if (source.kind === 'excluded' || source.kind === 'old' || source.kind === 'new') return this.relationOf(source.of);
    const isTable = source.kind === 'table' || source.kind === 'new table';
    return isTable && this.catalog ? lookUpRelation(this.catalog, source.table) : undefined;
  }

  columnsOf(source: Source): Columns {
    const known = this.ofSource.get(source);
    if (known) return known;
    // A CTE that reads itself in a way only an invalid statement can.
    this.ofSource.set(source, UNKNOWN_COLUMNS);
    const found = orUnknown(() => sourceColumns(source, this));
    this.ofSource.set(source, found);
    return found;
  }

  columnsOfCte(cte: Cte): Columns {
    // A recursive CTE has the columns of its first arm.
    const first = cte.recursive ? cte.query.arms[0] : undefined;
    const { columns, complete } = this.outputsOf(first ?? cte.query);
    const own = first
      ? columns.map(({ name, type, definition }) => ({ name, type, definition, nullExtended: true }))
      : columns;
    const added = cte.addedColumns.map(name => ({ name, nullExtended: false }));
    const renamed = rename({ columns: own, complete }, cte.columnNames, cte);
    return { columns: [...renamed.columns, ...added], complete };
  }

  /** The columns of a query's result. */
  outputsOf(query: Query): Columns {
    const known = this.ofQuery.get(query);
    if (known) return known;
    this.ofQuery.set(query, UNKNOWN_COLUMNS);
    const found = orUnknown(() => resultColumns(query, this));
    this.ofQuery.set(query, found);
    return found;
  }

  queryOf(node: unknown): Query | undefined {
    const fields = unwrap(node)?.fields;
    this.queries ??= new Map(this.names.queries.map(query => [query.node.fields, query]));
    return fields && this.queries.get(fields);
  }

  /** The columns a star stands for, in their order. */
  expand(use: ColumnUse): Columns {
    const binding = this.bind(use);
    if (binding.kind !== 'star') return UNKNOWN_COLUMNS;
    return concatenate(binding.sources.map(source => this.columnsOf(source)));
  }

  /** The items of FROM that a qualifier can name in a scope, without those around it. */
  static visible(items: readonly Source[]): Source[] {
    const found: Source[] = [];
    const pending = [...items].reverse();
    for (let item = pending.pop(); item; item = pending.pop()) {
      if (item.kind !== 'join' || item.aliased) found.push(item);
      else pending.push(...(item.merged ? [item.merged] : []), item.right, item.left);
    }
    return found;
  }

  private bindAnew(use: ColumnUse): Binding {
    const { parts, star, scope } = use;
    const name = parts.at(-1);
    if (star) {
      if (name === undefined) return { kind: 'star', sources: scope.items.filter(item => !item.qualifiedOnly) };
      const source = this.sourceNamed(parts, scope);
      if (source) return { kind: 'star', sources: [source] };
      return isClosed(scope) ? { kind: 'missing', what: 'relation' } : UNKNOWN;
    }
    if (name === undefined) return UNKNOWN;
    return parts.length === 1 ? this.bindBare(name, use) : this.bindQualified(parts.slice(0, -1), name, scope);
  }

  private bindQualified(qualifier: readonly string[], name: string, scope: Scope): Binding {
    const source = this.sourceNamed(qualifier, scope);
    if (!source) return isClosed(scope) ? { kind: 'missing', what: 'relation' } : UNKNOWN;
    const columns = this.columnsOf(source);
    const found = this.named(columns, name);
    const [only] = found;
    if (only && found.length === 1) return { kind: 'column', column: { ...only, source } };
    if (found.length > 1) return { kind: 'ambiguous', candidates: found };
    if (SYSTEM_COLUMNS.has(name) && hasSystemColumns(source)) return { kind: 'system column', source };
    return columns.complete ? { kind: 'missing', what: 'column', source } : UNKNOWN;
  }

  private bindBare(name: string, { scope, output }: ColumnUse): Binding {
    const outputs = output ? this.outputNamed(output.of, name) : [];
    const [first] = outputs;
    if (output?.when === 'only') {
      if (first) return { kind: 'output', column: first };
      return this.outputsOf(output.of).complete ? { kind: 'missing', what: 'column' } : UNKNOWN;
    }
    if (output?.when === 'first' && first) return { kind: 'output', column: first };
    for (let at: Scope | undefined = scope; at; at = at.outer) {
      const level = this.bindAtLevel(name, at);
      if (level && level.kind !== 'unknown') return level;
      if (level) {
        const row = this.sourceNamed([name], scope);
        const candidates = at === scope && first ? [...level.candidates, first] : level.candidates;
        return { kind: 'unknown', candidates, ...(row && { row }) };
      }
      if (at === scope && first) return { kind: 'output', column: first };
    }
    const row = this.sourceNamed([name], scope);
    if (row) return { kind: 'row', source: row };
    return isClosed(scope) ? { kind: 'missing', what: 'column' } : UNKNOWN;
  }

  /** Undefined if the name surely means nothing at this level. */
  private bindAtLevel(name: string, { items }: Scope): Binding | undefined {
    const candidates: KnownColumn[] = [];
    let complete = true;
    for (const item of items) {
      if (item.qualifiedOnly) continue;
      const columns = this.columnsOf(item);
      candidates.push(...this.named(columns, name));
      complete &&= columns.complete;
    }
    const [only] = candidates;
    if (candidates.length > 1) return { kind: 'ambiguous', candidates };
    if (!complete) return { kind: 'unknown', candidates };
    if (only) return { kind: 'column', column: only };
    const system = SYSTEM_COLUMNS.has(name) ? Binder.visible(items).filter(hasSystemColumns) : [];
    return system.length === 1 ? { kind: 'system column', source: system[0]! } : undefined;
  }

  private outputNamed(query: Query, name: string): readonly KnownColumn[] {
    if (query.kind === 'set operation') return this.named(this.outputsOf(query), name);
    // What a star brings into the result is found as a column of FROM.
    return query.outputs.flatMap(output =>
      output.kind !== 'star' && output.name === name ? outputColumn(output, this) : [],
    );
  }

  private sourceNamed(qualifier: readonly string[], scope: Scope): Source | undefined {
    const name = qualifier.at(-1);
    const schema = qualifier.at(-2);
    for (let at: Scope | undefined = scope; at; at = at.outer) {
      const found = Binder.visible(at.items).find(
        source => source.name === name && (schema === undefined || this.isInSchema(source, schema)),
      );
      if (found) return found;
    }
    return undefined;
  }

  private isInSchema(source: Source, schema: string): boolean {
    if (source.kind !== 'table' || source.aliased) return false;
    const known = source.table.schema ?? this.relationOf(source)?.schema;
    return known === undefined || known === schema;
  }

  private named(columns: Columns, name: string): readonly KnownColumn[] {
    if (columns.columns.length < 8) return columns.columns.filter(column => column.name === name);
    let index = this.byName.get(columns);
    if (!index) {
      index = groupByName(columns.columns);
      this.byName.set(columns, index);
    }
    return index.get(name) ?? [];
  }
}

/** Subqueries nested some thousand deep may exhaust the stack. */
function orUnknown(find: () => Columns): Columns {
  try {
    return find();
  } catch (error) {
    if (error instanceof RangeError) return UNKNOWN_COLUMNS;
    throw error;
  }
}

/** True in a query. Other expressions may have names of their own: VALUE in a domain's check, for one. */
function isClosed(scope: Scope): boolean {
  for (let at: Scope | undefined = scope; at; at = at.outer) if (at.query) return true;
  return false;
}

function hasSystemColumns({ kind }: Source): boolean {
  return kind === 'table' || kind === 'excluded' || kind === 'old' || kind === 'new' || kind === 'new table';
}

function groupByName(columns: readonly KnownColumn[]): ReadonlyMap<string, readonly KnownColumn[]> {
  const groups = new Map<string, KnownColumn[]>();
  for (const column of columns) {
    const group = groups.get(column.name);
    if (group) group.push(column);
    else groups.set(column.name, [column]);
  }
  return groups;
}

const binders = new WeakMap<StatementNames, Binder>();

/** The binder of a statement under a catalog, made when first asked for and kept while both stay the same. */
export function binderOf(statement: ParsedStatement, catalog: Catalog | undefined): Binder {
  const names = namesOf(statement);
  const known = binders.get(names);
  if (known && known.catalog === catalog) return known;
  const binder = new Binder(names, catalog);
  binders.set(names, binder);
  return binder;
}

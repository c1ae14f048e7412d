import type { SourceRange } from '../../base/sourceRange';
import { rangesOverlap } from '../../base/sourceRange';
import { placesOf } from '../../sql/names/namePlaces';
import type { ColumnUse, QualifiedName, Source } from '../../sql/names/scope';
import type { ParsedStatement } from '../../sql/statement';
import type { Catalog } from '../catalog';
import { binderOf, type Binder } from './binder';
import { routinesNamed } from './functionColumns';
import { lookUpRelation } from './relationIndex';

/** A name of a query that PostgreSQL would refuse, if the catalog tells all. */
export interface UnknownName {
  /**
   * `relation`: no such table; `qualifier`: no item of FROM of that name is in sight; `column`: none of that name;
   * `ambiguous`: several.
   */
  readonly kind: 'relation' | 'qualifier' | 'column' | 'ambiguous';
  /** As folded. */
  readonly name: string;
  readonly schema?: string;
  /** Relative to the statement. */
  readonly range: SourceRange;
  /** The names it could have been: tables on the search path, columns in sight, the qualifiers of an ambiguous one. */
  readonly candidates: readonly string[];
}

export interface UnknownNamesOptions {
  /** A body has variables, records and tables of its own making: only columns of known tables are looked at. */
  readonly inBody?: boolean;
  /** True for a table that the file creates before the statement, perhaps a temporary one. */
  isCreated?(table: QualifiedName): boolean;
}

const SYSTEM_SCHEMAS = new Set(['pg_catalog', 'information_schema', 'pg_toast', 'pg_temp']);

/**
 * The tables and columns that the queries of a statement name and that do not exist. Whatever depends on something the
 * catalog does not know is passed over, and so is what a placeholder stands for.
 */
export function findUnknownNames(
  statement: ParsedStatement,
  catalog: Catalog,
  options: UnknownNamesOptions = {},
): UnknownName[] {
  const binder = binderOf(statement, catalog);
  const found = [
    ...(options.inBody ? [] : unknownRelations(statement, catalog, options)),
    ...[...binder.names.columns.values()].flatMap(use => unknownColumn(statement, binder, use, options) ?? []),
    ...unknownTargets(statement, binder),
  ];
  const starts = new Set<number>();
  return found
    .filter(({ range }) => !statement.placeholders.some(({ range: hole }) => rangesOverlap(hole, range)))
    .sort((a, b) => a.range.start - b.range.start)
    .filter(({ range }) => !starts.has(range.start) && starts.add(range.start));
}

function unknownRelations(
  statement: ParsedStatement,
  catalog: Catalog,
  { isCreated }: UnknownNamesOptions,
): UnknownName[] {
  const { names } = binderOf(statement, catalog);
  return names.relations.flatMap(({ fields, schema, name, cte, use }): UnknownName[] => {
    if (cte || use === 'ddl' || typeof fields.catalogname === 'string') return [];
    if (isOutsideCatalog({ schema, name }) || lookUpRelation(catalog, { schema, name })) return [];
    if (isCreated?.({ schema, name })) return [];
    const range = placesOf(statement).relation(fields).at(-1);
    const schemas = schema === undefined ? catalog.searchPath : [schema];
    const candidates = catalog.relations.filter(known => schemas.includes(known.schema)).map(known => known.name);
    return range ? [{ kind: 'relation', name, ...(schema !== undefined && { schema }), range, candidates }] : [];
  });
}

/** Things that can be read and that a catalog does not list: PostgreSQL's own, temporary tables, sequences. */
function isOutsideCatalog({ schema, name }: QualifiedName): boolean {
  if (schema !== undefined && (SYSTEM_SCHEMAS.has(schema) || schema.startsWith('pg_'))) return true;
  return name.startsWith('pg_') || /_seq\d*$/.test(name);
}

function unknownColumn(
  statement: ParsedStatement,
  binder: Binder,
  use: ColumnUse,
  { inBody }: UnknownNamesOptions,
): UnknownName | undefined {
  const binding = binder.bind(use);
  const name = use.parts.at(-1);
  const isQualified = use.star || use.parts.length > 1;
  // Two columns of one name are two whatever the variables of a body are.
  if (name === undefined || (inBody && !isQualified && binding.kind !== 'ambiguous')) return undefined;
  const at = (part: number): SourceRange | undefined => placesOf(statement).parts(use)[part];
  if (binding.kind === 'ambiguous') {
    const range = at(use.parts.length - 1);
    const candidates = binding.candidates.flatMap(({ source }) => source?.name ?? []);
    return range && { kind: 'ambiguous', name, range, candidates };
  }
  if (binding.kind !== 'missing') return undefined;
  if (binding.what === 'relation') {
    const part = use.parts.length - (use.star ? 1 : 2);
    const range = at(part);
    if (inBody || !range) return undefined;
    return { kind: 'qualifier', name: use.parts[part] ?? '', range, candidates: qualifiersInSight(use) };
  }
  const { source } = binding;
  // `o.full_name` can be a call of full_name(o).
  if (source && binder.catalog && (!binder.catalog.functions || routinesNamed(binder.catalog, { name }).length > 0))
    return undefined;
  const range = at(use.parts.length - 1);
  const sources = source ? [source] : visibleSources(use);
  const candidates = sources.flatMap(item => binder.columnsOf(item).columns.map(column => column.name));
  return range && { kind: 'column', name, range, candidates: [...new Set(candidates)] };
}

function visibleSources({ scope }: ColumnUse): Source[] {
  const sources: Source[] = [];
  for (let at: ColumnUse['scope'] | undefined = scope; at; at = at.outer) sources.push(...at.items);
  return sources;
}

function qualifiersInSight(use: ColumnUse): string[] {
  const pending = visibleSources(use);
  const names: string[] = [];
  for (let item = pending.pop(); item; item = pending.pop()) {
    if (item.kind === 'join' && !item.aliased) pending.push(item.left, item.right);
    else if (item.name !== undefined) names.push(item.name);
  }
  return names;
}

/** Columns that INSERT and UPDATE assign to, and those of USING. */
function unknownTargets(statement: ParsedStatement, binder: Binder): UnknownName[] {
  const missing = (source: Source, name: string, range: () => SourceRange | undefined): UnknownName[] => {
    const { columns, complete } = binder.columnsOf(source);
    if (!complete || columns.some(column => column.name === name)) return [];
    const place = range();
    return place ? [{ kind: 'column', name, range: place, candidates: columns.map(column => column.name) }] : [];
  };
  const targets = binder.names.targets.flatMap(target =>
    missing(target.source, target.name, () => placesOf(statement).target(target)),
  );
  const joins = binder.names.queries.flatMap(({ sources }) => sources).filter(source => source.kind === 'join');
  const using = joins.flatMap(join =>
    join.using.flatMap((name, i) =>
      [join.left, join.right].flatMap(side => missing(side, name, () => placesOf(statement).using(join)[i])),
    ),
  );
  return [...targets, ...using];
}

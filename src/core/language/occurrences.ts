import type { SourceRange } from '../base/sourceRange';
import { binderOf, type Binder } from '../catalog/binding/binder';
import { routinesNamed } from '../catalog/binding/functionColumns';
import type { KnownColumn, NameDefinition } from '../catalog/binding/knownColumn';
import { lookUpRelation } from '../catalog/binding/relationIndex';
import type { Catalog, Relation, Routine } from '../catalog/catalog';
import { placesOf, type NamePlaces } from '../sql/names/namePlaces';
import { bare, strings } from '../sql/names/nodes';
import type { ColumnUse, Cte, Fields, QualifiedName, Query, Source, WindowDefinition } from '../sql/names/scope';
import type { ParsedStatement } from '../sql/statement';
import { unwrap, wrappedNodes } from '../sql/walk';

/** What a name in a statement stands for. */
export type NamedThing =
  | { readonly kind: 'relation'; readonly name: QualifiedName; readonly relation?: Relation }
  | { readonly kind: 'schema'; readonly name: string }
  /** An item of FROM or a target under a name of its own, also EXCLUDED, OLD and NEW. */
  | { readonly kind: 'alias'; readonly source: Source }
  | { readonly kind: 'cte'; readonly cte: Cte }
  /** A column of a table of the catalog. */
  | { readonly kind: 'column'; readonly column: KnownColumn & { readonly base: NonNullable<KnownColumn['base']> } }
  /** A column that the statement itself gives its name. */
  | { readonly kind: 'output'; readonly definition: NameDefinition; readonly column: KnownColumn }
  /** A column of something that is not known, or of nothing. */
  | { readonly kind: 'unbound'; readonly name: string; readonly source?: Source; readonly column?: KnownColumn }
  | { readonly kind: 'function'; readonly name: QualifiedName; readonly routines: readonly Routine[] }
  | { readonly kind: 'window'; readonly name: string; readonly definition?: WindowDefinition };

/** One place where a name stands. */
export interface Occurrence {
  /** Relative to the statement. */
  readonly range: SourceRange;
  readonly thing: NamedThing;
  readonly role: 'definition' | 'read' | 'write';
  /** The use in an expression, for columns and what qualifies them. */
  readonly use?: ColumnUse;
  /** The query the name stands in, where it matters for renaming. */
  readonly query?: Query;
}

interface Kept {
  readonly variables: ReadonlySet<string> | undefined;
  readonly occurrences: readonly Occurrence[];
}

/** Kept by binder, which is one for a tree and a catalog. */
const known = new WeakMap<Binder, Kept>();

/** Every name of a statement with what it stands for, in the order of the text. Variables of a body are left out. */
export function occurrencesOf(
  statement: ParsedStatement,
  catalog: Catalog | undefined,
  variables?: ReadonlySet<string>,
): readonly Occurrence[] {
  const binder = binderOf(statement, catalog);
  const kept = known.get(binder);
  if (kept && kept.variables === variables) return kept.occurrences;
  const occurrences = new Collector(statement, binder, placesOf(statement), variables).collect();
  known.set(binder, { variables, occurrences });
  return occurrences;
}

/** True if two names stand for the same thing. */
export function isSameThing(a: NamedThing, b: NamedThing): boolean {
  if (a.kind === 'output' && b.kind === 'output') return isSameDefinition(a.definition, b.definition);
  if (a.kind === 'column' && b.kind === 'column') return a.column.base.column === b.column.base.column;
  if (a.kind === 'alias' && b.kind === 'alias') return a.source === b.source;
  if (a.kind === 'cte' && b.kind === 'cte') return a.cte === b.cte;
  if (a.kind === 'window' && b.kind === 'window') return a.definition !== undefined && a.definition === b.definition;
  if (a.kind === 'schema' && b.kind === 'schema') return a.name === b.name;
  if (a.kind === 'relation' && b.kind === 'relation') {
    return a.relation || b.relation ? a.relation === b.relation : isSameName(a.name, b.name);
  }
  if (a.kind === 'function' && b.kind === 'function') return isSameName(a.name, b.name);
  return a.kind === 'unbound' && b.kind === 'unbound' && a.name === b.name && a.source === b.source && !!a.source;
}

function isSameName(a: QualifiedName, b: QualifiedName): boolean {
  return a.name === b.name && a.schema === b.schema;
}

function isSameDefinition(a: NameDefinition, b: NameDefinition): boolean {
  if (a.kind === 'output') return b.kind === 'output' && a.output === b.output;
  if (a.kind === 'alias') return b.kind === 'alias' && a.of === b.of;
  return b.kind === 'column alias' && a.of === b.of && a.index === b.index;
}

/** What qualifies the columns of an item of FROM: its alias, or the table or CTE itself. */
export function thingOfSource(source: Source, binder: Binder): NamedThing {
  if (source.aliased) return { kind: 'alias', source };
  if (source.kind === 'cte') return { kind: 'cte', cte: source.cte };
  if (source.kind !== 'table' && source.kind !== 'new table') return { kind: 'alias', source };
  const { catalog } = binder;
  const relation = catalog && lookUpRelation(catalog, source.table);
  return { kind: 'relation', name: source.table, ...(relation && { relation }) };
}

class Collector {
  private readonly found: Occurrence[] = [];

  constructor(
    private readonly statement: ParsedStatement,
    private readonly binder: Binder,
    private readonly places: NamePlaces,
    private readonly variables: ReadonlySet<string> | undefined,
  ) {}

  collect(): Occurrence[] {
    const { names } = this.binder;
    this.relations();
    names.queries.forEach(query => this.query(query));
    names.columns.forEach(use => this.column(use));
    for (const target of names.targets) {
      const column = this.binder.columnsOf(target.source).columns.find(({ name }) => name === target.name);
      const thing = column ? thingOfColumn(column, target.name) : unbound(target.name, target.source);
      this.add(this.places.target(target), thing, 'write', { query: target.query });
    }
    for (const { fields } of names.functions) this.call(fields);
    this.definedColumns();
    return distinct(this.found);
  }

  private add(
    range: SourceRange | undefined,
    thing: NamedThing,
    role: Occurrence['role'],
    more: Pick<Occurrence, 'use' | 'query'> = {},
  ): void {
    if (range) this.found.push({ range, thing, role, ...more });
  }

  private relations(): void {
    const { names, catalog } = this.binder;
    const root = this.statement.tree && unwrap(this.statement.tree)?.fields;
    const created = new Set([
      root?.view,
      bare(root?.into)?.rel,
      this.statement.kind === 'CreateStmt' && root?.relation,
    ]);
    for (const { fields, schema, name, cte, use } of names.relations) {
      const ranges = this.places.relation(fields);
      if (schema !== undefined) this.add(ranges.at(-2), { kind: 'schema', name: schema }, 'read');
      const relation = cte || !catalog ? undefined : lookUpRelation(catalog, { schema, name });
      const thing: NamedThing = cte
        ? { kind: 'cte', cte }
        : { kind: 'relation', name: { schema, name }, ...(relation && { relation }) };
      this.add(ranges.at(-1), thing, created.has(fields) ? 'definition' : use === 'write' ? 'write' : 'read');
    }
  }

  private query(query: Query): void {
    for (const cte of query.ctes) {
      this.add(this.places.cte(cte), { kind: 'cte', cte }, 'definition', { query });
      cte.columnNames.forEach((name, index) => this.columnAlias(cte, name, index));
    }
    for (const source of query.sources) {
      if (source.aliased) this.add(this.places.alias(source), { kind: 'alias', source }, 'definition', { query });
      if (source.kind !== 'excluded' && source.kind !== 'old' && source.kind !== 'new')
        source.columnAliases.forEach((name, index) => this.columnAlias(source, name, index));
      if (source.kind === 'join' && source.using.length > 0) this.using(source);
    }
    if (query.kind !== 'set operation') {
      for (const output of query.outputs) {
        if (output.kind !== 'expression' || !output.named) continue;
        const column = this.binder
          .outputsOf(query)
          .columns.find(({ definition }) => definition?.kind === 'output' && definition.output === output);
        const definition = { kind: 'output', output } as const;
        const known = column ?? { name: output.name, definition, nullExtended: true };
        this.add(this.places.outputAlias(output), { kind: 'output', definition, column: known }, 'definition', {
          query,
        });
      }
    }
    for (const definition of query.windows)
      this.add(this.places.window(definition), { kind: 'window', name: definition.name, definition }, 'definition');
    for (const use of query.windowUses) {
      const definition = query.windows.find(({ name }) => name === use.name);
      this.add(this.places.windowUse(use), { kind: 'window', name: use.name, definition }, 'read');
    }
    for (const { name, fields } of query.locks) {
      const source = query.sources.find(candidate => candidate.name === name);
      if (source) this.add(this.places.relation(fields).at(-1), thingOfSource(source, this.binder), 'read', { query });
    }
  }

  private columnAlias(of: Source | Cte, name: string, index: number): void {
    const definition: NameDefinition = { kind: 'column alias', of, index };
    const columns = 'addedColumns' in of ? this.binder.columnsOfCte(of) : this.binder.columnsOf(of);
    const known = columns.columns.find(
      column => column.definition && isSameDefinition(column.definition, definition),
    ) ?? { name, definition, nullExtended: true };
    this.add(this.places.columnAlias(of, index), { kind: 'output', definition, column: known }, 'definition');
  }

  private using(join: Extract<Source, { kind: 'join' }>): void {
    const { columns } = this.binder.columnsOf(join);
    this.places.using(join).forEach((range, i) => {
      const name = join.using[i]!;
      const column = columns.find(candidate => candidate.name === name);
      this.add(range, column ? thingOfColumn(column, name) : unbound(name, join), 'read');
    });
  }

  private column(use: ColumnUse): void {
    const ranges = this.places.parts(use);
    const [name] = use.parts;
    if (use.parts.length === 1 && !use.star && name !== undefined && this.variables?.has(name)) return;
    const qualifier = this.binder.qualifier(use);
    const qualifierAt = use.parts.length - (use.star ? 1 : 2);
    if (qualifier) {
      this.add(ranges[qualifierAt], thingOfSource(qualifier, this.binder), 'read', { use });
      const schema = use.parts[qualifierAt - 1];
      if (schema !== undefined) this.add(ranges[qualifierAt - 1], { kind: 'schema', name: schema }, 'read');
    }
    if (!use.star) this.add(ranges[use.parts.length - 1], this.thingOfUse(use, qualifier), 'read', { use });
  }

  private thingOfUse(use: ColumnUse, qualifier: Source | undefined): NamedThing {
    const name = use.parts.at(-1) ?? '';
    const binding = this.binder.bind(use);
    switch (binding.kind) {
      case 'column':
      case 'output':
        return thingOfColumn(binding.column, name, qualifier);
      case 'row':
        return thingOfSource(binding.source, this.binder);
      case 'unknown': {
        // In a valid statement no other column can have the name of the one that is known.
        const [only, ...others] = binding.candidates;
        return only && others.length === 0 ? thingOfColumn(only, name, qualifier) : unbound(name, qualifier);
      }
      default:
        return unbound(name, qualifier ?? onlySource(use));
    }
  }

  private call(fields: Fields): void {
    const parts = strings(fields.funcname);
    const name = parts.at(-1);
    if (name === undefined) return;
    const schema = parts.at(-2);
    const { catalog } = this.binder;
    const qualified = { ...(schema !== undefined && { schema }), name };
    const routines = catalog ? routinesNamed(catalog, qualified) : [];
    const ranges = this.places.functionName(fields);
    this.add(ranges.at(-1), { kind: 'function', name: qualified, routines }, 'read');
  }

  /** The columns that CREATE TABLE defines. */
  private definedColumns(): void {
    const { kind, tree } = this.statement;
    const root = tree && unwrap(tree);
    const [table] = this.binder.names.root.items;
    if (!root || kind !== 'CreateStmt' || table?.kind !== 'new table') return;
    const { catalog } = this.binder;
    const relation = catalog && lookUpRelation(catalog, table.table);
    for (const { type, fields } of wrappedNodes(root.fields.tableElts)) {
      const name = fields.colname;
      if (type !== 'ColumnDef' || typeof name !== 'string') continue;
      const column = relation?.columns.find(candidate => candidate.name === name);
      const thing: NamedThing =
        relation && column
          ? { kind: 'column', column: { name, base: { relation, column }, type: column.type, nullExtended: false } }
          : unbound(name, table);
      const start = this.statement.rangeOf(type, fields)?.start;
      const { tokens } = this.places;
      this.add(start === undefined ? undefined : tokens.rangeIfNamed(tokens.from(start), name), thing, 'definition');
    }
  }
}

function thingOfColumn(column: KnownColumn, name: string, source = column.source): NamedThing {
  const { definition, base } = column;
  if (definition?.kind === 'alias') return { kind: 'alias', source: definition.of };
  if (definition) return { kind: 'output', definition, column };
  return base ? { kind: 'column', column: { ...column, base } } : { kind: 'unbound', name, source, column };
}

function unbound(name: string, source?: Source): NamedThing {
  return { kind: 'unbound', name, ...(source && { source }) };
}

/** Where nothing else is read, a name that is not known can only belong there. */
function onlySource({ scope }: ColumnUse): Source | undefined {
  const [only, ...others] = scope.items;
  return only && others.length === 0 && only.kind !== 'join' ? only : undefined;
}

/** In the order of the text. The grammar gives some parts of a statement twice. */
function distinct(found: Occurrence[]): Occurrence[] {
  found.sort((a, b) => a.range.start - b.range.start);
  return found.filter((occurrence, i) => occurrence.range.start !== found[i - 1]?.range.start);
}

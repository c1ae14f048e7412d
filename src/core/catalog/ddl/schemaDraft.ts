import type { Catalog, Column, Relation, Routine, UserType } from '../catalog';
import { quoteQualified } from '../../sql/identifiers';
import type { Fields } from './ddlStatement';
import { textField } from './ddlStatement';

/** Schema and name of an object. */
export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

/** Where temporary tables are kept while a text is read. */
export const TEMPORARY_SCHEMA = 'pg_temp';

/** The schema as it stands after the statements read so far. */
export class SchemaDraft {
  readonly types = new Map<string, UserType>();
  /** Columns of composite types, by key. */
  readonly composites = new Map<string, readonly Column[]>();
  readonly extensions: Map<string, string>;
  readonly sequences = new Set<string>();
  routines: Routine[];
  /** Schemas searched for unqualified names at this point of the text. */
  searchPath: readonly string[];
  /** Search paths that the text sets for good: names it leaves unqualified live there. */
  private readonly declaredPath: string[] = [];
  private readonly byKey = new Map<string, Relation>();
  private readonly childKeys = new Map<string, Set<string>>();
  private readonly indexOwners = new Map<string, string>();
  /** How many constraints have the name: partitions share the names of their parent's. */
  private readonly constraintNames = new Map<string, number>();
  /** Relations that a view reads, by the view's key. */
  readonly readBy = new Map<string, ReadonlySet<string>>();
  /** Partitions whose index is attached to an index of the parent, by the index's key. */
  readonly attached = new Map<string, Set<string>>();

  constructor(private readonly known: Catalog) {
    this.searchPath = known.searchPath;
    this.routines = [...(known.functions ?? [])];
    this.extensions = new Map(known.extensions.map(({ name, version }) => [name, version]));
    for (const type of known.types ?? []) this.types.set(keyOf(type), type);
    for (const relation of known.relations) this.set(relation);
  }

  /** The catalog so far. Temporary tables are no part of a schema. */
  toCatalog(): Catalog {
    const { known } = this;
    return {
      ...known,
      searchPath: [...known.searchPath, ...this.declaredPath.filter(schema => !known.searchPath.includes(schema))],
      relations: [...this.byKey.values()].filter(({ schema }) => schema !== TEMPORARY_SCHEMA),
      functions: this.routines,
      types: [...this.types.values()],
      extensions: [...this.extensions].map(([name, version]) => ({ name, version })),
    };
  }

  /** `SET search_path`; an empty one, as in the output of pg_dump, only says that all names are qualified. */
  setSearchPath(schemas: readonly string[] | undefined): void {
    const named = schemas?.filter(schema => schema !== '' && schema !== '$user') ?? this.known.searchPath;
    this.searchPath = named;
    for (const schema of named) {
      if (!isSystemSchema(schema) && !this.declaredPath.includes(schema)) this.declaredPath.push(schema);
    }
  }

  /** The settings of a file end with it, and so do its temporary tables. */
  endFile(): void {
    this.searchPath = this.known.searchPath;
    for (const relation of [...this.byKey.values()]) if (relation.schema === TEMPORARY_SCHEMA) this.delete(relation);
  }

  get(name: QualifiedName): Relation | undefined {
    return this.byKey.get(keyOf(name));
  }

  relations(): IterableIterator<Relation> {
    return this.byKey.values();
  }

  /** Adds a relation or puts another in its place. */
  set(relation: Relation): void {
    const key = keyOf(relation);
    const old = this.byKey.get(key);
    if (old) this.forgetNames(old, key);
    this.byKey.set(key, relation);
    for (const { name } of relation.indexes) this.indexOwners.set(keyOf({ schema: relation.schema, name }), key);
    for (const { name } of relation.constraints) this.countConstraint({ schema: relation.schema, name }, 1);
    for (const parent of relation.parents ?? []) {
      const siblings = this.childKeys.get(keyOf(parent));
      if (siblings) siblings.add(key);
      else this.childKeys.set(keyOf(parent), new Set([key]));
    }
  }

  update(name: QualifiedName, change: (relation: Relation) => Relation): void {
    const relation = this.get(name);
    if (relation) this.set(change(relation));
  }

  delete(name: QualifiedName): void {
    const key = keyOf(name);
    const relation = this.byKey.get(key);
    if (!relation) return;
    this.forgetNames(relation, key);
    this.byKey.delete(key);
    this.readBy.delete(key);
  }

  private forgetNames(relation: Relation, key: string): void {
    const { schema } = relation;
    for (const { name } of relation.indexes) this.indexOwners.delete(keyOf({ schema, name }));
    for (const { name } of relation.constraints) this.countConstraint({ schema, name }, -1);
    for (const parent of relation.parents ?? []) this.childKeys.get(keyOf(parent))?.delete(key);
  }

  private countConstraint(name: QualifiedName, by: number): void {
    const key = keyOf(name);
    const count = (this.constraintNames.get(key) ?? 0) + by;
    if (count > 0) this.constraintNames.set(key, count);
    else this.constraintNames.delete(key);
  }

  /** Partitions, and tables that inherit. */
  childrenOf(name: QualifiedName): Relation[] {
    return [...(this.childKeys.get(keyOf(name)) ?? [])].flatMap(key => this.byKey.get(key) ?? []);
  }

  ownerOfIndex(index: QualifiedName): Relation | undefined {
    const key = this.indexOwners.get(keyOf(index));
    return key === undefined ? undefined : this.byKey.get(key);
  }

  /** True if a relation, an index, a sequence or a composite type has the name. */
  isNameTaken(name: QualifiedName): boolean {
    const key = keyOf(name);
    return this.byKey.has(key) || this.indexOwners.has(key) || this.sequences.has(key) || this.composites.has(key);
  }

  isConstraintNameTaken(name: QualifiedName): boolean {
    return this.constraintNames.has(keyOf(name));
  }

  /** The name a `RangeVar` gives to a new relation. */
  nameForNew(rangeVar: unknown): QualifiedName {
    const fields = (rangeVar ?? {}) as Fields;
    const isTemporary = fields['relpersistence'] === 't';
    return this.qualifyNew(
      isTemporary ? TEMPORARY_SCHEMA : textField(fields, 'schemaname'),
      String(fields['relname'] ?? ''),
    );
  }

  qualifyNew(schema: string | undefined, name: string): QualifiedName {
    return { schema: schema ?? this.searchPath[0] ?? 'public', name };
  }

  /** The object that a `RangeVar` means: of the first schema in the search path that has it. */
  nameOf(rangeVar: unknown): QualifiedName {
    const fields = (rangeVar ?? {}) as Fields;
    return this.qualify(textField(fields, 'schemaname'), String(fields['relname'] ?? ''));
  }

  /** The same for the parts of a name in a list: `schema.name`, or `name` alone. */
  nameOfParts(parts: readonly string[]): QualifiedName {
    return this.qualify(parts.at(-2), parts.at(-1) ?? '');
  }

  private qualify(schema: string | undefined, name: string): QualifiedName {
    if (schema !== undefined) return { schema, name };
    for (const candidate of [TEMPORARY_SCHEMA, ...this.searchPath]) {
      if (this.isNameTaken({ schema: candidate, name })) return { schema: candidate, name };
    }
    return this.qualifyNew(undefined, name);
  }

  /** A type of the users by the parts of its name; relations are types too. */
  typeNamed(parts: readonly string[]): QualifiedName | undefined {
    const name = parts.at(-1) ?? '';
    const schemas = parts.length > 1 ? [parts.at(-2)!] : this.searchPath;
    return schemas
      .map(schema => ({ schema, name }))
      .find(candidate => this.types.has(keyOf(candidate)) || this.byKey.has(keyOf(candidate)));
  }

  /** The name as the server prints it for somebody with the catalog's search path. */
  printName({ schema, name }: QualifiedName): string {
    return quoteQualified(this.known.searchPath.includes(schema) ? undefined : schema, name);
  }
}

/** One string for schema and name. */
export function keyOf({ schema, name }: QualifiedName): string {
  return `${schema}\0${name}`;
}

export function isSameName(a: QualifiedName, b: QualifiedName): boolean {
  return a.name === b.name && a.schema === b.schema;
}

function isSystemSchema(schema: string): boolean {
  return schema.startsWith('pg_') || schema === 'information_schema';
}

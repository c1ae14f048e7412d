import type { Catalog, Relation, UserType } from '../../catalog/catalog';
import { findRelation } from '../../catalog/lookup';

/** A foreign key between two known tables. */
export interface ForeignKey {
  readonly from: Relation;
  readonly columns: readonly string[];
  readonly to: Relation;
  readonly referenced: readonly string[];
}

/** What completion looks up in a catalog, made once for each. */
export interface CatalogIndex {
  /** Relations that need no schema before their name, then the rest. */
  readonly visible: readonly Relation[];
  readonly hidden: readonly Relation[];
  readonly schemas: readonly string[];
  readonly bySchema: ReadonlyMap<string, readonly Relation[]>;
  /** Keys that lead from a relation or to it. */
  readonly foreignKeys: ReadonlyMap<Relation, readonly ForeignKey[]>;
  readonly enums: ReadonlyMap<string, UserType>;
}

const known = new WeakMap<Catalog, CatalogIndex>();

export function indexOf(catalog: Catalog): CatalogIndex {
  const kept = known.get(catalog);
  if (kept) return kept;
  const index = build(catalog);
  known.set(catalog, index);
  return index;
}

function build(catalog: Catalog): CatalogIndex {
  const visible: Relation[] = [];
  const hidden: Relation[] = [];
  const bySchema = new Map<string, Relation[]>();
  const foreignKeys = new Map<Relation, ForeignKey[]>();
  const remember = (relation: Relation, key: ForeignKey): void => {
    const own = foreignKeys.get(relation);
    if (own) own.push(key);
    else foreignKeys.set(relation, [key]);
  };
  // Partitions last: queries name the table they are parts of.
  const relations = [...catalog.relations].sort((a, b) => Number(a.isPartition) - Number(b.isPartition));
  for (const relation of relations) {
    (findRelation(catalog, relation.name) === relation ? visible : hidden).push(relation);
    const same = bySchema.get(relation.schema);
    if (same) same.push(relation);
    else bySchema.set(relation.schema, [relation]);
    for (const { kind, columns, references } of relation.constraints) {
      if (kind !== 'foreign key' || !references) continue;
      const to = findRelation(catalog, references.relation, references.schema);
      if (!to) continue;
      const referenced = references.columns.length > 0 ? references.columns : primaryKeyOf(to);
      if (referenced.length !== columns.length) continue;
      const key = { from: relation, columns, to, referenced };
      remember(relation, key);
      if (to !== relation) remember(to, key);
    }
  }
  const enums = new Map<string, UserType>();
  for (const type of catalog.types ?? []) {
    if (type.kind !== 'enum') continue;
    enums.set(`${type.schema}.${type.name}`, type);
    if (catalog.searchPath.includes(type.schema) && !enums.has(type.name)) enums.set(type.name, type);
  }
  const routineSchemas = (catalog.functions ?? []).map(({ schema }) => schema);
  const schemas = [...new Set([...bySchema.keys(), ...routineSchemas])].sort();
  return { visible, hidden, schemas, bySchema, foreignKeys, enums };
}

function primaryKeyOf({ constraints }: Relation): readonly string[] {
  return constraints.find(({ kind }) => kind === 'primary key')?.columns ?? [];
}

/** The enum that a column's type names, as `format_type` prints it. */
export function enumOf(catalog: Catalog | undefined, type: string | undefined): UserType | undefined {
  if (!catalog || type === undefined) return undefined;
  return indexOf(catalog).enums.get(type.replaceAll('"', ''));
}

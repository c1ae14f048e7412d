import type { RelationRow } from './relations';
import type { Setting } from './settings';

/** What all models of one database share. */
export interface BaseModel {
  readonly settings: readonly Setting[];
  readonly extensions: readonly { readonly name: string; readonly schema: string }[];
  readonly missingExtensions: readonly string[];
  /** The database's own collation orders texts by their bytes. */
  readonly sortsByByte: boolean;
}

/** What a shadow has already, so that the next model adds only what is missing. */
export class ShadowContents {
  private readonly relations = new Map<number, RelationRow>();
  private readonly byName = new Map<string, RelationRow>();
  private readonly parents = new Set<number>();
  /** Names of types, functions and collations that were looked for. */
  private readonly names = new Set<string>();
  base?: BaseModel;

  get oids(): number[] {
    return [...this.relations.keys()];
  }

  has(oid: number): boolean {
    return this.relations.has(oid);
  }

  hasLookedFor(name: string): boolean {
    return this.names.has(name);
  }

  /** Call it once a model of these is loaded. */
  add(relations: readonly RelationRow[], names: readonly string[]): void {
    for (const relation of relations) {
      this.relations.set(relation.oid, relation);
      this.byName.set(`${relation.schema}.${relation.name}`, relation);
      for (const parent of relation.parent_oids) this.parents.add(parent);
    }
    for (const name of names) this.names.add(name);
  }

  /**
   * The tables of these names, if all are here and nothing else belongs to any of them: no partitions, no parents, no
   * definition of a view. The server need not be asked then.
   */
  plainTables(names: readonly { readonly schema: string; readonly name: string }[]): RelationRow[] | undefined {
    const found = names.map(({ schema, name }) => this.byName.get(`${schema}.${name}`));
    const isPlain = (relation: RelationRow | undefined): relation is RelationRow =>
      relation !== undefined &&
      (relation.kind === 'r' || relation.kind === 'm') &&
      relation.parent_oids.length === 0 &&
      !this.parents.has(relation.oid);
    return found.every(isPlain) ? found : undefined;
  }
}

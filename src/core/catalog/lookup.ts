import type { Catalog, Relation, Routine } from './catalog';

/**
 * The relation a name means: qualified names directly, others through the search path. As in PostgreSQL, temporary
 * tables come before everything else, and `pg_catalog` comes first unless the search path gives it another place.
 */
export function findRelation(catalog: Catalog, name: string, schema?: string): Relation | undefined {
  const named = relationsByName(catalog.relations).get(name);
  if (named === undefined) return undefined;
  for (const wanted of searched(catalog, schema)) {
    const found = named.find(relation => isInSchema(relation.schema, wanted));
    if (found) return found;
  }
  return undefined;
}

/**
 * All routines a call could mean, in the order of the search path; which one it is depends on the arguments. Empty if
 * there is none or if nobody looked ({@link Catalog.functions} is absent): built-in functions are not in a catalog.
 */
export function findRoutines(catalog: Catalog, name: string, schema?: string): readonly Routine[] {
  if (catalog.functions === undefined) return [];
  const named = routinesByName(catalog.functions).get(name) ?? [];
  return searched(catalog, schema).flatMap(wanted => named.filter(routine => isInSchema(routine.schema, wanted)));
}

/** True for a schema of temporary tables: `pg_temp`, or by its real name `pg_temp_3`. */
export function isTemporarySchema(schema: string): boolean {
  return /^pg_temp(?:_\d+)?$/.test(schema);
}

function searched(catalog: Catalog, schema: string | undefined): readonly string[] {
  if (schema !== undefined) return [schema];
  const implicit = ['pg_temp', 'pg_catalog'].filter(each => !catalog.searchPath.includes(each));
  return [...implicit, ...catalog.searchPath];
}

function isInSchema(schema: string, wanted: string): boolean {
  return schema === wanted || (wanted === 'pg_temp' && isTemporarySchema(schema));
}

const relationsByName = groupedOnce<Relation>();
const routinesByName = groupedOnce<Routine>();

/** Groups lists by name, each list once: they never change. */
function groupedOnce<T extends { readonly name: string }>(): (list: readonly T[]) => ReadonlyMap<string, readonly T[]> {
  const known = new WeakMap<readonly T[], ReadonlyMap<string, readonly T[]>>();
  return list => {
    const kept = known.get(list);
    if (kept) return kept;
    const groups = new Map<string, T[]>();
    for (const item of list) {
      const group = groups.get(item.name);
      if (group) group.push(item);
      else groups.set(item.name, [item]);
    }
    known.set(list, groups);
    return groups;
  };
}

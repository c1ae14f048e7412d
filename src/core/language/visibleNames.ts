import { Binder } from '../catalog/binding/binder';
import type { KnownColumn } from '../catalog/binding/knownColumn';
import type { Cte, Scope, Source } from '../sql/names/scope';

/** A column that can be named in a scope. */
export interface VisibleColumn {
  readonly column: KnownColumn;
  /** What may stand before it; absent for a merged column of USING that has no table of its own. */
  readonly qualifier?: string;
  /** True if the bare name would be ambiguous, would mean a column of a nearer query, or is not allowed. */
  readonly mustQualify: boolean;
  /** 0 for the innermost query, 1 for the one around it, and so on. */
  readonly depth: number;
}

/** The columns that can be named in a scope, as far as they are known, nearest first. */
export function visibleColumns(binder: Binder, scope: Scope): VisibleColumn[] {
  const found: VisibleColumn[] = [];
  const nearer = new Set<string>();
  for (const { level, depth } of levels(scope)) {
    const bare = level.items.filter(item => !item.qualifiedOnly).flatMap(item => binder.columnsOf(item).columns);
    const counts = new Map<string, number>();
    for (const { name } of bare) counts.set(name, (counts.get(name) ?? 0) + 1);
    const isTaken = (name: string): boolean => nearer.has(name) || (counts.get(name) ?? 0) > 1;
    for (const column of bare) {
      const qualifier = column.source?.name;
      if (qualifier !== undefined || !isTaken(column.name))
        found.push({ column, ...(qualifier !== undefined && { qualifier }), mustQualify: isTaken(column.name), depth });
    }
    for (const item of level.items.filter(({ qualifiedOnly }) => qualifiedOnly)) {
      for (const column of binder.columnsOf(item).columns)
        found.push({ column, qualifier: item.name, mustQualify: true, depth });
    }
    for (const name of counts.keys()) nearer.add(name);
  }
  return found;
}

/** The names that can stand before a column, nearest first. A name hides those of the same name further out. */
export function visibleSources(scope: Scope): { readonly source: Source; readonly depth: number }[] {
  const found: { readonly source: Source; readonly depth: number }[] = [];
  const names = new Set<string>();
  for (const { level, depth } of levels(scope)) {
    for (const source of Binder.visible(level.items)) {
      if (source.name === undefined || names.has(source.name)) continue;
      names.add(source.name);
      found.push({ source, depth });
    }
  }
  return found;
}

/** The WITH queries that FROM can name, nearest first. */
export function visibleCtes(scope: Scope): Cte[] {
  const found = new Map<string, Cte>();
  for (let at = scope.ctes; at; at = at.next) if (!found.has(at.cte.name)) found.set(at.cte.name, at.cte);
  return [...found.values()];
}

/** The scopes with something in them, the innermost first. */
function* levels(scope: Scope): Iterable<{ readonly level: Scope; readonly depth: number }> {
  let depth = 0;
  for (let level: Scope | undefined = scope; level; level = level.outer) {
    if (level.items.length > 0) yield { level, depth: depth++ };
  }
}

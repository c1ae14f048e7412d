/** The names a stretch of PL/pgSQL can use. A block adds to those of the blocks around it. */
export interface Scope {
  readonly variables: ReadonlySet<string>;
  readonly cursors: ReadonlySet<string>;
}

export function innerScope(outer: Scope, variables: Iterable<string>, cursors: Iterable<string> = []): Scope {
  return {
    variables: new Set([...outer.variables, ...variables]),
    cursors: new Set([...outer.cursors, ...cursors]),
  };
}

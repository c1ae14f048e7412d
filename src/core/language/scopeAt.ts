import { rangeContains } from '../base/sourceRange';
import { namesOf } from '../sql/names/namesOf';
import type { Query, Scope } from '../sql/names/scope';
import type { ParsedStatement } from '../sql/statement';

/** What can be named at a place of a statement. */
export interface ScopeAt {
  readonly scope: Scope;
  /** The innermost query around the place; undefined outside of every query. */
  readonly query?: Query;
}

/**
 * The scope in force at an offset of the statement's text: that of the innermost query around it, or of the part of it
 * where other rules hold (ON, LATERAL, RETURNING, WHEN). The statement must parse: to complete at a cursor, parse the
 * text with a made-up name there.
 */
export function scopeAt(statement: ParsedStatement, offset: number): ScopeAt {
  const { root, queries, regions } = namesOf(statement);
  let best: ScopeAt = { scope: root };
  let length = Infinity;
  const offer = (type: string, fields: object, found: ScopeAt): void => {
    const range = statement.rangeOf(type, fields);
    if (!range || !rangeContains(range, offset) || range.end - range.start > length) return;
    best = found;
    length = range.end - range.start;
  };
  for (const query of queries) offer(query.node.type, query.node.fields, { scope: query.scope, query });
  // A region stands within its query, or spans all of it.
  for (const { node, scope } of regions)
    offer(node.type, node.fields, { scope, ...(scope.query && { query: scope.query }) });
  return best;
}

import type { CursorTokens } from './cursorTokens';
import { beginsQuery } from './cursorTokens';
import type { QueryBlock, SourceText } from './queryBlocks';
import { clauseAt } from './queryBlocks';

/** INSERT's own table cannot be named in its VALUES or its query, and that query's tables only there. */
export function visibleSources(block: QueryBlock, at: number): readonly SourceText[] {
  const { clauses, sources, target } = block;
  const keyword = clauseAt(block, at)?.keyword ?? '';
  if (clauses[0]?.keyword !== 'insert' || !target || keyword === 'into') return sources;
  if (keyword === 'values') return [];
  const hasConflict = clauses.some(clause => clause.keyword === 'on conflict' && clause.from < at);
  return hasConflict || keyword === 'returning' ? [target] : sources.filter(source => source !== target);
}

/** The parentheses around the cursor, from the inside out; -1 is the statement. */
export function* parents(tokens: CursorTokens): Iterable<number> {
  let open = tokens.parent(tokens.cursor);
  for (; open >= 0; open = tokens.parent(open)) yield open;
  yield -1;
}

/** True for parentheses around a query. */
export function isQueryGroup(tokens: CursorTokens, open: number): boolean {
  return beginsQuery(tokens, open + 1) || (tokens.is(open + 1, '(') && isQueryGroup(tokens, open + 1));
}

/** False for a WITH query's and a FROM item's own query: what stands beside them cannot be named there. */
export function seesOuter(tokens: CursorTokens, open: number, outer: QueryBlock): boolean {
  if (open >= 0 && (tokens.is(open - 1, 'as', 'materialized') || tokens.is(open - 1, '('))) {
    if (outer.ctes.some(cte => cte.open === open)) return false;
  }
  if (tokens.is(open - 1, 'lateral')) return true;
  const clause = clauseAt(outer, open);
  return !(clause?.keyword === 'from' && tokens.is(open - 1, 'from', 'join', ','));
}

/** True if the WITH before a parenthesis is WITH RECURSIVE. */
export function isRecursive(tokens: CursorTokens, open: number): boolean {
  for (let i = open - 1; i >= 0; i = tokens.before(i)) if (tokens.is(i, 'with')) return tokens.is(i + 1, 'recursive');
  return false;
}

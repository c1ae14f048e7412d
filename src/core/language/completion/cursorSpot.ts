import type { CursorScope, ScopeColumn, ScopeSource } from './cursorScope';
import type { CursorTokens } from './cursorTokens';
import { beginsQuery } from './cursorTokens';
import { endsOperand } from './operands';
import { clauseAt, itemsOf } from './queryBlocks';
import type { RelationWish, UtilitySpot } from './utilitySpots';
import { utilitySpot } from './utilitySpots';

/** What kind of thing can stand at the cursor. */
export type Spot =
  | UtilitySpot
  /** The first word of a statement or subquery. */
  | { readonly kind: 'start'; readonly nested: boolean }
  /** An operand of an expression. */
  | { readonly kind: 'expression'; readonly clause: string; readonly compared?: Compared; readonly opens: boolean }
  /** Behind an operand: an operator, an alias, the next clause. */
  | { readonly kind: 'after operand'; readonly clause: string }
  /** Behind an item of FROM or a target. */
  | { readonly kind: 'after source'; readonly clause: string; readonly source?: ScopeSource; readonly needsOn: boolean }
  | { readonly kind: 'using columns' }
  | { readonly kind: 'assignment'; readonly source: ScopeSource; readonly taken: readonly string[] }
  | { readonly kind: 'member'; readonly qualifier: readonly string[]; readonly of: Spot };

/** The column on the other side of a comparison. */
export interface Compared {
  readonly column: ScopeColumn;
  readonly source?: ScopeSource;
}

/** What goes on behind the first of several words that belong together. */
const KEYWORDS_AFTER: Readonly<Record<string, readonly string[]>> = {
  group: ['by'],
  order: ['by'],
  partition: ['by'],
  is: ['null', 'not null', 'true', 'false', 'distinct from', 'not distinct from'],
  nulls: ['first', 'last'],
};

const COMPARISONS = ['=', '<>', '!=', '<', '>', '<=', '>='];

/** What can stand at the cursor; undefined where a new name is given. */
export function spotAt(tokens: CursorTokens, scope: CursorScope, isBody: boolean): Spot | undefined {
  const { cursor } = tokens;
  const qualifier = tokens.qualifierBefore(cursor);
  if (tokens.is(cursor - 1, '.')) {
    if (qualifier.length === 0) return undefined;
    const of = spotOf(tokens, scope, cursor - 2 * qualifier.length, isBody);
    return of && { kind: 'member', qualifier, of };
  }
  return spotOf(tokens, scope, cursor, isBody);
}

function spotOf(tokens: CursorTokens, scope: CursorScope, at: number, isBody: boolean): Spot | undefined {
  const previous = at - 1;
  if (tokens.is(previous, '::')) return { kind: 'type' };
  const open = tokens.parent(at);
  if (tokens.is(previous, 'as') && tokens.is(open - 1, 'cast')) return { kind: 'type' };
  if (previous < 0) return { kind: 'start', nested: false };
  if (tokens.is(previous, 'with', 'recursive')) return undefined;
  const utility = utilitySpot(tokens, at);
  if (utility !== 'query') return utility;
  const { block } = scope;
  if (!block) return undefined;
  if (at === block.first) return { kind: 'start', nested: true };
  const clause = clauseAt(block, at);
  // Parentheses that can only hold a query.
  const isQuery = tokens.is(previous, '(') && tokens.is(open - 1, 'as', 'materialized', 'exists');
  if (isQuery && clause?.keyword !== 'window') return { kind: 'start', nested: true };
  // An expression of PL/pgSQL, or a command of which nothing is known.
  const isNone = !clause || (clause.keyword === '' && !tokens.is(block.first, '('));
  if (isNone) return isBody ? expressionSpot(tokens, scope, '', at) : undefined;
  const { keyword } = clause;
  if (open >= clause.from) {
    const listed = listSpot(tokens, scope, keyword, at, open);
    if (listed !== 'none') return listed;
  }
  switch (keyword) {
    case 'from':
    case 'using':
    case 'into':
    case 'update':
      return fromSpot(tokens, scope, keyword, at, clause.from);
    case 'insert':
    case 'delete':
    case 'merge':
    case 'for':
      return { kind: 'after operand', clause: keyword };
    case 'set': {
      const { target } = block;
      const isTarget = tokens.is(previous, 'set') || (tokens.is(previous, ',') && tokens.parent(at) < clause.from);
      const source = target && scope.sourceOf(target, 0);
      if (isTarget && source)
        return { kind: 'assignment', source, taken: assigned(tokens, clause.from + 1, clause.to) };
      break;
    }
    case 'values':
      if (tokens.is(previous, ')')) return { kind: 'after operand', clause: keyword };
      break;
    case 'on conflict':
      if (tokens.is(previous, 'constraint') && tokens.is(previous - 1, 'on')) return { kind: 'constraint' };
      return { kind: 'after operand', clause: keyword };
    case 'limit':
    case 'offset':
    case 'fetch':
    case 'window':
      return tokens.is(previous, keyword) ? undefined : { kind: 'after operand', clause: keyword };
    default:
  }
  return expressionSpot(tokens, scope, keyword, at);
}

function expressionSpot(tokens: CursorTokens, scope: CursorScope, clause: string, at: number): Spot | undefined {
  const previous = at - 1;
  if (tokens.is(previous, 'as')) return undefined;
  const continued = KEYWORDS_AFTER[tokens.lower(previous)];
  if (continued && !tokens.is(previous - 1, '.')) return { kind: 'keywords', words: continued };
  if (tokens.is(previous, 'by') || (tokens.is(previous, ',') && clause === 'select'))
    return { kind: 'expression', clause, opens: true };
  if (endsOperand(tokens, previous) && previous >= 0 && !opensClause(tokens, previous, clause))
    return { kind: 'after operand', clause };
  const compared = comparedAt(tokens, scope, at);
  return {
    kind: 'expression',
    clause,
    opens: tokens.is(previous, clause, 'distinct'),
    ...(compared && { compared }),
  };
}

function opensClause(tokens: CursorTokens, i: number, clause: string): boolean {
  return clause !== '' && tokens.is(i, clause);
}

/** Places in parentheses that hold a list of names or of values in a known order. */
function listSpot(
  tokens: CursorTokens,
  scope: CursorScope,
  keyword: string,
  at: number,
  open: number,
): Spot | undefined | 'none' {
  const { block } = scope;
  const target = block?.target && scope.sourceOf(block.target, 0);
  const begins = tokens.is(at - 1, '(', ',');
  if (keyword === 'into' && target && open >= target.text.end) {
    return begins ? columnList(tokens, target, open, 'insert', at) : undefined;
  }
  if (keyword === 'on conflict' && target && tokens.is(open - 1, 'conflict'))
    return begins ? columnList(tokens, target, open, 'conflict', at) : undefined;
  if (keyword === 'set' && target && tokens.is(open - 1, 'set', ','))
    return begins ? columnList(tokens, target, open, 'update', at) : undefined;
  if (keyword === 'values' && tokens.is(open - 1, 'values', ',')) {
    if (!begins) return { kind: 'after operand', clause: '' };
    const compared = target && insertedColumn(tokens, scope, target, open, at);
    return { kind: 'expression', clause: 'values', opens: false, ...(compared && { compared }) };
  }
  if (tokens.is(open - 1, 'using') && keyword === 'from') return begins ? { kind: 'using columns' } : undefined;
  const isFromList = keyword === 'from' && tokens.is(open - 1, 'from', 'join', ',', '(', 'lateral');
  if (isFromList) return fromSpot(tokens, scope, keyword, at, open);
  if (
    keyword === 'from' &&
    begins &&
    scope.sources.some(({ text }) => text.open !== open && text.at < open && open < text.end)
  )
    return undefined;
  if (tokens.is(open - 1, 'over', 'as') && tokens.is(at - 1, '('))
    return { kind: 'expression', clause: 'over', opens: true };
  return expressionSpot(tokens, scope, '', at);
}

function columnList(
  tokens: CursorTokens,
  source: ScopeSource,
  open: number,
  use: 'insert' | 'conflict' | 'update' | 'index',
  at: number,
): Spot {
  const taken: string[] = [];
  for (let i = open + 1; i < tokens.close(open); i = tokens.after(i)) {
    if (i !== tokens.cursor && i !== at && tokens.isName(i)) taken.push(tokens.name(i));
  }
  return { kind: 'column list', table: source.text.table, taken, use };
}

/** The columns that SET assigns to already. */
function assigned(tokens: CursorTokens, from: number, to: number): string[] {
  return itemsOf(tokens, from, to).flatMap(item =>
    tokens.isName(item.from) && item.from !== tokens.cursor ? [tokens.name(item.from)] : [],
  );
}

/** The column that the value at the cursor is for. */
function insertedColumn(
  tokens: CursorTokens,
  scope: CursorScope,
  target: ScopeSource,
  open: number,
  at: number,
): Compared | undefined {
  const listed: string[] = [];
  const list = target.text.end;
  if (tokens.is(list, '(')) {
    for (let i = list + 1; i < tokens.close(list); i++) if (tokens.isName(i)) listed.push(tokens.name(i));
  } else listed.push(...target.columns().map(({ name }) => name));
  let index = 0;
  for (let i = open + 1; i < at; i = tokens.after(i)) if (tokens.is(i, ',')) index++;
  const column = target.columns().find(({ name }) => name === listed[index]);
  return column && { column, source: target };
}

function fromSpot(
  tokens: CursorTokens,
  scope: CursorScope,
  clause: string,
  at: number,
  from: number,
): Spot | undefined {
  const previous = at - 1;
  const wanted = tokens.is(previous, 'from', 'join', ',', 'using', 'into', 'update', 'only', 'lateral', '(');
  let opener = previous;
  while (opener > from && !tokens.is(opener, 'from', 'join', ',', 'on', 'using', '(')) opener = tokens.before(opener);
  if (tokens.is(opener, 'on')) return expressionSpot(tokens, scope, 'on', at);
  if (wanted) {
    const isJoin = tokens.is(previous, 'join');
    const use: RelationWish['use'] = isJoin
      ? 'join'
      : clause === 'into' || clause === 'update' || scope.block?.target?.at === at
        ? 'write'
        : 'read';
    // `delete from |` has no target yet.
    const isDelete = tokens.is(previous, 'from') && tokens.is(previous - 1, 'delete');
    return { kind: 'relation', use: isDelete ? 'write' : use };
  }
  if (tokens.is(previous, 'as')) {
    const source = scope.sources.findLast(({ text }) => text.end === previous + 1 || text.end === previous);
    return { kind: 'after source', clause: 'alias', needsOn: false, ...(source && { source }) };
  }
  const source = scope.sources.find(({ text }) => text.end === at && text.at < at);
  const joined = tokens.is(opener, 'join') && !tokens.is(opener - 1, 'cross', 'natural');
  if (tokens.is(previous, 'tablesample')) return { kind: 'keywords', words: ['system', 'bernoulli'] };
  if (tokens.is(previous, 'left', 'right', 'full', 'inner', 'cross', 'natural', 'outer'))
    return {
      kind: 'keywords',
      words: ['join', ...(tokens.is(previous, 'left', 'right', 'full') ? ['outer join'] : []), 'join lateral'],
    };
  const natural = tokens.is(opener, 'join') && isNatural(tokens, opener);
  return { kind: 'after source', clause, needsOn: joined && !natural, ...(source && { source }) };
}

function isNatural(tokens: CursorTokens, join: number): boolean {
  for (let i = join - 1; tokens.is(i, 'left', 'right', 'full', 'inner', 'outer', 'natural'); i--) {
    if (tokens.is(i, 'natural')) return true;
  }
  return false;
}

/** The column that the operand at a token is compared with or assigned to. */
export function comparedAt(tokens: CursorTokens, scope: CursorScope, at: number): Compared | undefined {
  let i = at - 1;
  const open = tokens.parent(at);
  if (tokens.is(open - 1, 'in') && !beginsQuery(tokens, open + 1)) i = open - 1;
  if (tokens.is(i, 'like', 'ilike', 'between', 'in')) {
    i--;
    if (tokens.is(i, 'not')) i--;
  } else if (tokens.is(i, ...COMPARISONS)) i--;
  else return undefined;
  if (!tokens.isName(i)) return undefined;
  const parts = [...tokens.qualifierBefore(i), tokens.name(i)];
  const assigns = clauseKeyword(scope, at) === 'set' && parts.length === 1;
  const target = scope.block?.target && scope.sourceOf(scope.block.target, 0);
  const own = assigns ? target?.columns().find(({ name }) => name === parts[0]) : undefined;
  const column = own ?? scope.columnNamed(parts);
  if (!column) return undefined;
  const source = parts.length > 1 ? scope.sourceNamed(parts.slice(0, -1)) : sourceOf(scope, column);
  return { column, ...(source && { source }) };
}

function clauseKeyword(scope: CursorScope, at: number): string {
  return (scope.block && clauseAt(scope.block, at)?.keyword) ?? '';
}

function sourceOf(scope: CursorScope, column: ScopeColumn): ScopeSource | undefined {
  return scope.sources.find(source => source.columns().includes(column));
}

/** The column that a string at the cursor is a value of. */
export function valueSpot(tokens: CursorTokens, scope: CursorScope): Compared | undefined {
  const compared = comparedAt(tokens, scope, tokens.cursor);
  if (compared) return compared;
  const spot = utilitySpot(tokens, tokens.cursor) === 'query' ? spotOf(tokens, scope, tokens.cursor, false) : undefined;
  return spot?.kind === 'expression' ? spot.compared : undefined;
}

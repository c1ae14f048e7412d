import type { QualifiedName } from '../../sql/names/scope';
import type { CursorTokens } from './cursorTokens';
import { beginsQuery, namesIn } from './cursorTokens';
import { readSources } from './readSources';

/** A clause of a query and the tokens it spans, its keyword included. */
export interface Clause {
  readonly keyword: string;
  readonly from: number;
  readonly to: number;
}

/** A query as far as its tokens tell. */
export interface QueryBlock {
  /** Its first token, behind WITH. */
  readonly first: number;
  readonly end: number;
  readonly clauses: readonly Clause[];
  readonly ctes: readonly CteText[];
  readonly sources: readonly SourceText[];
  /** True for an arm of UNION and the like that others precede: its ORDER BY is that of the whole. */
  readonly isLaterArm: boolean;
  /** Target of INSERT, UPDATE, DELETE or MERGE. */
  readonly target?: SourceText;
}

/** An item of WITH: its query is what its parentheses hold. */
export interface CteText {
  readonly name: string;
  readonly columnNames: readonly string[];
  readonly open: number;
}

/** An item of FROM. */
export interface SourceText {
  readonly kind: 'table' | 'subquery' | 'function';
  readonly table?: QualifiedName;
  /** Parenthesis of the subquery or of the function's arguments. */
  readonly open?: number;
  readonly alias?: string;
  readonly columnNames: readonly string[];
  /** Its first token. */
  readonly at: number;
  /** The token behind it. */
  readonly end: number;
}

const SET_OPERATIONS = ['union', 'intersect', 'except'];
const CLAUSES = new Set(
  `with select from where group having window order limit offset fetch for into values set returning using on when insert
  update delete merge`.split(/\s+/),
);

/** The query that the parentheses at `open` hold, or the statement's own for -1; of several arms the one around `at`. */
export function readBlock(tokens: CursorTokens, open: number, at?: number): QueryBlock {
  let first = open + 1;
  const close = open < 0 ? tokens.count : tokens.close(open);
  if (open < 0) first = statementStart(tokens);
  // ((select ...) union select ...): what is in the inner parentheses is the first arm.
  const ctes: CteText[] = [];
  if (tokens.is(first, 'with')) first = readCtes(tokens, first, close, ctes);
  let end = close;
  const firstArm = first;
  for (let i = first; i < close; i = tokens.after(i)) {
    if (!tokens.is(i, ...SET_OPERATIONS)) continue;
    if (at === undefined || i >= at) {
      end = i;
      break;
    }
    first = tokens.is(i + 1, 'all', 'distinct') ? i + 2 : i + 1;
  }
  if (tokens.is(first, '(') && beginsQuery(tokens, first + 1)) {
    const inner = readBlock(tokens, first, at === undefined || at > tokens.close(first) ? undefined : at);
    if (at === undefined) return { ...inner, ctes: [...ctes, ...inner.ctes] };
  }
  const clauses = readClauses(tokens, first, end);
  return { first, end, clauses, ctes, isLaterArm: first !== firstArm, ...readSources(tokens, clauses) };
}

/** Behind EXPLAIN, CREATE VIEW ... AS, PL/pgSQL's own words and the like. */
function statementStart(tokens: CursorTokens): number {
  if (beginsQuery(tokens, 0)) return 0;
  const outer = tokens.lower(0);
  if (
    ![
      'explain',
      'create',
      'declare',
      'copy',
      'prepare',
      'return',
      'for',
      'if',
      'elsif',
      'while',
      'open',
      'perform',
      'execute',
    ].includes(outer)
  )
    return 0;
  for (let i = 0; i < tokens.count; i = tokens.after(i)) {
    if (outer === 'create' && !tokens.is(i - 1, 'as')) continue;
    if (beginsQuery(tokens, i) && !tokens.is(i, 'table')) return i;
  }
  return 0;
}

/** The token behind the WITH clause. */
function readCtes(tokens: CursorTokens, first: number, close: number, ctes: CteText[]): number {
  let i = tokens.is(first + 1, 'recursive') ? first + 2 : first + 1;
  while (i < close) {
    const named = i;
    if (!tokens.isName(i)) return i;
    let at = i + 1;
    let columnNames: readonly string[] = [];
    if (tokens.is(at, '(')) {
      columnNames = namesIn(tokens, at);
      at = tokens.after(at);
    }
    if (!tokens.is(at, 'as')) return named;
    at++;
    while (tokens.is(at, 'not', 'materialized')) at++;
    if (!tokens.is(at, '(')) return at;
    if (named !== tokens.cursor) ctes.push({ name: tokens.name(named), columnNames, open: at });
    i = tokens.after(at);
    // SEARCH and CYCLE
    if (tokens.is(i, 'search', 'cycle')) while (i < close && !tokens.is(i, ',') && !beginsQuery(tokens, i)) i++;
    if (!tokens.is(i, ',')) return i;
    i++;
  }
  return i;
}

function readClauses(tokens: CursorTokens, first: number, end: number): Clause[] {
  const clauses: Clause[] = [];
  let from = first;
  let keyword = '';
  const finish = (to: number): void => {
    if (to > from || keyword !== '') clauses.push({ keyword, from, to });
  };
  for (let i = first; i < end; i = tokens.after(i)) {
    const word = tokens.lower(i);
    if (!CLAUSES.has(word) || i === tokens.cursor) continue;
    if (i !== first && !isClause(tokens, i, word, keyword, clauses)) continue;
    finish(i);
    keyword = word === 'on' ? 'on conflict' : word;
    from = i;
  }
  finish(end);
  return clauses;
}

function isClause(tokens: CursorTokens, i: number, word: string, current: string, before: readonly Clause[]): boolean {
  if (tokens.is(i - 1, '.') || tokens.is(i - 1, 'as')) return false;
  switch (word) {
    case 'from':
      return !(tokens.is(i - 1, 'distinct') && tokens.is(i - 2, 'is', 'not'));
    case 'on':
      return tokens.is(i + 1, 'conflict');
    case 'using':
      // JOIN ... USING (...) belongs to FROM; DELETE and MERGE have a clause of their own.
      return current === 'into' || (current === 'from' && before.some(({ keyword }) => keyword === 'delete'));
    case 'group':
    case 'order':
      return tokens.is(i + 1, 'by') || i + 1 === tokens.cursor;
    case 'update':
      return current !== 'for' && current !== 'on conflict' && current !== 'when';
    case 'set':
      return current !== 'select';
    case 'insert':
    case 'delete':
      return current !== 'when';
    case 'into':
      return true;
    case 'when':
      return before.some(({ keyword }) => keyword === 'merge') || current === 'merge' || current === 'using';
    case 'with':
      return false;
    case 'values':
      return current !== 'select' && current !== 'where';
    default:
      return true;
  }
}

/** The clause around a token. */
export function clauseAt({ clauses }: QueryBlock, token: number): Clause | undefined {
  return (
    clauses.find(({ from, to }) => from < token && token <= to - 1) ?? clauses.findLast(({ from }) => from < token)
  );
}

/** The tokens of a clause split at the commas of its own level, without its keyword; `skip` words belong to it. */
export function itemsOf(
  tokens: CursorTokens,
  from: number,
  to: number,
): { readonly from: number; readonly to: number }[] {
  const items: { from: number; to: number }[] = [];
  let start = from;
  for (let i = from; i < to; i = tokens.after(i)) {
    if (!tokens.is(i, ',')) continue;
    items.push({ from: start, to: i });
    start = i + 1;
  }
  if (to > start) items.push({ from: start, to });
  return items;
}

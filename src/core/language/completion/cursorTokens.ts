import { identifierOf } from '../../sql/identifiers';
import { TokenKind, tokenize } from '../../sql/lexer';

/** Stands in the text where the cursor is, instead of the word that is being typed. */
export const CURSOR_NAME = 'qtcursor';

/**
 * The tokens of one statement, with a name at the cursor. Everything that completion knows of a statement it reads here:
 * while somebody types, most statements do not parse.
 */
export class CursorTokens {
  readonly count: number;
  /** The token at the cursor. */
  readonly cursor: number;
  /** How deep parentheses are nested in it. */
  depth = 0;
  private readonly lowered: (string | undefined)[] = [];
  /** For each token the opening parenthesis around it, or -1. */
  private readonly parents: number[] = [];
  /** For each opening parenthesis the one that closes it, or the number of tokens. */
  private readonly closing = new Map<number, number>();
  private readonly kinds: readonly TokenKind[];
  private readonly starts: readonly number[];
  private readonly ends: readonly number[];

  constructor(
    readonly text: string,
    cursorAt: number,
  ) {
    const { kinds, starts, ends } = tokenize(text, { comments: false });
    const until = boundary(text, kinds, starts, cursorAt, 1);
    const from = boundary(text, kinds, starts, cursorAt, -1);
    this.kinds = kinds.slice(from, until);
    this.starts = starts.slice(from, until);
    this.ends = ends.slice(from, until);
    this.count = this.kinds.length;
    this.cursor = this.starts.findIndex(start => start === cursorAt);
    this.matchParentheses();
  }

  private matchParentheses(): void {
    const open: number[] = [];
    let missing = this.countMissing();
    for (let i = 0; i < this.count; i++) {
      if (this.is(i, ')')) {
        const last = open.pop();
        if (last !== undefined) this.closing.set(last, i);
      }
      // `count(| from orders`: the parenthesis that has not been written yet belongs behind the cursor.
      for (; missing > 0 && i > this.cursor && open.length > 0 && this.goesOnOutside(i, open.at(-1)!); missing--) {
        this.closing.set(open.pop()!, i - 1);
      }
      this.parents.push(open.at(-1) ?? -1);
      if (this.is(i, '(')) open.push(i);
      this.depth = Math.max(this.depth, open.length);
    }
  }

  private countMissing(): number {
    let depth = 0;
    for (let i = 0; i < this.count; i++) {
      if (this.is(i, '(')) depth++;
      else if (this.is(i, ')')) depth = Math.max(0, depth - 1);
    }
    return depth;
  }

  /** True for a clause that cannot stand in the parentheses of a call or a list. */
  private goesOnOutside(i: number, open: number): boolean {
    if (!this.is(i, 'from', 'where', 'group', 'having', 'limit', 'returning', 'values') || beginsQuery(this, open + 1))
      return false;
    return !this.is(open - 1, 'extract', 'substring', 'trim', 'overlay', 'position', 'filter', 'from', 'join');
  }

  kind(i: number): TokenKind | undefined {
    return this.kinds[i];
  }

  start(i: number): number {
    return this.starts[i] ?? this.text.length;
  }

  raw(i: number): string {
    return this.text.slice(this.starts[i] ?? this.text.length, this.ends[i]);
  }

  /** The token in lower case; a quoted name keeps its quotes, so that it is never taken for a keyword. */
  lower(i: number): string {
    if (i < 0 || i >= this.count) return '';
    return (this.lowered[i] ??= this.raw(i).toLowerCase());
  }

  is(i: number, ...words: readonly string[]): boolean {
    return words.includes(this.lower(i));
  }

  /** True if the tokens from `i` on are these. */
  reads(i: number, ...words: readonly string[]): boolean {
    return words.every((word, k) => this.lower(i + k) === word);
  }

  isName(i: number): boolean {
    return this.kinds[i] === TokenKind.word || this.kinds[i] === TokenKind.quotedIdentifier;
  }

  isQuoted(i: number): boolean {
    return this.kinds[i] === TokenKind.quotedIdentifier;
  }

  /** What PostgreSQL makes of a name. */
  name(i: number): string {
    return identifierOf(this.raw(i));
  }

  parent(i: number): number {
    return this.parents[i] ?? -1;
  }

  close(open: number): number {
    return this.closing.get(open) ?? this.count;
  }

  /** The next token on the same level: behind the parenthesis if one opens at `i`. */
  after(i: number): number {
    return this.is(i, '(') ? this.close(i) + 1 : i + 1;
  }

  /** The token before on the same level: the opening one if a parenthesis closes there. */
  before(i: number): number {
    if (!this.is(i - 1, ')')) return i - 1;
    let open = i - 2;
    while (open >= 0 && this.close(open) !== i - 1) open--;
    return open;
  }

  /** The dotted name that ends before token `end`, if `end` is reached through a dot: `["o"]` before `o.|`. */
  qualifierBefore(end: number): string[] {
    const parts: string[] = [];
    for (let i = end - 1; this.is(i, '.') && this.isName(i - 1); i -= 2) parts.unshift(this.name(i - 1));
    return parts;
  }
}

const QUERY_STARTS = ['select', 'with', 'insert', 'update', 'delete', 'values', 'merge', 'table'];

/** True if a query begins at a token. */
export function beginsQuery(tokens: CursorTokens, i: number): boolean {
  return tokens.is(i, ...QUERY_STARTS);
}

/** The names in a list in parentheses, as far as they are names alone. */
export function namesIn(tokens: CursorTokens, open: number): string[] {
  const names: string[] = [];
  for (let i = open + 1; i < tokens.close(open); i = tokens.after(i)) {
    if (i !== tokens.cursor && tokens.isName(i) && tokens.is(i - 1, '(', ',')) names.push(tokens.name(i));
  }
  return names;
}

const STARTS = new Set([
  'select',
  'insert',
  'update',
  'delete',
  'with',
  'create',
  'alter',
  'drop',
  'merge',
  'truncate',
]);

/**
 * Where the statement around the cursor begins or ends: at a semicolon, or where a blank line and a word that begins
 * statements follow what cannot go on with one, as when the semicolon has not been written yet.
 */
function boundary(
  text: string,
  kinds: readonly TokenKind[],
  starts: readonly number[],
  cursorAt: number,
  direction: 1 | -1,
): number {
  const cursor = starts.findIndex(start => start === cursorAt);
  if (direction < 0) {
    for (let i = cursor - 1; i >= 0; i--) {
      if (kinds[i] === TokenKind.semicolon) return i + 1;
      if (i > 0 && beginsAnew(text, kinds, starts, i)) return i;
    }
    return 0;
  }
  for (let i = cursor + 1; i < kinds.length; i++) {
    if (kinds[i] === TokenKind.semicolon || beginsAnew(text, kinds, starts, i)) return i;
  }
  return kinds.length;
}

function beginsAnew(text: string, kinds: readonly TokenKind[], starts: readonly number[], i: number): boolean {
  if (kinds[i] !== TokenKind.word || !STARTS.has(wordAt(text, starts[i]!))) return false;
  if (!/\n[ \t]*\r?\n$/.test(text.slice(Math.max(0, starts[i]! - 200), starts[i]))) return false;
  const previous = text
    .slice(starts[i - 1], starts[i])
    .trim()
    .toLowerCase();
  return !/^(?:\)|\(|as|all|union|except|intersect|distinct|materialized|explain|analyze|verbose|for|do)$/.test(
    previous,
  );
}

function wordAt(text: string, start: number): string {
  return (/^\w+/.exec(text.slice(start, start + 20))?.[0] ?? '').toLowerCase();
}

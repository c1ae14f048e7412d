import type { SourceRange } from '../base/sourceRange';
import { TokenKind, tokenize } from './lexer';
import { OffsetMap } from './offsets';

/** First and last token of something, as indexes into the tokens. */
export type Span = readonly [first: number, last: number];

const INTERVAL_FIELD = new Set(['year', 'month', 'day', 'hour', 'minute', 'second']);

/**
 * The tokens of a statement without comments, and the questions one asks of them to find where a construct ends.
 * Indexes outside the statement are allowed everywhere: they are tokens without text.
 */
export class TokenIndex {
  readonly count: number;
  private readonly kinds: readonly TokenKind[];
  private readonly starts: readonly number[];
  private readonly ends: readonly number[];
  /** For each parenthesis or bracket the index of its partner, else -1. */
  private readonly partners: Int32Array;
  /** The longest span from a token on that is known to be balanced: of nested expressions each is looked through once. */
  private readonly balanced = new Map<number, number>();
  private readonly offsets: OffsetMap;

  constructor(private readonly sql: string) {
    const { kinds, starts, ends } = tokenize(sql, { clientSyntax: false, comments: false });
    this.kinds = kinds;
    this.starts = starts;
    this.ends = ends;
    this.count = kinds.length;
    this.offsets = new OffsetMap(sql);
    this.partners = new Int32Array(this.count).fill(-1);
    const open: number[] = [];
    for (let i = 0; i < this.count; i++) {
      if (kinds[i] !== TokenKind.punctuation) continue;
      const character = sql[starts[i]!];
      if (character === '(' || character === '[') open.push(i);
      else if (character === ')' || character === ']') {
        const partner = open.pop();
        if (partner === undefined) continue;
        this.partners[i] = partner;
        this.partners[partner] = i;
      }
    }
  }

  /** The token that begins at this byte, PostgreSQL's `location`; a location left out is 0, an unknown one -1. */
  at(location: unknown): number {
    if (location === undefined) return this.startingAt(0);
    if (typeof location !== 'number' || location < 0) return -1;
    return this.startingAt(this.offsets.fromByte(location));
  }

  private startingAt(offset: number): number {
    const { starts } = this;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return starts[low] === offset ? low : -1;
  }

  text(index: number): string {
    return this.sql.slice(this.starts[index] ?? 0, this.ends[index] ?? 0);
  }

  /** A bare word in lower case, or any other token as it is written. */
  word(index: number): string {
    return this.isWord(index) ? this.text(index).toLowerCase() : this.text(index);
  }

  isWord(index: number): boolean {
    return this.kinds[index] === TokenKind.word;
  }

  /** True if the token is one of these bare words (lower case). */
  isOneOf(index: number, words: ReadonlySet<string>): boolean {
    return this.isWord(index) && words.has(this.word(index));
  }

  kind(index: number): TokenKind | undefined {
    return this.kinds[index];
  }

  isOpening(index: number): boolean {
    if (this.kinds[index] !== TokenKind.punctuation) return false;
    const text = this.text(index);
    return text === '(' || text === '[';
  }

  /** The index of the parenthesis or bracket that belongs to this one, or -1. */
  partner(index: number): number {
    return this.partners[index] ?? -1;
  }

  /** The closing partner of an opening token; the statement's last token if it is never closed. */
  closing(index: number): number {
    const partner = this.partner(index);
    return partner >= 0 ? partner : this.count - 1;
  }

  /** `index` if no parenthesis opens there, else the end of the parenthesised part. */
  throughParentheses(index: number): number {
    return this.text(index) === '(' ? this.closing(index) : index;
  }

  /** Grows the span until each parenthesis and bracket in it has its partner in it. */
  balance([first, last]: Span): Span {
    let from = first;
    let to = last;
    for (let i = from; i <= to; i++) {
      const known = this.balanced.get(i);
      if (known !== undefined && known <= to) {
        i = known;
        continue;
      }
      const partner = this.partner(i);
      if (partner < 0) continue;
      if (partner < from) {
        from = partner;
        i = from - 1;
      } else if (partner > to) to = partner;
    }
    this.balanced.set(from, Math.max(to, this.balanced.get(from) ?? to));
    return [from, to];
  }

  /** The last token of a name with dots that begins here. */
  nameEnd(index: number): number {
    let last = index;
    while (this.text(last + 1) === '.' && last + 2 < this.count) last += 2;
    return last;
  }

  /** The last token of `MONTH`, `DAY TO SECOND(3)`, ... after `index`, or `index` if no interval field follows. */
  intervalFieldsEnd(index: number): number {
    if (!this.isOneOf(index + 1, INTERVAL_FIELD)) return index;
    let last = index + 1;
    if (this.word(last) === 'second' && this.text(last + 1) === '(') return this.closing(last + 1);
    if (this.word(last + 1) === 'to' && this.isOneOf(last + 2, INTERVAL_FIELD)) {
      last += 2;
      if (this.text(last + 1) === '(') last = this.closing(last + 1);
    }
    return last;
  }

  /** The last token of the type name that begins here. */
  typeEnd(index: number): number {
    const first = this.word(index) === 'setof' ? index + 1 : index;
    const name = this.word(first);
    let last = first;
    if (name === 'double' && this.word(first + 1) === 'precision') last = first + 1;
    else if (['character', 'char', 'nchar', 'bit'].includes(name) && this.word(first + 1) === 'varying')
      last = first + 1;
    else if (name === 'national') last = this.word(first + 2) === 'varying' ? first + 2 : first + 1;
    else last = this.nameEnd(first);
    if (this.text(last + 1) === '%' && this.word(last + 2) === 'type') last += 2;
    if (this.text(last + 1) === '(') last = this.closing(last + 1);
    if (name === 'timestamp' || name === 'time') {
      const zone = this.word(last + 1) === 'with' || this.word(last + 1) === 'without';
      if (zone && this.word(last + 2) === 'time' && this.word(last + 3) === 'zone') last += 3;
    }
    if (name === 'interval') last = this.intervalFieldsEnd(last);
    return this.arrayBoundsEnd(last);
  }

  /** `[]`, `[3]`, `ARRAY`, `ARRAY[3]` after a type. */
  private arrayBoundsEnd(index: number): number {
    let last = index;
    for (;;) {
      const next = last + 1;
      if (this.text(next) === '[' && this.partner(next) >= 0 && this.partner(next) - next <= 2)
        last = this.closing(next);
      else if (this.word(next) === 'array') last = this.text(next + 1) === '[' ? this.closing(next + 1) : next;
      else return last;
    }
  }

  toRange([first, last]: Span): SourceRange {
    return { start: this.starts[first] ?? 0, end: this.ends[last] ?? this.sql.length };
  }
}

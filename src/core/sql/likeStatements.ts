import type { SourceRange } from '../base/sourceRange';
import { readLiterals } from './literals';
import type { LiteralForm } from './literals';
import { OffsetMap } from './offsets';
import type { PatternList } from './patternList';
import type { ParsedStatement, ParseNode } from './statement';

/** What an earlier statement says about one that differs from it only in literals nobody looked at. */
export interface Likeness {
  readonly statement: ParsedStatement;
  /** A range of that statement in this one; undefined if it begins or ends within a literal. */
  place(range: SourceRange): SourceRange | undefined;
}

/** One that may come to an end. */
export interface LikenessInDoubt extends Likeness {
  /** False once somebody looked at a literal in which they differ. */
  readonly holds: boolean;
}

/** A statement that can tell which of its literals are looked at. */
export interface WatchableStatement extends ParsedStatement {
  /** Begins to watch. False if somebody may have looked already. */
  watch(literals: LiteralWatch): boolean;
  /** The grammar took it, and no body in one of its literals is read as statements. */
  readonly isPlain: boolean;
}

/**
 * Notes which literals of a statement are looked at, in its tree or its text. Whatever was made of the statement without
 * looking at a literal would have been the same with another literal in its place: literals of one kind are one token
 * to the grammar, and the tree has their value in one place.
 */
export class LiteralWatch {
  /** 1 if looked at, or if it cannot be told. */
  private readonly seen: Uint8Array;
  /** What was asked of the text as a whole, with the answers. */
  private readonly mentions: { readonly patterns: PatternList; readonly answers: readonly boolean[] }[] = [];
  /** What was asked of the value of single literals, by the literal's number. */
  private questions: Map<number, Map<RegExp, boolean>> | undefined;
  private isFirstTree = true;
  /** Grows with what was seen. */
  version = 0;

  constructor(
    private readonly text: string,
    readonly form: LiteralForm,
  ) {
    this.seen = new Uint8Array(form.starts.length).fill(1);
  }

  seeAll(): void {
    for (let i = 0; i < this.seen.length; i++) this.seeLiteral(i);
  }

  private seeLiteral(number: number): void {
    if (this.seen[number] === 1) return;
    this.seen[number] = 1;
    this.version++;
  }

  /** The text of a range was looked at. */
  see({ start, end }: SourceRange): void {
    const { starts, ends } = this.form;
    for (let i = 0; i < starts.length; i++) if (starts[i]! < end && start < ends[i]!) this.seeLiteral(i);
  }

  private ask(number: number, pattern: RegExp, value: string): boolean {
    this.questions ??= new Map<number, Map<RegExp, boolean>>();
    let asked = this.questions.get(number);
    if (!asked) this.questions.set(number, (asked = new Map<RegExp, boolean>()));
    let answer = asked.get(pattern);
    if (answer === undefined) {
      asked.set(pattern, (answer = pattern.test(value)));
      this.version++;
    }
    return answer;
  }

  seeMentions(patterns: PatternList, answers: readonly boolean[]): void {
    // Without literals the text is the same.
    if (this.seen.length === 0 || this.mentions.some(known => known.patterns === patterns)) return;
    this.mentions.push({ patterns, answers });
    this.version++;
  }

  /** Puts a watch on the constants of the statement's tree, each time the tree is made anew. */
  watch(tree: ParseNode): void {
    if (this.seen.length === 0) return;
    const found = new Set<number>();
    const offsets = new OffsetMap(this.text);
    const pending: unknown[] = [tree];
    while (pending.length > 0) {
      const node = pending.pop();
      if (typeof node !== 'object' || node === null) continue;
      for (const key in node) {
        const value = (node as ParseNode)[key];
        if (key === 'A_Const') this.watchConstant(value as ParseNode, offsets, found);
        else if (typeof value === 'object') pending.push(value);
      }
    }
    if (this.isFirstTree) for (const number of found) this.seen[number] = 0;
    this.isFirstTree = false;
  }

  /** A constant that is not one of the literals is not watched, and a literal that is not such a constant counts as seen. */
  private watchConstant(constant: ParseNode, offsets: OffsetMap, found: Set<number>): void {
    const { location } = constant;
    const kind = constant['ival'] ? 'ival' : constant['sval'] ? 'sval' : constant['fval'] ? 'fval' : undefined;
    if (kind === undefined || typeof location !== 'number') return;
    const start = offsets.fromByte(location);
    // The sign of a number is folded into it.
    const isNegative = this.text[start] === '-' && kind !== 'sval';
    const number = this.form.starts.indexOf(isNegative ? start + 1 : start);
    if (number < 0) return;
    const holder = constant[kind] as Record<string, unknown>;
    const value = holder[kind];
    const written = this.text.slice(this.form.starts[number], this.form.ends[number]);
    if (value !== valueOf(kind, written, isNegative)) return;
    found.add(number);
    if (kind === 'sval') questionable.set(holder, pattern => this.ask(number, pattern, value as string));
    Object.defineProperty(holder, kind, {
      enumerable: true,
      get: () => {
        this.seeLiteral(number);
        return value;
      },
    });
  }

  /** True if the other text is no different in what was seen. */
  allows(text: string, { starts, ends }: LiteralForm): boolean {
    const own = this.form;
    for (let i = 0; i < starts.length; i++) {
      if (this.seen[i] === 0) continue;
      const length = ends[i]! - starts[i]!;
      if (length !== own.ends[i]! - own.starts[i]!) return false;
      if (!text.startsWith(this.text.slice(own.starts[i], own.ends[i]), starts[i])) return false;
    }
    for (const [number, asked] of this.questions ?? []) {
      if (this.seen[number] === 1) continue;
      const value = valueOf('sval', text.slice(starts[number], ends[number]), false) as string;
      for (const [pattern, answer] of asked) if (pattern.test(value) !== answer) return false;
    }
    return this.mentions.every(({ patterns, answers }) => patterns.gives(text, answers));
  }
}

/** Values of watched string constants, by the object of the tree that holds one. */
const questionable = new WeakMap<object, (pattern: RegExp) => boolean>();

/** Whether a pattern without state matches a string constant, given the `sval` of its node; nothing else is seen of it. */
export function constantMatches(holder: { readonly sval?: unknown }, pattern: RegExp): boolean {
  const ask = questionable.get(holder);
  return ask ? ask(pattern) : pattern.test(String(holder.sval ?? ''));
}

/** The value the grammar gives a literal. */
function valueOf(kind: 'ival' | 'sval' | 'fval', written: string, isNegative: boolean): unknown {
  if (kind === 'sval') return written.slice(1, -1).replaceAll("''", "'");
  if (kind === 'fval') return isNegative ? `-${written}` : written;
  return isNegative ? -Number(written) : Number(written);
}

/** A statement that others may be like, and what was seen of its literals. */
interface Known {
  readonly statement: WatchableStatement;
  readonly literals: LiteralWatch;
}

interface Entry {
  /** Latest first. */
  known: readonly Known[];
  /** How many in a row were like none of them. */
  misses: number;
}

/** Stands for a form that was met once. */
const ONCE = 'once';

/** With other values in the literals that matter, another statement is remembered: a few of a form. */
const KEPT_OF_A_FORM = 3;
/** A form in which every literal matters is given up after this many. */
const MOST_MISSES = 4;
/** After so many statements in a row of forms not met before only one of a few is looked at, until one is known. */
const MOST_STRANGERS = 500;
const ONE_OF = 4;
/** Forms of this much text are remembered twice over, in UTF-16 code units. */
const KEPT_CHARACTERS = 100_000;

/** The forms of the statements that were read, by which later ones are recognised. */
export class StatementForms {
  /** By skeleton. */
  private recent = new Map<string, Entry | typeof ONCE>();
  /** Those that were recent before the recent ones. */
  private older = new Map<string, Entry | typeof ONCE>();
  private characters = 0;
  /** How many in a row were of a form not met before. */
  private strangers = 0;

  /** The statement this one is like. If there is none it may become the one that later ones are like. */
  find(statement: WatchableStatement, text: string): LikenessInDoubt | undefined {
    // Where nothing is like anything, most are not looked at any more.
    if (this.strangers >= MOST_STRANGERS && ++this.strangers % ONE_OF !== 0) return undefined;
    const form = readLiterals(text);
    if (!form) return undefined;
    const entry = this.entryOf(form.skeleton);
    if (!entry) {
      this.strangers++;
      return undefined;
    }
    this.strangers = 0;
    for (const known of entry.known) {
      if (!known.literals.allows(text, form) || !known.statement.isPlain) continue;
      entry.misses = 0;
      return new Alike(known, text, form);
    }
    if (entry.misses >= MOST_MISSES) return undefined;
    const literals = new LiteralWatch(text, form);
    if (!statement.watch(literals)) return undefined;
    entry.misses++;
    entry.known = [{ statement, literals }, ...entry.known.slice(0, KEPT_OF_A_FORM - 1)];
    return undefined;
  }

  /** None when a form is met for the first time: most are never met again, and to watch a statement costs something. */
  private entryOf(skeleton: string): Entry | undefined {
    const recent = this.recent.get(skeleton);
    const known = recent ?? this.older.get(skeleton);
    if (known === undefined) {
      this.keep(skeleton, ONCE);
      return undefined;
    }
    const entry = known === ONCE ? { known: [], misses: 0 } : known;
    if (entry !== recent) this.keep(skeleton, entry);
    return entry;
  }

  private keep(skeleton: string, entry: Entry | typeof ONCE): void {
    this.characters += skeleton.length;
    if (this.characters > KEPT_CHARACTERS) {
      this.older = this.recent;
      this.recent = new Map();
      this.characters = skeleton.length;
    }
    this.recent.set(skeleton, entry);
  }
}

class Alike implements LikenessInDoubt {
  /** What had been seen when it last held. */
  private version: number;

  constructor(
    private readonly known: Known,
    private readonly text: string,
    private readonly form: LiteralForm,
  ) {
    this.version = known.literals.version;
  }

  get statement(): WatchableStatement {
    return this.known.statement;
  }

  get holds(): boolean {
    const { literals } = this.known;
    if (this.version === literals.version) return true;
    if (!literals.allows(this.text, this.form)) return false;
    this.version = literals.version;
    return true;
  }

  place(range: SourceRange): SourceRange | undefined {
    const start = this.move(range.start);
    const end = this.move(range.end);
    return start === undefined || end === undefined ? undefined : { start, end };
  }

  private move(offset: number): number | undefined {
    const old = this.known.literals.form;
    const { starts, ends } = this.form;
    let by = 0;
    for (let i = 0; i < starts.length && old.starts[i]! < offset; i++) {
      if (offset < old.ends[i]!) return undefined;
      by = ends[i]! - old.ends[i]!;
    }
    return offset + by;
  }
}

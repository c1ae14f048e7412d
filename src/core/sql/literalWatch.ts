import type { SourceRange } from '../base/sourceRange';
import type { LiteralForm } from './literals';
import { OffsetMap } from './offsets';
import type { PatternList } from './patternList';
import type { ParseNode } from './statement';

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
    // Without literals the text is the same, and without patterns the answer.
    if (this.seen.length === 0 || patterns.isEmpty || this.mentions.some(known => known.patterns === patterns)) return;
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
  allows(text: string, form: LiteralForm): boolean {
    const own = this.form;
    const { starts, ends } = form;
    for (let i = 0; i < starts.length; i++) {
      if (this.seen[i] === 0) continue;
      const length = ends[i]! - starts[i]!;
      if (length !== own.ends[i]! - own.starts[i]!) return false;
      if (!text.startsWith(this.text.slice(own.starts[i], own.ends[i]), starts[i])) return false;
    }
    if (this.questions && !this.givesSameAnswers(text, form, this.questions)) return false;
    for (const { patterns, answers } of this.mentions) if (!patterns.gives(text, answers)) return false;
    return true;
  }

  private givesSameAnswers(
    text: string,
    { starts, ends }: LiteralForm,
    questions: ReadonlyMap<number, ReadonlyMap<RegExp, boolean>>,
  ): boolean {
    for (const [number, asked] of questions) {
      if (this.seen[number] === 1) continue;
      const value = valueOf('sval', text.slice(starts[number], ends[number]), false) as string;
      for (const [pattern, answer] of asked) if (pattern.test(value) !== answer) return false;
    }
    return true;
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
  if (kind === 'sval') {
    const inner = written.slice(1, -1);
    return inner.includes("'") ? inner.replaceAll("''", "'") : inner;
  }
  if (kind === 'fval') return isNegative ? `-${written}` : written;
  return isNegative ? -Number(written) : Number(written);
}

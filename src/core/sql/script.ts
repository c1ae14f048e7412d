import type { SourceRange } from '../base/sourceRange';
import { EditedText } from './editedText';
import type { Grammar } from './grammar';
import { parseTrimmed } from './parseStatement';
import type { StatementSpan } from './splitter';
import { nextStatement } from './splitter';
import type { LocatedStatement, ParsedStatement } from './statement';

/** An edit is first tried within so much of the text, in UTF-16 code units: statements are short. */
const NEAR = 8192;
/** The lexer looks no further than this beyond what ends a statement. */
const LOOK_AHEAD = 100;

/**
 * A document of SQL statements that follows edits. An edit reads the text again from the statement before it up to
 * where the statements fall into step with the old ones; the rest keep their parsed form and are only moved.
 */
export class Script {
  /** The text for those who need but some of it; not to be changed. */
  readonly characters: EditedText;
  private located: PlacedStatement[] = [];
  /** Statements whose end was found by reading to the end of the text; while there are any, edits re-read from the first. */
  private dependentCount = 0;

  constructor(
    private readonly grammar: Grammar,
    text: string,
  ) {
    this.characters = new EditedText(text);
    this.located = this.readIn(text, 0, 0, () => false);
    this.dependentCount = countDependent(this.located);
  }

  get text(): string {
    return this.characters.text;
  }

  /** As `text.includes` would tell; costs what has changed since it was last asked for the word. */
  includes(word: string): boolean {
    return this.characters.includes(word);
  }

  /**
   * In the order of the text. Every edit makes a new array; a statement the edit did not touch stays the same object
   * and its `range` says where it is now.
   */
  get statements(): readonly LocatedStatement[] {
    return this.located;
  }

  /** Replaces a stretch of the text. A range beyond the text is cut off at its end. */
  edit(range: SourceRange, newText: string): void {
    const { length } = this.characters;
    const start = Math.min(Math.max(range.start, 0), length);
    const end = Math.min(Math.max(range.end, start), length);
    const shift = newText.length - (end - start);
    this.characters.replace(start, end, newText);

    const old = this.located;
    const kept = this.firstAffected(start);
    const from = kept > 0 ? old[kept - 1]!.resume : 0;
    // Beyond the edit both texts are the same, so once a statement ends where an old one ended all others follow.
    let tail = firstIndex(old, kept, statement => statement.resume >= end);
    const isInStep = (resume: number): boolean => {
      if (resume - shift < end) return false;
      while (tail < old.length && old[tail]!.resume < resume - shift) tail++;
      return tail < old.length && old[tail]!.resume === resume - shift;
    };
    const read = this.readNear(from, isInStep) ?? this.readIn(this.text, 0, from, isInStep);
    const inStep = read.length > 0 && tail < old.length && read.at(-1)!.resume === old[tail]!.resume + shift;
    const moved = inStep ? old.slice(tail + 1) : [];
    if (shift !== 0) for (const statement of moved) statement.move(shift);
    this.reuseParsed(old, kept, inStep ? tail + 1 : old.length, read);

    if (this.dependentCount > 0 || read.some(statement => statement.dependsOnRest)) {
      this.located = [...old.slice(0, kept), ...read, ...moved];
      this.dependentCount = countDependent(this.located);
    } else this.located = old.slice(0, kept).concat(read, moved);
  }

  /** The statement at the offset, its ends included; between two that touch, the second. */
  statementAt(offset: number): LocatedStatement | undefined {
    const after = firstIndex(this.located, 0, statement => statement.start > offset);
    const statement = this.located[after - 1];
    return statement && offset <= statement.start + statement.length ? statement : undefined;
  }

  /** How many statements at the beginning cannot be affected by a change at `offset`. */
  private firstAffected(offset: number): number {
    const affected = firstIndex(this.located, 0, statement => statement.resume >= offset);
    if (this.dependentCount === 0) return affected;
    const dependent = this.located.findIndex(statement => statement.dependsOnRest);
    return dependent < 0 ? affected : Math.min(affected, dependent);
  }

  /** The statements from an offset on until they are in step, if they are so soon; else undefined. */
  private readNear(from: number, isInStep: (resume: number) => boolean): PlacedStatement[] | undefined {
    // The character before is seen too, as it is in the whole text.
    const start = Math.max(0, from - 1);
    const near = this.characters.slice(start, start + NEAR);
    const isCutOff = start + NEAR < this.characters.length;
    const read = this.readIn(near, start, from, isInStep, isCutOff);
    return !isCutOff || (read.length > 0 && isInStep(read.at(-1)!.resume)) ? read : undefined;
  }

  /** The statements from an offset on in a part of the text, which begins at `start`, until they are in step. */
  private readIn(
    part: string,
    start: number,
    from: number,
    isInStep: (resume: number) => boolean,
    isCutOff = false,
  ): PlacedStatement[] {
    const statements: PlacedStatement[] = [];
    let span = nextStatement(part, from - start);
    while (span) {
      if (isCutOff && (span.dependsOnRest || span.resume + LOOK_AHEAD > part.length)) break;
      statements.push(new PlacedStatement(this.grammar, copyOf(part.slice(span.start, span.end)), span, start));
      if (isInStep(start + span.resume)) break;
      span = nextStatement(part, span.resume);
    }
    return statements;
  }

  /** Statements that were read again but have the same text keep their parsed form. */
  private reuseParsed(
    old: readonly PlacedStatement[],
    from: number,
    to: number,
    read: readonly PlacedStatement[],
  ): void {
    const parsed = new Map<string, PlacedStatement>();
    for (let i = from; i < to; i++) {
      const statement = old[i]!;
      if (statement.parsed) parsed.set(statement.sourceText, statement);
    }
    if (parsed.size === 0) return;
    for (const statement of read) {
      const same = parsed.get(statement.sourceText);
      if (same?.isTemplated === statement.isTemplated) statement.parsed = same.parsed;
    }
  }
}

class PlacedStatement implements LocatedStatement {
  start: number;
  readonly length: number;
  resume: number;
  readonly dependsOnRest: boolean;
  readonly isTemplated: boolean;
  parsed: ParsedStatement | undefined;

  constructor(
    private readonly grammar: Grammar,
    readonly sourceText: string,
    span: StatementSpan,
    /** Where the text begins that the span is of. */
    offset: number,
  ) {
    this.start = offset + span.start;
    this.length = span.end - span.start;
    this.resume = offset + span.resume;
    this.dependsOnRest = span.dependsOnRest;
    this.isTemplated = span.isTemplated;
  }

  get range(): SourceRange {
    return { start: this.start, end: this.start + this.length };
  }

  get statement(): ParsedStatement {
    this.parsed ??= parseTrimmed(this.grammar, this.sourceText, { quiet: this.isTemplated });
    return this.parsed;
  }

  move(by: number): void {
    this.start += by;
    this.resume += by;
  }
}

/** The first index from `from` on where the condition holds, which must not turn false again after it; else the length. */
function firstIndex<T>(items: readonly T[], from: number, holds: (item: T) => boolean): number {
  let low = from;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A string of its own: a slice would keep the whole document it was cut from in memory. */
function copyOf(slice: string): string {
  return ` ${slice}`.slice(1);
}

function countDependent(statements: readonly PlacedStatement[]): number {
  return statements.reduce((count, statement) => count + Number(statement.dependsOnRest), 0);
}

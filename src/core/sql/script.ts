import type { SourceRange } from '../base/sourceRange';
import type { Grammar } from './grammar';
import { parseStatement } from './parseStatement';
import type { StatementSpan } from './splitter';
import { nextStatement } from './splitter';
import type { LocatedStatement, ParsedStatement } from './statement';

/**
 * A document of SQL statements that follows edits. An edit reads the text again from the statement before it up to
 * where the statements fall into step with the old ones; the rest keep their parsed form and are only moved.
 */
export class Script {
  private currentText: string;
  private located: PlacedStatement[] = [];
  /** Statements whose end was found by reading to the end of the text; while there are any, edits re-read from the first. */
  private dependentCount = 0;

  constructor(
    private readonly grammar: Grammar,
    text: string,
  ) {
    this.currentText = text;
    this.located = this.readFrom(0, () => false);
    this.dependentCount = countDependent(this.located);
  }

  get text(): string {
    return this.currentText;
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
    const oldText = this.currentText;
    const start = Math.min(Math.max(range.start, 0), oldText.length);
    const end = Math.min(Math.max(range.end, start), oldText.length);
    const shift = newText.length - (end - start);
    this.currentText = oldText.slice(0, start) + newText + oldText.slice(end);

    const old = this.located;
    const kept = this.firstAffected(start);
    const from = kept > 0 ? old[kept - 1]!.resume : 0;
    // Beyond the edit both texts are the same, so once a statement ends where an old one ended all others follow.
    let tail = firstIndex(old, kept, statement => statement.resume >= end);
    const read = this.readFrom(from, ({ resume }) => {
      if (resume - shift < end) return false;
      while (tail < old.length && old[tail]!.resume < resume - shift) tail++;
      return tail < old.length && old[tail]!.resume === resume - shift;
    });
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

  private readFrom(from: number, isInStep: (span: StatementSpan) => boolean): PlacedStatement[] {
    const statements: PlacedStatement[] = [];
    for (let span = nextStatement(this.currentText, from); span; span = nextStatement(this.currentText, span.resume)) {
      statements.push(new PlacedStatement(this.grammar, copyOf(this.currentText.slice(span.start, span.end)), span));
      if (isInStep(span)) break;
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
      if (statement.parsed) parsed.set(statement.parsed.text, statement);
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
  ) {
    this.start = span.start;
    this.length = span.end - span.start;
    this.resume = span.resume;
    this.dependsOnRest = span.dependsOnRest;
    this.isTemplated = span.isTemplated;
  }

  get range(): SourceRange {
    return { start: this.start, end: this.start + this.length };
  }

  get statement(): ParsedStatement {
    this.parsed ??= parseStatement(this.grammar, this.sourceText, { quiet: this.isTemplated });
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

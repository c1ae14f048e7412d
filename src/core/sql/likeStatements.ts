import type { SourceRange } from '../base/sourceRange';
import { isSameSkeleton, readLiterals } from './literals';
import type { LiteralForm } from './literals';
import { LiteralWatch } from './literalWatch';
import type { ParsedStatement } from './statement';

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

/** A statement that others may be like, and what was seen of its literals. */
interface Known {
  readonly statement: WatchableStatement;
  readonly literals: LiteralWatch;
}

/** What is known of a form: what its statements have outside their literals. */
interface Entry {
  /** A statement of the form, by which others are recognised. */
  readonly text: string;
  readonly form: LiteralForm;
  /** Another form with the same hash. */
  readonly next: Entry | undefined;
  /** Latest first. */
  known: readonly Known[];
  /** How many in a row were like none of them. */
  misses: number;
}

/** With other values in the literals that matter, another statement is remembered: a few of a form. */
const KEPT_OF_A_FORM = 3;
/** A form in which every literal matters is given up after this many. */
const MOST_MISSES = 4;
/**
 * After so many statements in a row of forms not met before only one of a few is looked at, until one is known, and none
 * is watched when its form is first met: it costs a twentieth of what it may spare.
 */
const MOST_STRANGERS = 1000;
const ONE_OF = 4;
/** Forms of this much text are remembered twice over, in UTF-16 code units. */
const KEPT_CHARACTERS = 100_000;

const NONE_KNOWN: readonly Known[] = [];

/** The forms of the statements that were read, by which later ones are recognised. */
export class StatementForms {
  /** By the hash of what stands outside the literals. */
  private recent = new Map<number, Entry>();
  /** Those that were recent before the recent ones. */
  private older = new Map<number, Entry>();
  private characters = 0;
  /** How many in a row were of a form not met before. */
  private strangers = 0;

  /** The statement this one is like. If there is none it may become the one that later ones are like. */
  find(statement: WatchableStatement, text: string): LikenessInDoubt | undefined {
    // Where nothing is like anything, most are not looked at any more.
    const areAllStrange = this.strangers >= MOST_STRANGERS;
    if (areAllStrange && ++this.strangers % ONE_OF !== 0) return undefined;
    const form = readLiterals(text);
    if (!form) return undefined;
    let entry = this.entryOf(text, form);
    if (entry) {
      this.strangers = 0;
      for (const known of entry.known) {
        if (!known.literals.allows(text, form) || !known.statement.isPlain) continue;
        entry.misses = 0;
        return new Alike(known, text, form);
      }
      if (entry.misses >= MOST_MISSES) return undefined;
    } else {
      this.strangers++;
      entry = this.add(text, form);
      if (areAllStrange) return undefined;
    }
    const literals = new LiteralWatch(text, form);
    if (!statement.watch(literals)) return undefined;
    entry.misses++;
    entry.known = [{ statement, literals }, ...entry.known.slice(0, KEPT_OF_A_FORM - 1)];
    return undefined;
  }

  private entryOf(text: string, form: LiteralForm): Entry | undefined {
    const recent = findEntry(this.recent, text, form);
    if (recent) return recent;
    const older = findEntry(this.older, text, form);
    return older && this.keep(older);
  }

  private add(text: string, form: LiteralForm): Entry {
    return this.keep({ text, form, next: undefined, known: NONE_KNOWN, misses: 0 });
  }

  private keep(entry: Entry): Entry {
    this.characters += entry.text.length;
    if (this.characters > KEPT_CHARACTERS) {
      this.older = this.recent;
      this.recent = new Map();
      this.characters = entry.text.length;
    }
    const { hash } = entry.form;
    const kept = { ...entry, next: this.recent.get(hash) };
    this.recent.set(hash, kept);
    return kept;
  }
}

function findEntry(entries: ReadonlyMap<number, Entry>, text: string, form: LiteralForm): Entry | undefined {
  let entry = entries.get(form.hash);
  while (entry && !isSameSkeleton(entry.text, entry.form, text, form)) entry = entry.next;
  return entry;
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

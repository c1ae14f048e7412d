import type { LocatedStatement, ParsedStatement } from '../sql/statement';
import { MAKES_PARTITIONS_TOPIC, readStatementFacts } from './statementFacts';
import type { FileIndex, FileSetting, StatementFacts } from './statementFacts';
import type { TableName } from './support/expressions';

export type { FileIndex } from './statementFacts';

/**
 * Names under which {@link FileContext.earlier} and {@link FileContext.later} list statements by what they do and not
 * by what they are about. The blank keeps them apart from the names of objects.
 */
export const TOPICS = {
  /** BEGIN, COMMIT, ROLLBACK and the like, not savepoints. */
  transaction: ' transaction',
  /** Schema changes, UPDATEs and DELETEs. */
  change: ' change',
  /** ALTER TYPE ... ADD VALUE. */
  enumValue: ' enum value',
  /** Waits, with no `lock_timeout`, for a lock that stops writes on a table the file has not made. */
  unlimitedWait: ' unlimited wait',
  /** Bodies that make partitions, and calls of pg_partman: which ones is not known. */
  makesPartitions: MAKES_PARTITIONS_TOPIC,
} as const;

/**
 * What the other statements of the same file mean for this one. Names are bare (without schema), as the catalog spells
 * them. Answers are kept with a statement's findings and asked again after each edit, so they are looked up, never
 * searched for.
 */
export interface FileContext {
  /** The statement runs after a BEGIN of this file that no COMMIT or ROLLBACK has ended. */
  readonly inTransaction: boolean;
  /** True if an earlier statement of the file creates the table, which is therefore new. */
  isCreatedBefore(table: string, schema?: string): boolean;
  /** All indexes the file creates on a table, before or after this statement. */
  indexesOn(table: string, schema?: string): readonly FileIndex[];
  /**
   * The nearest 20 statements before this one that create, alter, drop, refresh or otherwise define an object of this
   * name, or an index, trigger or policy on it; nearest last. Or those of one of the {@link TOPICS}.
   */
  earlier(name: string): readonly ParsedStatement[];
  /** The nearest 20 after it, nearest first. */
  later(name: string): readonly ParsedStatement[];
  /**
   * Value (as written, strings without quotes) that the nearest SET or `set_config` before this statement gives a
   * setting; a SET LOCAL only while its transaction lasts.
   */
  settingBefore(name: string): string | undefined;
  /** The nearest 20 schema changes, UPDATEs and DELETEs before it in the same explicit transaction; nearest last. */
  earlierInTransaction(): readonly ParsedStatement[];
  /** How many single-row INSERTs into this table come right before it, one after the other; 1,000 or `atMost` at most. */
  insertRunBefore(table: string, atMost?: number): number;
}

/** For a statement linted alone. */
export const EMPTY_FILE: FileContext = {
  inTransaction: false,
  isCreatedBefore: () => false,
  indexesOn: () => [],
  earlier: () => [],
  later: () => [],
  settingBefore: () => undefined,
  earlierInTransaction: () => [],
  insertRunBefore: () => 0,
};

const NEAREST = 20;
/** Longest run of INSERTs that is counted. */
export const LONGEST_INSERT_RUN = 1000;

interface Numbered {
  readonly number: number;
  readonly statement: ParsedStatement;
}

/**
 * Facts about a script, gathered in one pass over what is known of each statement, cheap enough to run after each
 * edit: a statement that defines nothing costs one lookup.
 */
export class FileFacts {
  /** By bare name, since a name without a schema may mean an object created with one. */
  private readonly created = new Map<string, { readonly schema: string | undefined; readonly number: number }[]>();
  private readonly indexes = new Map<string, FileIndex[]>();
  private readonly named = new Map<string, Numbered[]>();
  private readonly settings = new Map<string, (FileSetting & { readonly number: number })[]>();
  /** Statement numbers at which a transaction begins and ends, alternating. */
  private readonly transactionBounds: number[] = [];
  /** Schema changes, UPDATEs and DELETEs. */
  private readonly changes: Numbered[] = [];

  private constructor(private statements: readonly LocatedStatement[]) {}

  /** For statements that are then read one after the other, from the first on. */
  static begin(statements: readonly LocatedStatement[]): FileFacts {
    return new FileFacts(statements);
  }

  static gather(statements: readonly LocatedStatement[]): FileFacts {
    const facts = new FileFacts(statements);
    for (let number = 0; number < statements.length; number++) facts.read(number);
    return facts;
  }

  /** Takes the next statement in. Until the last is read, what comes after a statement is not known. */
  read(number: number): void {
    const { statement } = this.statements[number]!;
    const known = readStatementFacts(statement);
    if (known) this.add(known, number, statement);
  }

  /**
   * True if statements may come and go at one place, as many as before, and these facts still hold: they define nothing,
   * and a plain INSERT, UPDATE or DELETE matters to nobody outside a transaction.
   */
  outlive(statement: ParsedStatement): boolean {
    const known = readStatementFacts(statement);
    if (!known || known.insertsOneRowInto !== undefined) return true;
    const { names, creates, renames, index, setting, transaction, locks } = known;
    const defines = creates ?? renames ?? index ?? setting ?? transaction ?? locks;
    return names.length === 0 && !defines && this.transactionBounds.length === 0;
  }

  /** The statements as they are now, when these facts outlived an edit. */
  follow(statements: readonly LocatedStatement[]): void {
    this.statements = statements;
  }

  /** The context of the statement with this number. */
  contextOf(number: number): FileContext {
    return new StatementContext(this, number);
  }

  inTransaction(number: number): boolean {
    return countBelow(this.transactionBounds, number, identity) % 2 === 1;
  }

  indexesOn(table: string, schema: string | undefined): readonly FileIndex[] {
    return (this.indexes.get(table) ?? []).filter(index => sameSchema(index.schema, schema));
  }

  earlier(number: number, name: string): readonly ParsedStatement[] {
    return before(this.named.get(name) ?? [], number);
  }

  later(number: number, name: string): readonly ParsedStatement[] {
    return after(this.named.get(name) ?? [], number);
  }

  earlierInTransaction(number: number): readonly ParsedStatement[] {
    const { transactionBounds: bounds } = this;
    const bound = countBelow(bounds, number, identity);
    if (bound % 2 === 0) return [];
    const first = countBelow(this.changes, bounds[bound - 1]!, numberOf);
    const end = countBelow(this.changes, number, numberOf);
    return this.changes.slice(Math.max(first, end - NEAREST), end).map(({ statement }) => statement);
  }

  insertRunBefore(number: number, table: string, atMost = LONGEST_INSERT_RUN): number {
    let length = 0;
    while (length < Math.min(number, atMost, LONGEST_INSERT_RUN)) {
      const { statement } = this.statements[number - 1 - length]!;
      if (readStatementFacts(statement)?.insertsOneRowInto !== table) break;
      length++;
    }
    return length;
  }

  isCreatedBefore(number: number, table: string, schema: string | undefined): boolean {
    return (this.created.get(table) ?? []).some(made => made.number < number && sameSchema(made.schema, schema));
  }

  settingBefore(number: number, name: string): string | undefined {
    const given = this.settings.get(name) ?? [];
    const { transactionBounds: bounds } = this;
    const ended = countBelow(bounds, number, identity);
    for (let i = countBelow(given, number, numberOf) - 1; i >= 0; i--) {
      const { number: at, value, local } = given[i]!;
      const bound = countBelow(bounds, at, identity);
      if (!local || (bound === ended && bound % 2 === 1)) return value;
    }
    return undefined;
  }

  private add(facts: StatementFacts, number: number, statement: ParsedStatement): void {
    const numbered = { number, statement };
    for (const name of facts.names) append(this.named, name, numbered);
    const isNew = ({ name, schema }: TableName): boolean => this.isCreatedBefore(number, name, schema);
    if (facts.locks && !facts.locks.every(isNew) && !isLimit(this.settingBefore(number, 'lock_timeout'))) {
      append(this.named, TOPICS.unlimitedWait, numbered);
    }
    for (const { name, schema } of facts.creates ?? []) append(this.created, name, { schema, number });
    if (facts.renames && isNew(facts.renames.from)) {
      append(this.created, facts.renames.to.name, { schema: facts.renames.to.schema, number });
    }
    if (facts.index) append(this.indexes, facts.index.table, facts.index);
    if (facts.setting) append(this.settings, facts.setting.name, { ...facts.setting, number });
    if (facts.changes) {
      this.changes.push(numbered);
      append(this.named, TOPICS.change, numbered);
    }
    if (statement.kind === 'AlterEnumStmt') append(this.named, TOPICS.enumValue, numbered);
    if (facts.transaction) this.addTransactionBound(facts.transaction, numbered);
  }

  private addTransactionBound(what: NonNullable<StatementFacts['transaction']>, numbered: Numbered): void {
    append(this.named, TOPICS.transaction, numbered);
    const open = this.transactionBounds.length % 2 === 1;
    if (what !== 'begins' && open) this.transactionBounds.push(numbered.number);
    if (what === 'begins' ? !open : what === 'chains' && open) this.transactionBounds.push(numbered.number);
  }
}

/** What the facts mean for one statement. Made for each statement of a file and mostly asked little: no closures. */
class StatementContext implements FileContext {
  constructor(
    private readonly facts: FileFacts,
    private readonly number: number,
  ) {}

  get inTransaction(): boolean {
    return this.facts.inTransaction(this.number);
  }
  isCreatedBefore(table: string, schema?: string): boolean {
    return this.facts.isCreatedBefore(this.number, table, schema);
  }
  indexesOn(table: string, schema?: string): readonly FileIndex[] {
    return this.facts.indexesOn(table, schema);
  }
  earlier(name: string): readonly ParsedStatement[] {
    return this.facts.earlier(this.number, name);
  }
  later(name: string): readonly ParsedStatement[] {
    return this.facts.later(this.number, name);
  }
  settingBefore(name: string): string | undefined {
    return this.facts.settingBefore(this.number, name);
  }
  earlierInTransaction(): readonly ParsedStatement[] {
    return this.facts.earlierInTransaction(this.number);
  }
  insertRunBefore(table: string, atMost?: number): number {
    return this.facts.insertRunBefore(this.number, table, atMost);
  }
}

/** A zero, as RESET, means waiting for ever. */
function isLimit(value: string | undefined): boolean {
  return value !== undefined && !/^(?:0\s*\w*)?$/.test(value);
}

function before(all: readonly Numbered[], number: number): ParsedStatement[] {
  const end = countBelow(all, number, numberOf);
  return all.slice(Math.max(0, end - NEAREST), end).map(({ statement }) => statement);
}

function after(all: readonly Numbered[], number: number): ParsedStatement[] {
  const start = countBelow(all, number + 1, numberOf);
  return all.slice(start, start + NEAREST).map(({ statement }) => statement);
}

function sameSchema(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

const identity = (value: number): number => value;
const numberOf = ({ number }: { readonly number: number }): number => number;

/** How many of the items, whose numbers ascend, are below `limit`. */
function countBelow<Item>(items: readonly Item[], limit: number, valueOf: (item: Item) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (valueOf(items[middle]!) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

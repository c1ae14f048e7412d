import type { Likeness } from '../sql/likeStatements';
import type { ParsedStatement } from '../sql/statement';
import type { Rule } from './defineRule';
import { EMPTY_FILE, FileFacts } from './fileContext';
import type { FileContext } from './fileContext';
import type { Finding } from './finding';
import { runOnConfiguration, runRules } from './runRules';
import type { Surroundings } from './runRules';
import { placeFinding, shiftFinding } from './shiftFinding';
import { explainSyntaxError } from './support/syntaxHints';

/** Rule id of a statement PostgreSQL's parser refuses. */
export const SYNTAX_RULE = 'syntax';

/** The rules to run and what they are given. The same object as long as nothing changes: findings are kept with it. */
export interface LintRun extends Surroundings {
  /** Rules that look at nothing but the statement. */
  readonly alone: readonly Rule[];
  /** Rules that ask what the rest of the file does. */
  readonly inFile: readonly Rule[];
}

const NONE: readonly Finding[] = [];

/** What is known about a statement in one run, relative to it and sorted. Dropped with the statement. */
export class StatementFindings {
  private own: readonly Finding[] | undefined;
  private inFile: readonly Finding[] = NONE;
  /** What the file rules asked, with the answers they got: the same answers give the same findings. */
  private answers: readonly Answer[] | undefined;
  private all: readonly Finding[] | undefined;

  constructor(
    private readonly statement: ParsedStatement,
    private readonly run: LintRun,
  ) {}

  /** What the rules find that need nothing of the file. */
  ownFindings(): readonly Finding[] {
    this.own ??= this.findAsLike() ?? this.findAlone();
    return this.own;
  }

  /** The findings in a file. */
  findings(fileOf: () => FileContext): readonly Finding[] {
    if (!this.isUpToDate(fileOf) && !this.takeFromLike(fileOf)) {
      const answers: Answer[] = [];
      const file = new RecordedFile(fileOf(), answers);
      const { statement, run } = this;
      const found = statement.syntaxError ? [] : runRules(statement, run.inFile, run, file, bodyFile(statement));
      this.inFile = found.length === 0 ? NONE : found;
      this.answers = answers;
      this.all = undefined;
    }
    this.all ??= sorted(this.ownFindings(), this.inFile);
    return this.all;
  }

  /** The own findings of a statement it is like, unless finding them showed where the two differ. */
  private findAsLike(): readonly Finding[] | undefined {
    const { like } = this.statement;
    if (!like) return undefined;
    const found = findingsOf(like.statement, this.run).ownFindings();
    return this.statement.like && placeFindings(found, like);
  }

  /** What the file rules found in a statement it is like, if the file answers here as it answered there. */
  private takeFromLike(fileOf: () => FileContext): boolean {
    const { like } = this.statement;
    const known = like && findingsOf(like.statement, this.run);
    if (!known?.answers || !known.isUpToDate(fileOf)) return false;
    const placed = placeFindings(known.inFile, like!);
    if (!placed) return false;
    this.inFile = placed;
    this.answers = known.answers;
    this.all = undefined;
    return true;
  }

  private isUpToDate(fileOf: () => FileContext): boolean {
    if (!this.answers) return false;
    if (this.answers.length === 0) return true;
    const file = fileOf();
    return this.answers.every(({ ask, answer }) => isSame(ask(file), answer));
  }

  private findAlone(): readonly Finding[] {
    const { statement, run } = this;
    if (statement.syntaxError) {
      const error = syntaxFinding(statement, statement.syntaxError);
      return sorted([error], runOnConfiguration(statement, run.alone, run));
    }
    const found = runRules(statement, run.alone, run, undefined, undefined);
    for (const { range, statement: inner } of statement.inner) {
      if (inner.syntaxError) found.push(shiftFinding(syntaxFinding(inner, inner.syntaxError), range.start));
    }
    return found.length === 0 ? NONE : found;
  }
}

/** Findings in a statement as findings in one that is like it; undefined if one of them is about a part of a literal. */
function placeFindings(findings: readonly Finding[], like: Likeness): readonly Finding[] | undefined {
  if (findings.length === 0) return NONE;
  const placed: Finding[] = [];
  for (const finding of findings) {
    const moved = placeFinding(finding, range => like.place(range));
    if (!moved) return undefined;
    placed.push(moved);
  }
  return placed;
}

const kept = new WeakMap<ParsedStatement, { readonly run: LintRun; readonly findings: StatementFindings }>();

/** The findings of a statement in a run, begun at most once. */
export function findingsOf(statement: ParsedStatement, run: LintRun): StatementFindings {
  const known = kept.get(statement);
  if (known?.run === run) return known.findings;
  const findings = new StatementFindings(statement, run);
  kept.set(statement, { run, findings });
  return findings;
}

/** A body runs in the transaction of its caller. */
const BODY_FILE: FileContext = { ...EMPTY_FILE, inTransaction: true };

/**
 * What rules may know in a body: the tables and indexes it makes and what it drops, wherever in it. The order of its
 * statements is not that of the text where it branches or loops, so that nothing else is said of what comes before or
 * after.
 */
function bodyFile({ inner }: ParsedStatement): FileContext {
  if (inner.length === 0) return BODY_FILE;
  const { isCreatedBefore, indexesOn, earlier } = FileFacts.gather(inner).contextOf(inner.length);
  const isTopic = (name: string): boolean => name.startsWith(' ');
  const later = (name: string) => (isTopic(name) ? [] : earlier(name).filter(({ kind }) => kind === 'DropStmt'));
  return { ...BODY_FILE, isCreatedBefore, indexesOn, later };
}

interface Answer {
  readonly ask: (file: FileContext) => unknown;
  readonly answer: unknown;
}

// What takes no argument is the same function for all statements.
const ASK_IN_TRANSACTION = (file: FileContext) => file.inTransaction;
const ASK_EARLIER_IN_TRANSACTION = (file: FileContext) => file.earlierInTransaction();

/** A file that remembers what it was asked. */
class RecordedFile implements FileContext {
  constructor(
    private readonly file: FileContext,
    private readonly answers: Answer[],
  ) {}

  get inTransaction() {
    return this.through(ASK_IN_TRANSACTION);
  }
  isCreatedBefore(table: string, schema?: string) {
    return this.through(file => file.isCreatedBefore(table, schema));
  }
  indexesOn(table: string, schema?: string) {
    return this.through(file => file.indexesOn(table, schema));
  }
  earlier(name: string) {
    return this.through(file => file.earlier(name));
  }
  later(name: string) {
    return this.through(file => file.later(name));
  }
  settingBefore(name: string) {
    return this.through(file => file.settingBefore(name));
  }
  earlierInTransaction() {
    return this.through(ASK_EARLIER_IN_TRANSACTION);
  }
  insertRunBefore(table: string) {
    return this.through(file => file.insertRunBefore(table));
  }

  private through<Value>(ask: (file: FileContext) => Value): Value {
    const answer = ask(this.file);
    this.answers.push({ ask, answer });
    return answer;
  }
}

/** Answers are booleans, numbers, texts or lists; statements of a list are compared as objects. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, i) => item === b[i]);
}

function sorted(own: readonly Finding[], inFile: readonly Finding[]): readonly Finding[] {
  if (own.length + inFile.length < 2) return own.length > 0 ? own : inFile;
  return [...own, ...inFile].sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}

function syntaxFinding({ text }: ParsedStatement, error: NonNullable<ParsedStatement['syntaxError']>): Finding {
  const { message, range } = error;
  const hint = explainSyntaxError(text, error);
  return {
    rule: SYNTAX_RULE,
    severity: 'error',
    message: hint ? `${message}. ${hint.message}` : message,
    range,
    fixes: hint?.fixes ?? [],
  };
}

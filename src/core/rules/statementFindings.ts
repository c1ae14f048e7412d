import type { Likeness } from '../sql/likeStatements';
import type { ParsedStatement } from '../sql/statement';
import type { Rule } from './defineRule';
import { EMPTY_FILE, FileFacts } from './fileContext';
import type { FileContext } from './fileContext';
import type { Finding } from './finding';
import { runOnConfiguration, runRules } from './runRules';
import type { Surroundings } from './runRules';
import { moveFinding, rangesOf, shiftFinding } from './shiftFinding';
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
const NOTHING_ASKED: readonly Answer[] = [];
const NOWHERE: readonly Found[] = [];

/** What some rules found, and what they asked of the file for it: the same answers give the same findings. */
interface Found {
  readonly answers: readonly Answer[];
  readonly findings: readonly Finding[];
  /** Whether none of the ranges begins or ends within a literal, so that all have a place in statements like this one. */
  canMove?: boolean;
}

/** Findings of one statement, sorted and relative to it. */
export interface LocalFindings {
  readonly findings: readonly Finding[];
  /** The findings are those of the statement it is like: each range has to be placed first, for which few are asked. */
  readonly like: Likeness | undefined;
}

const NO_FINDINGS: LocalFindings = { findings: NONE, like: undefined };

/** Other places in files for which findings are kept with a statement that many are like. */
const KEPT_PLACES = 4;

/** What is known about a statement in one run. Dropped with the statement. */
export class StatementFindings {
  private own: Found | undefined;
  /** Set if `own` is that of the statement it is like. */
  private ownLike: Likeness | undefined;
  private inFile: Found | undefined;
  private inFileLike: Likeness | undefined;
  /** In the places of statements that are like it. */
  private elsewhere = NOWHERE;
  private all: LocalFindings | undefined;

  constructor(
    private readonly statement: ParsedStatement,
    readonly run: LintRun,
  ) {}

  /** What the rules find that need nothing of the file. */
  ownFindings(): LocalFindings {
    return asLocal(this.foundAlone().findings, this.ownLike);
  }

  /** The findings in a file. */
  findings(fileOf: () => FileContext): LocalFindings {
    if (!this.inFile || !isUpToDate(this.inFile, fileOf)) {
      this.inFile = this.findInFileAsLike(fileOf) ?? this.findInFile(fileOf());
      this.all = undefined;
    }
    this.all ??= this.join(this.foundAlone(), this.inFile);
    return this.all;
  }

  private join(own: Found, inFile: Found): LocalFindings {
    const { ownLike, inFileLike } = this;
    const like = own.findings.length > 0 ? ownLike : inFileLike;
    if (inFile.findings.length === 0 || like === inFileLike)
      return asLocal(sorted(own.findings, inFile.findings), like);
    return asLocal(sorted(placed(own.findings, ownLike), placed(inFile.findings, inFileLike)), undefined);
  }

  private foundAlone(): Found {
    this.own ??= this.findAsLike() ?? { answers: NOTHING_ASKED, findings: this.findAlone() };
    return this.own;
  }

  /** The own findings of a statement it is like, unless finding them showed where the two differ. */
  private findAsLike(): Found | undefined {
    const { like } = this.statement;
    const found = like && findingsOf(like.statement, this.run).foundAlone();
    if (!found || !this.statement.like || !canMove(found, like)) return undefined;
    this.ownLike = like;
    return found;
  }

  private findInFileAsLike(fileOf: () => FileContext): Found | undefined {
    this.inFileLike = undefined;
    const { like } = this.statement;
    const found = like && findingsOf(like.statement, this.run).inPlaceOf(fileOf);
    if (!found || !this.statement.like || !canMove(found, like)) return undefined;
    this.inFileLike = like;
    return found;
  }

  /** What the file rules would find if it stood elsewhere. */
  private inPlaceOf(fileOf: () => FileContext): Found {
    if (this.inFile && isUpToDate(this.inFile, fileOf)) return this.inFile;
    const known = this.elsewhere.find(each => isUpToDate(each, fileOf));
    if (known) return known;
    const found = this.findInFile(fileOf());
    this.elsewhere = [found, ...this.elsewhere.slice(0, KEPT_PLACES - 1)];
    return found;
  }

  private findInFile(context: FileContext): Found {
    const { statement, run } = this;
    const answers: Answer[] = [];
    const file = new RecordedFile(context, answers);
    const found = statement.syntaxError ? [] : runRules(statement, run.inFile, run, file, bodyFile(statement));
    return { answers, findings: found.length === 0 ? NONE : found };
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

function asLocal(findings: readonly Finding[], like: Likeness | undefined): LocalFindings {
  return findings.length === 0 ? NO_FINDINGS : { findings, like };
}

function placed(findings: readonly Finding[], like: Likeness | undefined): readonly Finding[] {
  return like ? findings.map(finding => moveFinding(finding, range => like.place(range)!)) : findings;
}

/** True if no finding is about a part of a literal. The same for all statements that are like one another. */
function canMove(found: Found, like: Likeness): boolean {
  found.canMove ??= found.findings.every(finding => rangesOf(finding).every(range => like.place(range) !== undefined));
  return found.canMove;
}

declare module '../sql/statement' {
  interface StatementNotes {
    findings?: StatementFindings;
  }
}

/** The findings of a statement in a run, begun at most once. */
export function findingsOf(statement: ParsedStatement, run: LintRun): StatementFindings {
  const { notes } = statement;
  if (notes.findings?.run !== run) notes.findings = new StatementFindings(statement, run);
  return notes.findings;
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
  const whole = FileFacts.gather(inner).contextOf(inner.length);
  const isTopic = (name: string): boolean => name.startsWith(' ');
  return {
    ...BODY_FILE,
    isCreatedBefore: (table, schema) => whole.isCreatedBefore(table, schema),
    indexesOn: (table, schema) => whole.indexesOn(table, schema),
    later: name => (isTopic(name) ? [] : whole.earlier(name).filter(({ kind }) => kind === 'DropStmt')),
  };
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
  insertRunBefore(table: string, atMost?: number) {
    return this.through(file => file.insertRunBefore(table, atMost));
  }

  private through<Value>(ask: (file: FileContext) => Value): Value {
    const answer = ask(this.file);
    this.answers.push({ ask, answer });
    return answer;
  }
}

function isUpToDate({ answers }: Found, fileOf: () => FileContext): boolean {
  if (answers.length === 0) return true;
  const file = fileOf();
  return answers.every(({ ask, answer }) => isSame(ask(file), answer));
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

import type { LocatedStatement } from '../sql/statement';
import { EMPTY_FILE, FileFacts, LONGEST_INSERT_RUN } from './fileContext';
import type { FileContext } from './fileContext';
import type { Finding } from './finding';
import { FlaggedStatements } from './flaggedStatements';
import type { Change } from './flaggedStatements';
import { asRun, hasRun, severities } from './lintRuns';
import type { LintOptions } from './lintRuns';
import { RULES } from './registry';
import { ScriptFindings } from './scriptFindings';
import type { FindingGroup } from './scriptFindings';
import { readStatementFacts } from './statementFacts';
import { findingsOf, SYNTAX_RULE } from './statementFindings';
import type { LintRun } from './statementFindings';
import { ALLOW_MARKER, applySuppressions, findAllows } from './suppressions';

export type { LintOptions } from './lintRuns';
export { SYNTAX_RULE } from './statementFindings';

/** The part of a script the linter reads. */
export interface LintableScript {
  readonly text: string;
  /** Another array after each edit; statements the edit did not touch are the same objects. */
  readonly statements: readonly LocatedStatement[];
  /** As `text.includes` would tell, without a look at the whole text. */
  includes?(word: string): boolean;
}

export interface StatementLintOptions extends LintOptions {
  /** What the rest of the file does; a statement on its own otherwise. */
  readonly file?: FileContext;
}

/** Findings of a whole script in the order of its text, with offsets of the document. */
export function lintScript(script: LintableScript, options: LintOptions = {}): Finding[] {
  return new ScriptLinter(script).lint(options).all();
}

/** Findings of one statement with offsets of its document. Suppression comments are not looked at. */
export function lintStatement(located: LocatedStatement, options: StatementLintOptions = {}): Finding[] {
  const run = asRun(options);
  const { findings, like } = findingsOf(located.statement, run).findings(() => options.file ?? EMPTY_FILE);
  return new ScriptFindings([{ place: located, findings, like }], severities(options)).all();
}

/** How far the work on single statements has come. */
interface Warmed {
  readonly statements: readonly LocatedStatement[];
  count: number;
  /** When it began with the first statement: facts about those that are done. */
  readonly facts?: FileFacts;
}

/** How much two lists of statements have in common at the beginning and at the end. */
interface Comparison {
  readonly checked: readonly LocatedStatement[];
  readonly statements: readonly LocatedStatement[];
  readonly same: number;
  readonly tail: number;
}

/**
 * Lints a script again and again while it is edited: a run costs what changed since the one before. Beside the work on
 * the statements themselves it compares two lists of statements, which takes some microseconds per thousand.
 */
export class ScriptLinter {
  private run: LintRun | undefined;
  /** The statements of the last run. */
  private checked: readonly LocatedStatement[] = [];
  /** Those with findings, and what was found. */
  private flagged: FlaggedStatements = new FlaggedStatements([], () => undefined);
  private facts: FileFacts | undefined;
  /** What {@link unchanged} last found. */
  private compared: Comparison | undefined;
  /** How far {@link warm} came with these statements. */
  private warmed: Warmed = { statements: [], count: 0 };

  constructor(private readonly script: LintableScript) {}

  /**
   * Does the work on single statements that are new since the last {@link lint}, until `isOver` says that time is up.
   * Gives how many statements from the first on are done: all of them when {@link lint} will be quick.
   */
  warm(options: LintOptions, isOver: () => boolean): number {
    this.begin(options);
    const { statements } = this.script;
    const { same, tail } = this.unchanged();
    if (this.warmed.statements !== statements) {
      const isFirst = same + tail === 0;
      this.warmed = { statements, count: same, ...(isFirst && { facts: FileFacts.begin(statements) }) };
    }
    const { facts } = this.warmed;
    const end = statements.length - tail;
    while (this.warmed.count < end) {
      const number = this.warmed.count++;
      const { statement } = statements[number]!;
      const findings = findingsOf(statement, this.run!);
      if (facts) {
        // While the tree is there, also what the rest of the file may change: most often it does not.
        facts.read(number);
        findings.findings(() => facts.contextOf(number));
      } else {
        readStatementFacts(statement);
        findings.ownFindings();
      }
      if (isOver()) break;
    }
    return this.warmed.count < end ? this.warmed.count : statements.length;
  }

  /** What rules that need nothing of the file find in the first statements, which must be warm. */
  lintFirst(options: LintOptions, count: number): ScriptFindings {
    this.begin(options);
    const groups = this.script.statements.slice(0, count).map((place): FindingGroup => {
      const { findings, like } = findingsOf(place.statement, this.run!).ownFindings();
      return { place, findings, like };
    });
    return new ScriptFindings(groups, severities(options));
  }

  lint(options: LintOptions): ScriptFindings {
    // Statement by statement first: a tree is used up before it makes room for the next.
    this.warm(options, () => false);
    const change = this.follow();
    const facts = this.facts!;
    const { statements } = this.script;
    const severityOf = severities(options);
    if (change)
      this.flagged = this.flagged.replace(statements, change, (start, end) => this.collect(facts, start, end));
    else this.flagged = new FlaggedStatements(this.collect(facts, 0, statements.length), severityOf);
    const found = this.flagged.findings();
    if (this.script.includes?.(ALLOW_MARKER) === false) return found;
    const { text } = this.script;
    const allows = findAllows(text, statements);
    if (allows.length === 0) return found;
    const keptFindings = applySuppressions(found.all(), allows, {
      text,
      statements,
      hasRun: id => hasRun(id, options),
      isKnown: id =>
        id === SYNTAX_RULE || id.startsWith('plan/') || (options.rules ?? RULES).some(rule => rule.id === id),
    });
    const place = { range: { start: 0, end: text.length } };
    return new ScriptFindings([{ place, findings: keptFindings }], severityOf);
  }

  /** The findings of some statements. A method of its own, so that its loop is compiled once. */
  private collect(facts: FileFacts, start: number, end: number): FindingGroup[] {
    const groups: FindingGroup[] = [];
    const { statements } = this.script;
    for (let number = start; number < end; number++) {
      const place = statements[number]!;
      const { findings, like } = findingsOf(place.statement, this.run!).findings(() => facts.contextOf(number));
      if (findings.length > 0) groups.push({ place, findings, like });
    }
    return groups;
  }

  private begin(options: LintOptions): void {
    const run = asRun(options);
    if (run === this.run) return;
    this.run = run;
    this.checked = [];
    this.facts = undefined;
    this.warmed = { statements: [], count: 0 };
  }

  /** How many statements at the beginning and at the end are those of the last run. */
  private unchanged(): { readonly same: number; readonly tail: number } {
    const { checked, compared } = this;
    const { statements } = this.script;
    if (compared?.checked === checked && compared.statements === statements) return compared;
    const same = countSame(checked, statements);
    const tail = countSameAtEnd(checked, statements, same);
    this.compared = { checked, statements, same, tail };
    return this.compared;
  }

  /** What has changed; undefined if all statements have to be asked again, since what the file means to them changed. */
  private follow(): Change | undefined {
    const { statements } = this.script;
    const { same, tail } = this.unchanged();
    const gone = this.checked.slice(same, this.checked.length - tail);
    const end = statements.length - tail;
    this.checked = statements;
    const { facts } = this;
    const outlives = ({ statement }: LocatedStatement): boolean => facts?.outlive(statement) === true;
    if (facts && end - same === gone.length && gone.every(outlives) && statements.slice(same, end).every(outlives)) {
      facts.follow(statements);
      return { start: same, end: endOfInserts(statements, end), gone };
    }
    const { facts: warmed, count } = this.warmed;
    const isWhole = this.warmed.statements === statements && count === statements.length;
    this.facts = isWhole && warmed ? warmed : FileFacts.gather(statements);
    return undefined;
  }
}

/** Only the INSERTs right behind an edit could count another run of INSERTs before them. */
function endOfInserts(statements: readonly LocatedStatement[], from: number): number {
  let end = from;
  while (end < statements.length && end - from <= LONGEST_INSERT_RUN) {
    if (readStatementFacts(statements[end]!.statement)?.insertsOneRowInto === undefined) break;
    end++;
  }
  return end;
}

// Functions of their own, so that their loops are compiled once.

function countSame(old: readonly LocatedStatement[], statements: readonly LocatedStatement[]): number {
  const most = Math.min(old.length, statements.length);
  let same = 0;
  while (same < most && old[same] === statements[same]) same++;
  return same;
}

function countSameAtEnd(
  old: readonly LocatedStatement[],
  statements: readonly LocatedStatement[],
  same: number,
): number {
  const most = Math.min(old.length, statements.length) - same;
  let tail = 0;
  while (tail < most && old[old.length - 1 - tail] === statements[statements.length - 1 - tail]) tail++;
  return tail;
}

import type { Catalog } from '../catalog/catalog';
import type { LocatedStatement } from '../sql/statement';
import type { Rule } from './defineRule';
import { EMPTY_FILE, FileFacts, LONGEST_INSERT_RUN } from './fileContext';
import type { FileContext } from './fileContext';
import type { Finding, Severity } from './finding';
import { RULES } from './registry';
import { ScriptFindings } from './scriptFindings';
import type { FindingGroup } from './scriptFindings';
import { readStatementFacts } from './statementFacts';
import { findingsOf, SYNTAX_RULE } from './statementFindings';
import type { LintRun, StatementFindings } from './statementFindings';
import { applySuppressions, findAllows } from './suppressions';
import { DEFAULT_THRESHOLDS } from './thresholds';
import type { Thresholds } from './thresholds';

export { SYNTAX_RULE } from './statementFindings';

/** The part of a script the linter reads. */
export interface LintableScript {
  readonly text: string;
  /** Another array after each edit; statements the edit did not touch are the same objects. */
  readonly statements: readonly LocatedStatement[];
}

export interface LintOptions {
  /** Without it, rules that need a catalog are skipped. */
  readonly catalog?: Catalog;
  /** Severity by rule id, instead of the rule's own; `off` silences the rule. */
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
  /** `server_version_num` the SQL is written for, when no catalog of a server says it. */
  readonly serverVersion?: number;
  readonly thresholds?: Thresholds;
  /** The rules to run; all of them unless a test says otherwise. */
  readonly rules?: readonly Rule[];
  /** The statements do not run one after the other, as those in the strings of a program: the rest of the file is silent. */
  readonly isolated?: boolean;
  /** Told when a rule fails on a statement; the other rules go on. Without it the failure is thrown. */
  readonly ruleFailed?: (rule: string, error: unknown) => void;
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
  const findings = findingsOf(located.statement, run).findings(() => options.file ?? EMPTY_FILE);
  return new ScriptFindings([{ place: located, findings }], severities(options)).all();
}

/** How far the work on single statements has come. */
interface Warmed {
  readonly statements: readonly LocatedStatement[];
  count: number;
  /** When it began with the first statement: facts about those that are done. */
  readonly facts?: FileFacts;
}

interface Entry {
  readonly located: LocatedStatement;
  readonly findings: StatementFindings;
}

/**
 * Lints a script again and again while it is edited: a run costs what changed since the one before. Beside the work on
 * the statements themselves it compares two lists of statements, which takes some microseconds per thousand.
 */
export class ScriptLinter {
  private run: LintRun | undefined;
  private entries: readonly Entry[] = [];
  private facts: FileFacts | undefined;
  /** The facts of the run before. */
  private factsBefore: FileFacts | undefined;
  /** How far {@link warm} came with these statements. */
  private warmed: Warmed = { statements: [], count: 0 };
  /** Numbers of the statements to ask again although the facts stayed. */
  private recheck = { start: 0, end: 0 };

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
    const groups = this.script.statements
      .slice(0, count)
      .map((place): FindingGroup => ({ place, findings: findingsOf(place.statement, this.run!).ownFindings() }));
    return new ScriptFindings(groups, severities(options));
  }

  lint(options: LintOptions): ScriptFindings {
    // Statement by statement first: a tree is used up before it makes room for the next.
    this.warm(options, () => false);
    this.follow();
    const { text, statements } = this.script;
    const groups: FindingGroup[] = [];
    const facts = this.facts!;
    const factsStayed = facts === this.factsBefore;
    this.factsBefore = facts;
    for (let number = 0; number < this.entries.length; number++) {
      const { located, findings: known } = this.entries[number]!;
      const stays = factsStayed && (number < this.recheck.start || this.recheck.end <= number);
      const findings = (stays ? known.last : known.settled) ?? known.findings(() => facts.contextOf(number));
      if (findings.length > 0) groups.push({ place: located, findings });
    }
    const found = new ScriptFindings(groups, severities(options));
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
    return new ScriptFindings([{ place, findings: keptFindings }], severities(options));
  }

  private begin(options: LintOptions): void {
    const run = asRun(options);
    if (run === this.run) return;
    this.run = run;
    this.entries = [];
    this.warmed = { statements: [], count: 0 };
    this.factsBefore = undefined;
  }

  /** How many statements at the beginning and at the end are those of the last run. */
  private unchanged(): { readonly same: number; readonly tail: number } {
    const { statements } = this.script;
    const old = this.entries;
    let same = 0;
    while (same < old.length && same < statements.length && old[same]!.located === statements[same]) same++;
    let tail = 0;
    const most = Math.min(old.length, statements.length) - same;
    while (tail < most && old[old.length - 1 - tail]!.located === statements[statements.length - 1 - tail]) tail++;
    return { same, tail };
  }

  /** Brings the entries up to the statements the script has now. */
  private follow(): void {
    const { statements } = this.script;
    const old = this.entries;
    this.recheck = { start: 0, end: 0 };
    const { same, tail } = this.unchanged();
    const fresh = statements
      .slice(same, statements.length - tail)
      .map((located): Entry => ({ located, findings: findingsOf(located.statement, this.run!) }));
    const gone = old.slice(same, old.length - tail);
    if (fresh.length === 0 && gone.length === 0 && this.facts) return;
    this.entries = old.slice(0, same).concat(fresh, old.slice(old.length - tail));
    const outlived = [...gone, ...fresh].every(({ located }) => this.facts?.outlive(located.statement));
    if (!this.facts || fresh.length !== gone.length || !outlived) {
      const { facts, count } = this.warmed;
      const isWhole = this.warmed.statements === statements && count === statements.length;
      this.facts = isWhole && facts ? facts : FileFacts.gather(statements);
      return;
    }
    this.facts.follow(statements);
    // Only the INSERTs right behind the edit could count another run before them.
    this.recheck = { start: same, end: same + fresh.length };
    while (this.recheck.end < statements.length && this.recheck.end - same <= LONGEST_INSERT_RUN) {
      const { statement } = statements[this.recheck.end]!;
      if (readStatementFacts(statement)?.insertsOneRowInto === undefined) break;
      this.recheck.end++;
    }
  }
}

/** Runs by catalog, which go when it goes, and then by the rest of what makes them up. */
const runs = new WeakMap<object, { readonly options: LintOptions; readonly run: LintRun }[]>();
const NO_CATALOG = {};
/** Some folders with configurations of their own. */
const KEPT_RUNS = 8;

/** Equal options give the same run, so that findings are kept. */
function asRun(options: LintOptions): LintRun {
  const known = runs.get(options.catalog ?? NO_CATALOG) ?? [];
  const found = known.find(entry => isSameRun(entry.options, options));
  if (found) return found.run;
  const { catalog, thresholds = DEFAULT_THRESHOLDS, ruleFailed } = options;
  const rules = (options.rules ?? RULES).filter(rule => !isOff(rule, options));
  const run: LintRun = {
    alone: rules.filter(rule => !rule.needs.includes('file')),
    inFile: options.isolated ? [] : rules.filter(rule => rule.needs.includes('file')),
    catalog,
    serverVersion: catalog?.serverVersion ?? options.serverVersion,
    thresholds,
    ...(ruleFailed && { ruleFailed }),
  };
  runs.set(options.catalog ?? NO_CATALOG, [{ options, run }, ...known.slice(0, KEPT_RUNS - 1)]);
  return run;
}

/** Severities are compared by what they turn off: how serious a finding is does not change what is found. */
function isSameRun(a: LintOptions, b: LintOptions): boolean {
  return (
    a.rules === b.rules &&
    a.serverVersion === b.serverVersion &&
    a.thresholds === b.thresholds &&
    a.ruleFailed === b.ruleFailed &&
    a.isolated === b.isolated &&
    (a.severities === b.severities || JSON.stringify(a.severities) === JSON.stringify(b.severities))
  );
}

function isOff(rule: Rule, { severities: wanted, rules }: LintOptions): boolean {
  // A caller who names the rules to run wants the optional ones among them.
  return (wanted?.[rule.id] ?? (rule.optional && !rules ? 'off' : undefined)) === 'off';
}

function hasRun(id: string, options: LintOptions): boolean {
  if (id.startsWith('plan/')) return false;
  const rule = (options.rules ?? RULES).find(candidate => candidate.id === id);
  if (!rule) return options.severities?.[id] !== 'off';
  if (options.isolated && rule.needs.includes('file')) return false;
  return !isOff(rule, options) && !(rule.needs.includes('catalog') && options.catalog === undefined);
}

function severities({ severities: wanted }: LintOptions): (finding: Finding) => Severity | undefined {
  return finding => {
    const severity = wanted?.[finding.rule];
    return severity === 'off' ? undefined : (severity ?? finding.severity);
  };
}

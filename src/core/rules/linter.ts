import { shiftRange } from '../base/sourceRange';
import type { SourceRange } from '../base/sourceRange';
import { binderOf } from '../catalog/binding/binder';
import type { Catalog } from '../catalog/catalog';
import type { BodyContext, LocatedStatement, ParsedStatement } from '../sql/statement';
import { fillMessage } from './defineRule';
import type { ResolvedColumn, Rule, RuleContext } from './defineRule';
import { EMPTY_FILE, FileFacts } from './fileContext';
import type { FileContext } from './fileContext';
import type { Finding, Fix, Severity } from './finding';
import { NodeIndex } from './nodeIndex';
import type { NodeMatch } from './nodeIndex';
import { RULES } from './registry';
import { asColumn } from './support/expressions';
import { applySuppressions, findAllows } from './suppressions';
import { DEFAULT_THRESHOLDS } from './thresholds';
import type { Thresholds } from './thresholds';

/** Rule id of a statement PostgreSQL's parser refuses. */
export const SYNTAX_RULE = 'syntax';

/** The part of a script the linter reads. */
export interface LintableScript {
  readonly text: string;
  readonly statements: readonly LocatedStatement[];
}

export interface LintOptions {
  /** Without it, rules that need a catalog are skipped. */
  readonly catalog?: Catalog;
  /** Severity by rule id, instead of the rule's own; `off` silences the rule. */
  readonly severities?: Readonly<Record<string, Severity | 'off'>>;
  /** `server_version_num` the SQL is written for, when no catalog of a server says it. */
  readonly serverVersion?: number;
  /** The same object as long as nothing changes: findings are kept with it. */
  readonly thresholds?: Thresholds;
  /** The rules to run; all of them unless a test says otherwise. */
  readonly rules?: readonly Rule[];
}

export interface StatementLintOptions extends LintOptions {
  /** What the rest of the file does; a statement on its own otherwise. */
  readonly file?: FileContext;
}

/**
 * Findings of a whole script in the order of its text, with offsets of the document. Statements the script has not
 * parsed anew are answered from a cache, so after an edit one statement is linted.
 */
export function lintScript(script: LintableScript, options: LintOptions = {}): Finding[] {
  const facts = FileFacts.gather(script.statements);
  const findings: Finding[] = [];
  // Statements come in the order of the text and each one's findings are sorted when they are made.
  for (let number = 0; number < script.statements.length; number++) {
    const located = script.statements[number]!;
    const found = cachedFindings(located.statement, () => facts.contextOf(number), options);
    if (found.length > 0) place(found, located.range.start, options, findings);
  }
  const allows = findAllows(script.text, script.statements);
  if (allows.length === 0) return findings;
  const kept = applySuppressions(findings, allows, {
    text: script.text,
    statements: script.statements,
    hasRun: id => hasRun(id, options),
    isKnown: id =>
      id === SYNTAX_RULE || id.startsWith('plan/') || (options.rules ?? RULES).some(rule => rule.id === id),
  });
  return kept.flatMap(finding => withSeverity(finding, options) ?? []);
}

/** Findings of one statement with offsets of its document. Suppression comments are not looked at. */
export function lintStatement(located: LocatedStatement, options: StatementLintOptions = {}): Finding[] {
  const findings: Finding[] = [];
  const found = cachedFindings(located.statement, () => options.file ?? EMPTY_FILE, options);
  place(found, located.range.start, options, findings);
  return findings;
}

/** What is known about a statement under one catalog. Dropped with the statement. */
interface CacheEntry {
  readonly catalog: Catalog | undefined;
  readonly serverVersion: number | undefined;
  readonly thresholds: Thresholds;
  readonly rules: readonly Rule[];
  readonly findings: readonly Finding[];
  /** What file rules asked about the file, with the answers they got: the same answers give the same findings. */
  readonly answers: readonly Answer[];
}

interface Answer {
  readonly ask: (file: FileContext) => unknown;
  readonly answer: unknown;
}

const cache = new WeakMap<ParsedStatement, CacheEntry>();

function cachedFindings(
  statement: ParsedStatement,
  fileOf: () => FileContext,
  options: LintOptions,
): readonly Finding[] {
  const { catalog, rules = RULES, thresholds = DEFAULT_THRESHOLDS } = options;
  const serverVersion = catalog?.serverVersion ?? options.serverVersion;
  const known = cache.get(statement);
  if (
    known &&
    known.catalog === catalog &&
    known.rules === rules &&
    known.thresholds === thresholds &&
    known.serverVersion === serverVersion
  ) {
    if (known.answers.length === 0) return known.findings;
    const file = fileOf();
    if (known.answers.every(({ ask, answer }) => isSame(ask(file), answer))) return known.findings;
  }
  const answers: Answer[] = [];
  const file = recordAnswers(fileOf(), answers);
  const run = { rules, catalog, serverVersion, thresholds };
  const findings = runRules(statement, { ...run, file, body: undefined });
  for (const { range, statement: inner, body } of statement.inner) {
    for (const finding of runRules(inner, { ...run, file: BODY_FILE, body })) {
      findings.push(shiftFinding(finding, range.start));
    }
  }
  findings.sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
  cache.set(statement, { catalog, serverVersion, thresholds, rules, findings, answers });
  return findings;
}

/** A body runs in the transaction of its caller. */
const BODY_FILE: FileContext = { ...EMPTY_FILE, inTransaction: true };

/** Answers are booleans, numbers, texts or lists; statements of a list are compared as objects. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, i) => item === b[i]);
}

function recordAnswers(file: FileContext, answers: Answer[]): FileContext {
  const through = <Value>(ask: (file: FileContext) => Value): Value => {
    const answer = ask(file);
    answers.push({ ask, answer });
    return answer;
  };
  return {
    get inTransaction() {
      return through(context => context.inTransaction);
    },
    isCreatedBefore: (table, schema) => through(context => context.isCreatedBefore(table, schema)),
    indexesOn: (table, schema) => through(context => context.indexesOn(table, schema)),
    earlier: name => through(context => context.earlier(name)),
    later: name => through(context => context.later(name)),
    settingBefore: name => through(context => context.settingBefore(name)),
    earlierInTransaction: () => through(context => context.earlierInTransaction()),
    insertRunBefore: table => through(context => context.insertRunBefore(table)),
  };
}

/** What the rules are given beside the statement. */
interface Surroundings {
  readonly rules: readonly Rule[];
  readonly catalog: Catalog | undefined;
  readonly serverVersion: number | undefined;
  readonly thresholds: Thresholds;
  readonly file: FileContext;
  readonly body: BodyContext | undefined;
}

function runRules(statement: ParsedStatement, around: Surroundings): Finding[] {
  const { syntaxError, tree, kind } = statement;
  if (syntaxError) {
    return [
      { rule: SYNTAX_RULE, severity: 'error', message: syntaxError.message, range: syntaxError.range, fixes: [] },
    ];
  }
  if (tree === undefined) return [];
  const findings: Finding[] = [];
  let index: NodeIndex | undefined;
  for (const rule of around.rules) {
    if (rule.kinds && (kind === undefined || !rule.kinds.includes(kind))) continue;
    if (rule.needs.includes('catalog') && around.catalog === undefined) continue;
    index ??= NodeIndex.build(tree);
    rule.check(contextOf(rule, statement, index, around, findings));
  }
  return findings;
}

function contextOf(
  rule: Rule,
  statement: ParsedStatement,
  index: NodeIndex,
  around: Surroundings,
  findings: Finding[],
): RuleContext<Readonly<Record<string, string>>, never> {
  const { catalog, serverVersion, thresholds, body, file } = around;
  const context: RuleContext<Readonly<Record<string, string>>, never> = {
    statement,
    catalog,
    serverVersion,
    thresholds,
    body,
    file: undefined,
    find: type => index.find(type),
    rangeOf: node => rangeOfNode(statement, node),
    resolve: node => resolveNode(statement, node, catalog, body),
    report: report => {
      findings.push({
        rule: rule.id,
        severity: report.severity ?? rule.severity,
        message: fillMessage(rule.messages[report.message] ?? report.message, report.values),
        range: report.at,
        ...(rule.guideline && { guideline: rule.guideline }),
        ...(report.related && { related: report.related }),
        ...(report.evidence !== undefined && { evidence: report.evidence }),
        fixes: report.fixes ?? [],
      });
    },
  };
  // The rule's own type says whether it may look at the file: only then is the answer part of what is cached.
  return rule.needs.includes('file') ? ({ ...context, file } as unknown as typeof context) : context;
}

function resolveNode(
  statement: ParsedStatement,
  node: NodeMatch,
  catalog: Catalog | undefined,
  body: BodyContext | undefined,
): ResolvedColumn | undefined {
  const column = asColumn({ [node.type]: node.fields });
  // A variable of the body may be meant instead.
  if (!catalog || !column || (column.qualifier === undefined && body?.variables.has(column.name))) return undefined;
  const binding = binderOf(statement, catalog).bindFields(node.fields);
  return binding.kind === 'column' || binding.kind === 'output' ? binding.column.base : undefined;
}

function rangeOfNode(statement: ParsedStatement, node: NodeMatch): SourceRange {
  for (let at: NodeMatch | undefined = node; at; at = at.parent) {
    const range = statement.rangeOf(at.type, at.fields);
    if (range) return range;
  }
  return { start: 0, end: statement.text.length };
}

function hasRun(id: string, options: LintOptions): boolean {
  if (id.startsWith('plan/')) return false;
  const rule = (options.rules ?? RULES).find(candidate => candidate.id === id);
  const severity = options.severities?.[id] ?? (rule?.optional && !options.rules ? 'off' : undefined);
  return severity !== 'off' && !(rule?.needs.includes('catalog') && options.catalog === undefined);
}

function withSeverity(finding: Finding, options: LintOptions): Finding | undefined {
  const wanted = options.severities?.[finding.rule];
  // A caller who names the rules to run wants the optional ones among them.
  if (wanted === undefined) return OPTIONAL.has(finding.rule) && !options.rules ? undefined : finding;
  return wanted === 'off' ? undefined : { ...finding, severity: wanted };
}

const OPTIONAL: ReadonlySet<string> = new Set(RULES.filter(rule => rule.optional).map(rule => rule.id));

/** Adds findings of a statement, moved to where it begins and with the severities asked for. */
function place(findings: readonly Finding[], start: number, options: LintOptions, into: Finding[]): void {
  for (const finding of findings) {
    const shown = withSeverity(finding, options);
    if (shown) into.push(shiftFinding(shown, start));
  }
}

/** Spelled out field by field: this runs for every finding of a document after each edit. */
function shiftFinding(finding: Finding, by: number): Finding {
  if (by === 0) return finding;
  const { rule, severity, message, guideline, related, fixes, evidence } = finding;
  const range = { start: finding.range.start + by, end: finding.range.end + by };
  return {
    rule,
    severity,
    message,
    range,
    guideline,
    related: related?.map(place => ({ ...place, range: shiftRange(place.range, by) })),
    fixes: fixes.length === 0 ? fixes : fixes.map(fix => shiftFix(fix, by)),
    evidence,
  };
}

function shiftFix(fix: Fix, by: number): Fix {
  return {
    title: fix.title,
    edits: fix.edits.map(({ range, newText }) => ({ range: shiftRange(range, by), newText })),
    safe: fix.safe,
  };
}

import type { Catalog } from '../catalog/catalog';
import { editsKeepBody } from '../sql/bodies/bodyEdits';
import type { BodyContext, BodyStatement, ParsedStatement } from '../sql/statement';
import { fillMessage } from './defineRule';
import type { Rule, RuleContext } from './defineRule';
import type { FileContext } from './fileContext';
import type { Finding, Fix } from './finding';
import { NodeIndex } from './nodeIndex';
import { tableOf } from './ruleTable';
import type { AppliedRule } from './ruleTable';
import { shiftFinding } from './shiftFinding';
import { indexOf, rangeOfNode, resolveNode } from './statementView';
import { configurationLines } from './support/configurationText';
import { keepsPlaceholders } from './support/keptPlaceholders';
import type { Thresholds } from './thresholds';
import { withHolesAsWritten } from './support/holeNames';

/** What the rules are given beside the statement. */
export interface Surroundings {
  readonly catalog: Catalog | undefined;
  readonly serverVersion: number | undefined;
  readonly thresholds: Thresholds;
  /** Told when a rule fails on a statement; the other rules go on. Without it the failure is thrown. */
  readonly ruleFailed?: (rule: string, error: unknown) => void;
}

type AnyContext = RuleContext<Readonly<Record<string, string>>, never>;

/**
 * What the rules find in a statement that parsed, and in the statements of the bodies within it. Only rules that need
 * the file are handed `file`; those in a body are handed `bodyFile`.
 */
export function runRules(
  statement: ParsedStatement,
  rules: readonly Rule[],
  around: Surroundings,
  file: FileContext | undefined,
  bodyFile: FileContext | undefined,
): Finding[] {
  const findings: Finding[] = [];
  runOnOne(statement, rules, around, file, undefined, findings);
  for (const inner of statement.inner) {
    for (const finding of findingsInBody(inner, rules, around, bodyFile)) {
      const fixes = finding.fixes.filter(({ edits }) => editsKeepBody(statement, inner, edits));
      findings.push(shiftFinding({ ...finding, fixes }, inner.range.start));
    }
  }
  return findings;
}

interface BodyFindings {
  readonly rules: readonly Rule[];
  readonly around: Surroundings;
  readonly body: string;
  readonly findings: readonly Finding[];
}

declare module '../sql/statement' {
  interface StatementNotes {
    /** An edit in a long body leaves most of its statements as they are, and nothing else around them matters to rules. */
    findingsInBody?: BodyFindings;
  }
}

function findingsInBody(
  { statement, body }: BodyStatement,
  rules: readonly Rule[],
  around: Surroundings,
  bodyFile: FileContext | undefined,
): readonly Finding[] {
  const known = statement.notes.findingsInBody;
  const key = describeBody(body);
  if (known && known.rules === rules && known.around === around && known.body === key) return known.findings;
  const findings: Finding[] = [];
  runOnOne(statement, rules, around, bodyFile, body, findings);
  statement.notes.findingsInBody = { rules, around, body: key, findings };
  return findings;
}

const descriptions = new WeakMap<BodyContext, string>();

function describeBody(body: BodyContext): string {
  let text = descriptions.get(body);
  if (text === undefined) {
    const { language, routine, use, loopDepth, variables } = body;
    text = [language, routine, use, loopDepth, ...variables].join(' ');
    descriptions.set(body, text);
  }
  return text;
}

/**
 * What the rules over settings find in lines of postgresql.conf, which stand where SQL was expected. There is no tree:
 * these rules read the text themselves.
 */
export function runOnConfiguration(
  statement: ParsedStatement,
  rules: readonly Rule[],
  around: Surroundings,
): Finding[] {
  if (configurationLines(statement.text).length === 0) return [];
  const findings: Finding[] = [];
  const run = new Run(statement, NodeIndex.build({}), around, undefined).into(findings);
  for (const rule of tableOf(rules).onConfiguration) run.check(rule, undefined);
  return findings;
}

function runOnOne(
  statement: ParsedStatement,
  rules: readonly Rule[],
  around: Surroundings,
  file: FileContext | undefined,
  body: BodyContext | undefined,
  findings: Finding[],
): void {
  const { kind } = statement;
  if (kind === undefined) return;
  const wanted = tableOf(rules).ofKind(kind, around.catalog !== undefined);
  if (wanted.isEmpty) return;
  const { tree } = statement;
  if (tree === undefined) return;
  const index = indexOf(tree);
  const applying = wanted.withTypes(index.types);
  if (applying.length === 0) return;
  const mentioned = statement.mentions(wanted.mentions);
  const run = runOf(statement, index, around, body, findings);
  for (const applied of applying) if (mentioned[applied.number] !== false) run.check(applied, file);
}

const NO_FIXES: readonly Fix[] = [];

let latest: Run | undefined;

/** A statement is asked twice in a row: by the rules that look at it alone and by those of its file. */
function runOf(
  statement: ParsedStatement,
  index: NodeIndex,
  around: Surroundings,
  body: BodyContext | undefined,
  findings: Finding[],
): Run {
  if (latest?.index !== index || latest.statement !== statement || latest.around !== around || latest.body !== body) {
    latest = new Run(statement, index, around, body);
  }
  return latest.into(findings);
}

/** The context as it is between two rules: the next may see the file, or may not. */
type SharedContext = Omit<AnyContext, 'file'> & { file: FileContext | undefined };

/** One statement under all rules: what they share is made once. */
class Run {
  private rule: Rule | undefined;
  private findings: Finding[] = [];
  private readonly context: SharedContext;

  constructor(
    readonly statement: ParsedStatement,
    readonly index: NodeIndex,
    readonly around: Surroundings,
    readonly body: BodyContext | undefined,
  ) {
    const { catalog, serverVersion, thresholds } = around;
    // Written out, since to spread one object into another takes as long as several rules.
    this.context = {
      statement,
      catalog,
      serverVersion,
      thresholds,
      body,
      file: undefined,
      find: type => index.find(type),
      rangeOf: node => rangeOfNode(statement, node),
      resolve: node => resolveNode(statement, node, catalog, body),
      report: report => this.report(report),
    };
  }

  /** The same statement under other rules. */
  into(findings: Finding[]): this {
    this.findings = findings;
    return this;
  }

  check({ rule, needsFile }: AppliedRule, file: FileContext | undefined): void {
    this.rule = rule;
    // A rule that does not declare it never sees the file, or an edit elsewhere would change what it finds unnoticed.
    this.context.file = needsFile ? file : undefined;
    try {
      rule.check(this.context as AnyContext);
    } catch (error) {
      if (!this.around.ruleFailed) throw error;
      this.around.ruleFailed(rule.id, error);
    }
  }

  private report(report: Parameters<AnyContext['report']>[0]): void {
    const rule = this.rule!;
    this.findings.push({
      rule: rule.id,
      severity: report.severity ?? rule.severity,
      message: this.asWritten(fillMessage(rule.messages[report.message] ?? report.message, report.values)),
      range: report.at,
      guideline: rule.guideline,
      related: report.related,
      fixes: report.fixes?.length ? report.fixes.map(fix => this.fixAsWritten(fix)) : NO_FIXES,
      evidence: report.evidence,
    });
  }

  private fixAsWritten({ title, safe, edits, facts }: Fix): Fix {
    return {
      title,
      edits: edits.map(({ range, newText }) => ({ range, newText: this.asWritten(newText) })),
      safe: safe && keepsPlaceholders(this.context.statement, edits),
      ...(facts && { facts }),
    };
  }

  private asWritten(text: string): string {
    return withHolesAsWritten(text, this.context.statement);
  }
}

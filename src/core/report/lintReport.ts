import { LineMap, type TextPosition } from '../base/lineMap';
import { SEVERITIES, type Finding, type GuidelineRef, type Severity } from '../rules/finding';

/** Findings of one file, ready to print. */
export interface LintedFile {
  readonly file: string;
  readonly text: string;
  readonly statements: number;
  readonly findings: readonly Finding[];
}

/** The JSON contract of `query-tuner lint`: lines and columns from 1, offsets in UTF-16 from 0. */
export interface LintReport {
  readonly version: 1;
  readonly files: readonly {
    readonly file: string;
    readonly statements: number;
    readonly findings: readonly ReportedFinding[];
  }[];
  readonly summary: Readonly<Record<Severity, number>>;
}

export interface ReportedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly start: TextPosition;
  readonly end: TextPosition;
  readonly guideline: GuidelineRef | null;
  readonly fixes: readonly {
    readonly title: string;
    readonly safe: boolean;
    readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[];
  }[];
}

export function lintReport(files: readonly LintedFile[]): LintReport {
  const summary: Record<Severity, number> = { error: 0, warning: 0, info: 0, hint: 0 };
  const reported = files.map(({ file, text, statements, findings }) => {
    const lines = new LineMap(text);
    for (const finding of findings) summary[finding.severity]++;
    return { file, statements, findings: findings.map(finding => reportFinding(finding, lines)) };
  });
  return { version: 1, files: reported, summary };
}

function reportFinding(finding: Finding, lines: LineMap): ReportedFinding {
  return {
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message,
    start: lines.positionAt(finding.range.start),
    end: lines.positionAt(finding.range.end),
    guideline: finding.guideline ?? null,
    fixes: finding.fixes.map(({ title, safe, edits }) => ({
      title,
      safe,
      edits: edits.map(({ range, newText }) => ({ start: range.start, end: range.end, text: newText })),
    })),
  };
}

/** True if anything is at or above `threshold`. */
export function reachesSeverity(report: LintReport, threshold: Severity): boolean {
  return SEVERITIES.slice(0, SEVERITIES.indexOf(threshold) + 1).some(severity => report.summary[severity] > 0);
}

/** `file:line:column: severity rule: message`, one line a finding, and a closing count. */
export function lintText(report: LintReport): string {
  const lines = report.files.flatMap(({ file, findings }) =>
    findings.map(f => `${file}:${f.start.line}:${f.start.column}: ${f.severity} ${f.rule}: ${f.message}`),
  );
  const counts = SEVERITIES.filter(s => report.summary[s] > 0).map(s => `${report.summary[s]} ${s}`);
  return [...lines, counts.length ? counts.join(', ') : 'nothing found'].join('\n');
}

/** GitHub workflow commands, one annotation a finding. */
export function lintGithub(report: LintReport): string {
  const level: Readonly<Record<Severity, string>> = {
    error: 'error',
    warning: 'warning',
    info: 'notice',
    hint: 'notice',
  };
  const escapeData = (text: string) => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
  const escapeProperty = (text: string) => escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
  return report.files
    .flatMap(({ file, findings }) =>
      findings.map(
        f =>
          `::${level[f.severity]} file=${escapeProperty(file)},line=${f.start.line},col=${f.start.column},` +
          `endLine=${f.end.line},endColumn=${f.end.column},title=${escapeProperty(f.rule)}::${escapeData(f.message)}`,
      ),
    )
    .join('\n');
}

/** SARIF 2.1.0 with one run. */
export function lintSarif(report: LintReport, toolVersion: string): unknown {
  const level: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note', hint: 'note' };
  const rules = [...new Set(report.files.flatMap(f => f.findings.map(finding => finding.rule)))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Query Tuner', version: toolVersion, rules: rules.map(id => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        results: report.files.flatMap(({ file, findings }) =>
          findings.map(f => ({
            ruleId: f.rule,
            ruleIndex: rules.indexOf(f.rule),
            level: level[f.severity],
            message: { text: f.message },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: file.split('\\').join('/') },
                  region: {
                    startLine: f.start.line,
                    startColumn: f.start.column,
                    endLine: f.end.line,
                    endColumn: f.end.column,
                  },
                },
              },
            ],
          })),
        ),
      },
    ],
  };
}

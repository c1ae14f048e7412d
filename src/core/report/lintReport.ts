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

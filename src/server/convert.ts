import type { Diagnostic, DiagnosticRelatedInformation, TextEdit } from 'vscode-languageserver';
import { DiagnosticSeverity } from 'vscode-languageserver';
import { citeGuideline } from '../core/guidelines/guides';
import type { Finding, Fix, Severity } from '../core/rules/finding';
import { RULES } from '../core/rules/registry';
import type { ScriptFindings } from '../core/rules/scriptFindings';
import { rulePageName } from '../protocol/rulePage';
import { CHECKED_CHARACTERS } from './scriptDocument';
import type { ScriptDocument } from './scriptDocument';

/** Name shown beside every diagnostic. */
export const SOURCE = 'Query Tuner';

/**
 * Most diagnostics sent for one document. VS Code itself shows no more than 1,000 per file and extension, and sending
 * tens of thousands at each key would cost more than finding them.
 */
export const DIAGNOSTIC_LIMIT = 1000;

const LSP_SEVERITY: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Findings and statement failures as diagnostics; the most serious ones, with a remark, if there are too many. */
export function toDiagnostics(document: ScriptDocument, findings: ScriptFindings, rulePages?: string): Diagnostic[] {
  const failures = document.locatedFailures().map(({ failure, range }): Diagnostic => ({
    range: document.rangeOf(range),
    severity: DiagnosticSeverity.Error,
    source: 'PostgreSQL',
    message: failure.message,
    ...(failure.sqlState && { code: failure.sqlState }),
  }));
  const { findings: shown, more } = findings.mostSerious(Math.max(0, DIAGNOSTIC_LIMIT - 1 - failures.length));
  const diagnostics = [...failures, ...shown.map(finding => toDiagnostic(document, finding, rulePages))];
  if (document.isTooLarge) {
    const megabytes = (CHECKED_CHARACTERS / 1e6).toFixed(0);
    return [...diagnostics, remark('too-large', `Files of more than ${megabytes} million characters are not checked.`)];
  }
  if (more === 0) return diagnostics;
  const message = `${more} more findings are not shown; the ${shown.length} most serious are.`;
  return [...diagnostics, remark('too-many-findings', message)];
}

/** Said about the whole document, at its beginning. */
function remark(code: string, message: string): Diagnostic {
  const start = { line: 0, character: 0 };
  return { range: { start, end: start }, severity: DiagnosticSeverity.Information, source: SOURCE, code, message };
}

function toDiagnostic(document: ScriptDocument, finding: Finding, rulePages: string | undefined): Diagnostic {
  const related: DiagnosticRelatedInformation[] | undefined = finding.related?.map(({ range, message }) => ({
    location: { uri: document.uri, range: document.rangeOf(range) },
    message,
  }));
  return {
    range: document.rangeOf(finding.range),
    severity: LSP_SEVERITY[finding.severity],
    source: SOURCE,
    code: finding.rule,
    ...(rulePages !== undefined &&
      HAS_PAGE.has(finding.rule) && { codeDescription: { href: addressOf(finding.rule, rulePages) } }),
    message: finding.evidence ? `${finding.message}\n${finding.evidence}` : finding.message,
    ...(related?.length && { relatedInformation: related }),
  };
}

const HAS_PAGE: ReadonlySet<string> = new Set(RULES.map(({ id }) => id));

function addressOf(rule: string, rulePages: string): string {
  return rulePages.replaceAll('{rule}', rule).replaceAll('{page}', rulePageName(rule));
}

export function toTextEdits(document: ScriptDocument, fix: Pick<Fix, 'edits'>): TextEdit[] {
  return fix.edits.map(edit => ({ range: document.rangeOf(edit.range), newText: edit.newText }));
}

/** "Guide 002, ...", or nothing. */
export function citation(finding: Finding): string | undefined {
  return finding.guideline && citeGuideline(finding.guideline);
}

import type { Severity } from '../rules/finding';
import type { Rule } from '../rules/defineRule';
import type { LintReport, ReportedFinding } from './lintReport';

const LEVEL: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note', hint: 'note' };

/** SARIF 2.1.0 with one run; `rules` describe what was found. */
export function lintSarif(report: LintReport, toolVersion: string, rules: readonly Rule[]): unknown {
  const found = [...new Set(report.files.flatMap(file => file.findings.map(({ rule }) => rule)))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Query Tuner',
            version: toolVersion,
            rules: found.map(id => describeRule(id, rules)),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: report.files.flatMap(({ file, findings }) =>
          findings.map(finding => ({
            ruleId: finding.rule,
            ruleIndex: found.indexOf(finding.rule),
            level: LEVEL[finding.severity],
            message: { text: finding.message },
            locations: [{ physicalLocation: { artifactLocation: artifact(file), region: regionOf(finding) } }],
            ...(finding.fixes.length > 0 && { fixes: finding.fixes.map(fix => describeFix(fix, file)) }),
          })),
        ),
      },
    ],
  };
}

function describeRule(id: string, rules: readonly Rule[]): unknown {
  const rule = rules.find(candidate => candidate.id === id);
  if (!rule) return { id };
  const { title, docs, severity } = rule;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: `${docs.problem} ${docs.why}` },
    help: { text: `When to ignore it: ${docs.whenToIgnore}` },
    defaultConfiguration: { level: LEVEL[severity] },
  };
}

function regionOf({ start, end }: ReportedFinding): unknown {
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

function describeFix(fix: ReportedFinding['fixes'][number], file: string): unknown {
  return {
    description: { text: fix.safe ? fix.title : `${fix.title} (check the result)` },
    artifactChanges: [
      {
        artifactLocation: artifact(file),
        replacements: fix.edits.map(({ start, end, text }) => ({
          deletedRegion: { charOffset: start, charLength: end - start },
          ...(text !== '' && { insertedContent: { text } }),
        })),
      },
    ],
  };
}

/** A relative path stays relative; blanks and other characters are escaped as an address wants them. */
function artifact(file: string): unknown {
  const path = file.split('\\').join('/').split('/').map(encodeURIComponent).join('/');
  return { uri: path.replace(/^([A-Za-z])%3A\//, 'file:///$1:/') };
}

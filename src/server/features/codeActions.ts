import type { CodeAction, Diagnostic, Range } from 'vscode-languageserver';
import { CodeActionKind } from 'vscode-languageserver';
import { rangeContains, rangesOverlap } from '../../core/base/sourceRange';
import type { Catalog } from '../../core/catalog/catalog';
import { expandStarAt } from '../../core/language/expandStar';
import type { Finding } from '../../core/rules/finding';
import { RULES } from '../../core/rules/registry';
import { SOURCE, toTextEdits } from '../convert';
import type { ScriptDocument } from '../scriptDocument';

/** The fixes of findings that touch a range, and "allow here" for each. */
export function codeActions(
  document: ScriptDocument,
  findings: readonly Finding[],
  range: Range,
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  const wanted = document.offsetsOf(range);
  const touched = findings.filter(
    finding =>
      rangesOverlap(finding.range, wanted) ||
      rangeContains(finding.range, wanted.start) ||
      rangeContains(wanted, finding.range.start),
  );
  return touched.flatMap(finding => {
    const own = diagnostics.filter(
      diagnostic =>
        diagnostic.source === SOURCE &&
        diagnostic.code === finding.rule &&
        document.offsetAt(diagnostic.range.start) === finding.range.start,
    );
    const fixes = finding.fixes.map((fix, index): CodeAction => ({
      title: fix.safe ? fix.title : `${fix.title} (check the result)`,
      kind: CodeActionKind.QuickFix,
      diagnostics: own,
      isPreferred: fix.safe && index === 0,
      edit: { changes: { [document.uri]: toTextEdits(document, fix) } },
    }));
    return RULES.some(({ id }) => id === finding.rule) ? [...fixes, allowHere(document, finding, own)] : fixes;
  });
}

function allowHere(document: ScriptDocument, finding: Finding, diagnostics: Diagnostic[]): CodeAction {
  const fix = document.allowFix(finding);
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics,
    edit: { changes: { [document.uri]: toTextEdits(document, fix) } },
  };
}

/** The star at a position as the columns it stands for; nothing if some of them are not known. */
export function expandStar(document: ScriptDocument, range: Range, catalog: Catalog | undefined): CodeAction[] {
  const found = expandStarAt(document.script, document.offsetAt(range.start), catalog);
  if (!found) return [];
  const edit = { range: document.rangeOf(found.range), newText: found.newText };
  return [
    {
      title: found.columns === 1 ? 'Replace * by its column' : `Replace * by its ${found.columns} columns`,
      kind: CodeActionKind.RefactorRewrite,
      edit: { changes: { [document.uri]: [edit] } },
    },
  ];
}

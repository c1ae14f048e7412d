import type { CodeAction } from 'vscode-languageserver';
import { CodeActionKind } from 'vscode-languageserver';
import { safeEdits } from '../../core/rules/applyFixes';
import type { Finding } from '../../core/rules/finding';
import { toTextEdits } from '../convert';
import type { ScriptDocument } from '../scriptDocument';

/** What editors run on save: `"editor.codeActionsOnSave": { "source.fixAll.queryTuner": "explicit" }`. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.queryTuner`;

/** All safe fixes of a document as one action; none if there is nothing to fix. */
export function fixAllSafe(document: ScriptDocument, findings: readonly Finding[]): CodeAction[] {
  return action(document, findings, 'Fix all that keeps the meaning', FIX_ALL);
}

/** For each rule among `touched` that has several findings with a safe fix in the document: an action that fixes them. */
export function fixAllOfKind(
  document: ScriptDocument,
  findings: readonly Finding[],
  touched: readonly Finding[],
): CodeAction[] {
  const rules = new Set(touched.filter(isSafelyFixable).map(({ rule }) => rule));
  return [...rules].flatMap(rule => {
    const same = findings.filter(finding => finding.rule === rule && isSafelyFixable(finding));
    if (same.length < 2) return [];
    return action(document, same, `Fix all ${same.length} of ${rule}`, CodeActionKind.QuickFix);
  });
}

/** True if one of the findings has a fix that keeps the meaning. */
export function hasSafeFix(findings: readonly Finding[]): boolean {
  return findings.some(isSafelyFixable);
}

function isSafelyFixable({ fixes }: Finding): boolean {
  return fixes.some(({ safe }) => safe);
}

function action(document: ScriptDocument, findings: readonly Finding[], title: string, kind: string): CodeAction[] {
  const edits = safeEdits(document.withSafeFixes(findings));
  if (edits.length === 0) return [];
  return [{ title, kind, edit: { changes: { [document.uri]: toTextEdits(document, { edits }) } } }];
}

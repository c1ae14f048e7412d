import type { CodeAction, Range } from 'vscode-languageserver';
import { CodeActionKind } from 'vscode-languageserver';
import { rangeContains, rangesOverlap, type SourceRange } from '../../core/base/sourceRange';
import { isRuleFix } from '../../core/advisor/rewrites/rewrite';
import type { Catalog } from '../../core/catalog/catalog';
import { SHOW_REWRITE, type RewriteChoice } from '../../protocol/rewrites';
import { toTextEdits } from '../convert';
import { offeredRewrites, rewriteKey } from '../rewriteService';
import type { ScriptDocument } from '../scriptDocument';

/**
 * The rewrites at a range. What is proved to give the same rows can be made at once; what is not, is shown first, with
 * the offer to run and compare both forms. Fixes of rules that are safe are quick fixes already.
 */
export function rewriteActions(document: ScriptDocument, range: Range, catalog: Catalog | undefined): CodeAction[] {
  const wanted = document.offsetsOf(range);
  const located = document.statementIn(wanted);
  if (!located) return [];
  const offered = offeredRewrites(document, located, catalog).filter(rewrite => touches(rewrite.range, wanted));
  return offered
    .filter(rewrite => rewrite.equality.kind === 'needs checking' || !isRuleFix(rewrite))
    .map(rewrite => {
      const { title, equality } = rewrite;
      const kind = CodeActionKind.RefactorRewrite;
      if (equality.kind === 'provably equal') {
        return {
          title: `${title} (same rows)`,
          kind,
          edit: { changes: { [document.uri]: toTextEdits(document, rewrite) } },
        };
      }
      const { start } = located.range;
      const span = document.rangeOf({ start, end: start });
      const choice: RewriteChoice = [document.uri, span, rewriteKey(rewrite, start)];
      const name = `${title} (check: ${equality.differences.join('; ')})`;
      return { title: name, kind, command: { title: name, command: SHOW_REWRITE, arguments: [...choice] } };
    });
}

function touches(range: SourceRange, wanted: SourceRange): boolean {
  return rangesOverlap(range, wanted) || rangeContains(range, wanted.start) || rangeContains(wanted, range.start);
}

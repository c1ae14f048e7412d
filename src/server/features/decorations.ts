import type { InlayHint, Range, SemanticTokens, SemanticTokensLegend } from 'vscode-languageserver';
import { SemanticTokensBuilder } from 'vscode-languageserver';
import type { SourceRange } from '../../core/base/sourceRange';
import type { Catalog } from '../../core/catalog/catalog';
import { inlayHints } from '../../core/language/inlayHints';
import { semanticTokens, TOKEN_MODIFIERS, TOKEN_TYPES, type SemanticToken } from '../../core/language/semanticTokens';
import type { ScriptDocument } from '../scriptDocument';

/** Above this many statements tokens are given for a range only: the part of the document in view. */
export const TOKENS_LIMIT = 1000;

export const TOKEN_LEGEND: SemanticTokensLegend = {
  tokenTypes: [...TOKEN_TYPES],
  tokenModifiers: [...TOKEN_MODIFIERS],
};

/** The kinds of the names in a document, or in the statements that touch a range; and of words between statements. */
export function tokens(
  document: ScriptDocument,
  catalog: Catalog | undefined,
  between: (within?: SourceRange) => readonly SemanticToken[],
  within?: Range,
): SemanticTokens | null {
  if (!within && document.script.statements.length > TOKENS_LIMIT) return null;
  const builder = new SemanticTokensBuilder();
  const offsets = within && document.offsetsOf(within);
  const all = [...semanticTokens(document.script, catalog, offsets), ...between(offsets)];
  for (const { range, type, modifiers } of all.sort((a, b) => a.range.start - b.range.start)) {
    const { start, end } = document.rangeOf(range);
    // A token cannot reach over lines; a quoted name may.
    if (start.line !== end.line) continue;
    const bits = modifiers.reduce((sum, modifier) => sum | (1 << TOKEN_MODIFIERS.indexOf(modifier)), 0);
    builder.push(start.line, start.character, end.character - start.character, TOKEN_TYPES.indexOf(type), bits);
  }
  return builder.build();
}

/** How many rows the tables in a range are thought to have. */
export function rowHints(document: ScriptDocument, range: Range, catalog: Catalog | undefined): InlayHint[] {
  return inlayHints(document.script, document.offsetsOf(range), catalog).map(({ offset, label, tooltip }) => ({
    position: document.lines.positionAt(offset),
    label,
    tooltip,
    paddingLeft: true,
  }));
}

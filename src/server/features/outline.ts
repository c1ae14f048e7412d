import type { DocumentSymbol, FoldingRange } from 'vscode-languageserver';
import { SymbolKind } from 'vscode-languageserver';
import type { ScriptDocument } from '../scriptDocument';
import { titleOf } from '../statementInfo';

/** One symbol per statement, named after its first words. */
export function documentSymbols(document: ScriptDocument): DocumentSymbol[] {
  return document.script.statements.map(({ range, statement }) => {
    const own = document.rangeOf(range);
    const lineEnd = { line: own.start.line + 1, character: 0 };
    const selectionEnd = own.end.line > own.start.line ? lineEnd : own.end;
    return {
      name: titleOf(statement.text.slice(0, 400)) || 'statement',
      detail: statement.tables
        .map(table => table.name)
        .slice(0, 3)
        .join(', '),
      kind: /^Create|^Alter|^Drop|^Index/.test(statement.kind ?? '') ? SymbolKind.Struct : SymbolKind.Function,
      range: own,
      selectionRange: { start: own.start, end: selectionEnd },
    };
  });
}

/** Each statement of more than one line folds. */
export function foldingRanges(document: ScriptDocument): FoldingRange[] {
  return document.script.statements.flatMap(({ range }) => {
    const { start, end } = document.rangeOf(range);
    return end.line > start.line ? [{ startLine: start.line, endLine: end.line }] : [];
  });
}

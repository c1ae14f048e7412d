import type { DocumentSymbol, FoldingRange } from 'vscode-languageserver';
import { SymbolKind } from 'vscode-languageserver';
import type { ParsedStatement } from '../../core/sql/statement';
import type { ScriptDocument } from '../scriptDocument';
import { titleOf } from '../../core/sql/titleOf';

/** Above this many statements the outline is made without parsing them: the editor asks for it as soon as a file opens. */
const PARSED_LIMIT = 500;
/** Above this many there is none: the editor asks again after each edit, and it would be megabytes each time. */
const OUTLINE_LIMIT = 5000;

/** One symbol per statement, named after its first words. */
export function documentSymbols(document: ScriptDocument): DocumentSymbol[] {
  const { statements } = document.script;
  if (statements.length > OUTLINE_LIMIT) return [];
  const areParsed = statements.length <= PARSED_LIMIT;
  return statements.map(({ range, statement }) => {
    const name = titleOf(statement.text.slice(0, 400)) || 'statement';
    const own = document.rangeOf(range);
    const lineEnd = { line: own.start.line + 1, character: 0 };
    const selectionEnd = own.end.line > own.start.line ? lineEnd : own.end;
    return {
      name,
      ...(areParsed && { detail: tablesOf(statement) }),
      kind: /^(create|alter|drop)\b/i.test(name) ? SymbolKind.Struct : SymbolKind.Function,
      range: own,
      selectionRange: { start: own.start, end: selectionEnd },
    };
  });
}

function tablesOf({ tables }: ParsedStatement): string {
  return tables
    .slice(0, 3)
    .map(({ name }) => name)
    .join(', ');
}

/** Each statement of more than one line folds. */
export function foldingRanges(document: ScriptDocument): FoldingRange[] {
  return document.script.statements.flatMap(({ range }) => {
    const { start, end } = document.rangeOf(range);
    return end.line > start.line ? [{ startLine: start.line, endLine: end.line }] : [];
  });
}

import type { DocumentHighlight, Location, Position } from 'vscode-languageserver';
import { DocumentHighlightKind } from 'vscode-languageserver';
import type { Catalog } from '../../core/catalog/catalog';
import { definitionsAt } from '../../core/language/definition';
import { highlightsAt, referencesAt } from '../../core/language/references';
import { LineIndex } from '../lineIndex';
import type { ScriptDocument } from '../scriptDocument';

/** Where the name at a position is defined. `textOf` gives the text of other files, undefined if it cannot be read. */
export function definitions(
  document: ScriptDocument,
  position: Position,
  catalog: Catalog | undefined,
  textOf: (uri: string) => string | undefined,
): Location[] {
  const places = definitionsAt(document.script, document.uri, document.offsetAt(position), catalog);
  return places.flatMap(({ uri, range }) => {
    if (uri === document.uri) return [{ uri, range: document.rangeOf(range) }];
    const text = textOf(uri);
    return text === undefined ? [] : [{ uri, range: new LineIndex(text).rangeOf(range) }];
  });
}

export function references(
  document: ScriptDocument,
  position: Position,
  catalog: Catalog | undefined,
  includeDeclaration: boolean,
): Location[] {
  return referencesAt(document.script, document.offsetAt(position), catalog)
    .filter(({ role }) => includeDeclaration || role !== 'definition')
    .map(({ range }) => ({ uri: document.uri, range: document.rangeOf(range) }));
}

export function highlights(
  document: ScriptDocument,
  position: Position,
  catalog: Catalog | undefined,
): DocumentHighlight[] {
  return highlightsAt(document.script, document.offsetAt(position), catalog).map(({ range, role }) => ({
    range: document.rangeOf(range),
    kind: role === 'read' ? DocumentHighlightKind.Read : DocumentHighlightKind.Write,
  }));
}

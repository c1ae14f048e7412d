import type { CancellationToken, DocumentHighlight, Location, Position } from 'vscode-languageserver';
import { DocumentHighlightKind } from 'vscode-languageserver';
import type { Catalog } from '../../core/catalog/catalog';
import { definitionsAt } from '../../core/language/definition';
import { highlightsAt, referenceSteps } from '../../core/language/references';
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

/** How long the search may keep other requests waiting at a time. */
const SLICE_MS = 20;

/** Null if the document changed meanwhile, or nobody wants to know any more. */
export async function references(
  document: ScriptDocument,
  position: Position,
  catalog: Catalog | undefined,
  includeDeclaration: boolean,
  token: CancellationToken,
): Promise<Location[] | null> {
  const { version } = document;
  const found: Location[] = [];
  let end = performance.now() + SLICE_MS;
  for (const step of referenceSteps(document.script, document.offsetAt(position), catalog)) {
    for (const { range, role } of step) {
      if (includeDeclaration || role !== 'definition')
        found.push({ uri: document.uri, range: document.rangeOf(range) });
    }
    if (performance.now() < end) continue;
    await new Promise(resolve => setImmediate(resolve));
    if (token.isCancellationRequested || document.version !== version) return null;
    end = performance.now() + SLICE_MS;
  }
  return found;
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

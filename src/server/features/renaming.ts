import type { Position, Range, WorkspaceEdit } from 'vscode-languageserver';
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Catalog } from '../../core/catalog/catalog';
import { prepareRename, rename } from '../../core/language/rename';
import type { Grammar } from '../../core/sql/grammar';
import type { ScriptDocument } from '../scriptDocument';

/** The name that would be renamed; the error says why it cannot be. */
export function prepareRenameAt(
  document: ScriptDocument,
  position: Position,
  catalog: Catalog | undefined,
): { range: Range; placeholder: string } | ResponseError {
  const found = prepareRename(document.script, document.offsetAt(position), catalog);
  if ('refused' in found) return refuse(found.refused);
  return { range: document.rangeOf(found.range), placeholder: found.placeholder };
}

export function renameAt(
  document: ScriptDocument,
  position: Position,
  newName: string,
  catalog: Catalog | undefined,
  grammar: Grammar,
): WorkspaceEdit | ResponseError {
  const edits = rename(document.script, document.offsetAt(position), newName, catalog, grammar);
  if ('refused' in edits) return refuse(edits.refused);
  const { ranges, newText } = edits;
  return { changes: { [document.uri]: ranges.map(range => ({ range: document.rangeOf(range), newText })) } };
}

function refuse(reason: string): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestFailed, reason);
}

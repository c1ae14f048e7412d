import type { Position, SignatureHelp } from 'vscode-languageserver';
import type { Catalog } from '../../core/catalog/catalog';
import { signatureHelpAt } from '../../core/language/signatureHelp';
import type { ScriptDocument } from '../scriptDocument';
import { isSql } from './completion';

/** Characters that open the help, and that move it on. */
export const SIGNATURE_TRIGGERS: string[] = ['(', ','];

/** How the function around a position can be called. */
export function signatureHelp(
  document: ScriptDocument,
  position: Position,
  catalog: Catalog | undefined,
): SignatureHelp | null {
  const offset = document.offsetAt(position);
  if (!isSql(document, offset)) return null;
  const found = signatureHelpAt(document.script, offset, catalog);
  if (!found) return null;
  return {
    activeSignature: found.activeSignature,
    activeParameter: found.signatures[found.activeSignature]?.activeParameter ?? 0,
    signatures: found.signatures.map(({ label, parameters, activeParameter, documentation }) => ({
      label,
      parameters: parameters.map(({ start, end }) => ({ label: [start, end] })),
      // Beyond the last parameter none is marked.
      activeParameter: activeParameter ?? parameters.length,
      ...(documentation !== undefined && { documentation }),
    })),
  };
}

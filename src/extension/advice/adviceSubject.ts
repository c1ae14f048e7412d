import * as vscode from 'vscode';
import type { AdviceSource } from '../../protocol/advice';
import type { ConnectionEntry } from '../connections/connectionSettings';

/** What was advised on, so that it can be done again under another budget. */
export interface AdviceSubject {
  readonly connection: ConnectionEntry;
  readonly source: AdviceSource;
  /** The document of a source that is one, where its statements stand. */
  readonly document?: vscode.Uri;
}

/** What to advise on now. A document is read anew: it may have been edited since. */
export function currentSource({ source, document }: AdviceSubject): AdviceSource {
  if (source.kind !== 'text' || !document) return source;
  const found = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === document.toString());
  return found ? { ...source, text: found.getText() } : source;
}

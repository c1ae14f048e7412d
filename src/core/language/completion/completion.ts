import type { SourceRange } from '../../base/sourceRange';

export type CompletionKind =
  | 'column'
  | 'list'
  | 'table'
  | 'view'
  | 'cte'
  | 'alias'
  | 'schema'
  | 'function'
  | 'type'
  | 'keyword'
  | 'join'
  | 'value'
  | 'setting'
  | 'variable'
  | 'index'
  | 'constraint';

/** What a proposal is about, for its documentation; plain data, because it travels to the editor and back. */
export type Subject =
  | { readonly kind: 'relation'; readonly schema: string; readonly name: string }
  | { readonly kind: 'column'; readonly schema: string; readonly relation: string; readonly name: string }
  | { readonly kind: 'routine'; readonly schema: string; readonly name: string }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'setting'; readonly name: string };

/** One proposal. */
export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  readonly insertText: string;
  /** The text has a `$0` where the cursor belongs; a literal `$` does not occur in such texts. */
  readonly isSnippet?: true;
  readonly detail?: string;
  /** What the typed text is held against, where that is not the label. */
  readonly filterText?: string;
  readonly subject?: Subject;
}

/** The proposals for a cursor, the best first. */
export interface CompletionList {
  /** What they replace, in offsets of the document. */
  readonly range: SourceRange;
  readonly items: readonly Completion[];
  /** True if there are more for other or longer prefixes: the editor has to ask again. */
  readonly isIncomplete: boolean;
}

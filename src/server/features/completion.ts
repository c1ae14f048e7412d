import type { CompletionItem, CompletionList, Position } from 'vscode-languageserver';
import { CompletionItemKind, InsertTextFormat, MarkupKind } from 'vscode-languageserver';
import type { Catalog } from '../../core/catalog/catalog';
import { completeAt } from '../../core/language/completion/completeAt';
import type { Completion, CompletionKind, Subject } from '../../core/language/completion/completion';
import { documentationOf } from '../../core/language/completion/documentation';
import type { ScriptDocument } from '../scriptDocument';

/** Characters that open the list by themselves. A space would open it far too often. */
export const COMPLETION_TRIGGERS: string[] = ['.', '"', "'"];

const KINDS: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  column: CompletionItemKind.Field,
  list: CompletionItemKind.Snippet,
  table: CompletionItemKind.Class,
  view: CompletionItemKind.Interface,
  cte: CompletionItemKind.Struct,
  alias: CompletionItemKind.Variable,
  schema: CompletionItemKind.Module,
  function: CompletionItemKind.Function,
  type: CompletionItemKind.TypeParameter,
  keyword: CompletionItemKind.Keyword,
  join: CompletionItemKind.Reference,
  value: CompletionItemKind.EnumMember,
  setting: CompletionItemKind.Property,
  variable: CompletionItemKind.Variable,
  index: CompletionItemKind.Reference,
  constraint: CompletionItemKind.Reference,
};

/** What comes back when the editor asks for the documentation of one proposal. */
interface ItemData {
  readonly uri: string;
  readonly subject: Subject;
}

/** What can be written at a position. */
export function completion(
  document: ScriptDocument,
  position: Position,
  catalog: Catalog | undefined,
): CompletionList | null {
  const offset = document.offsetAt(position);
  if (!isSql(document, offset)) return null;
  const found = completeAt(document.script, offset, catalog);
  if (!found) return null;
  const range = document.rangeOf(found.range);
  // An edit cannot reach over lines; an unfinished quote may.
  if (range.start.line !== position.line || range.end.line !== position.line) return null;
  const items = found.items
    .filter(item => fitsHost(document, item, found.range))
    .map((item, order) => toItem(document.uri, item, order, range));
  return { isIncomplete: found.isIncomplete, items };
}

function toItem(
  uri: string,
  { label, kind, insertText, isSnippet, detail, filterText, subject }: Completion,
  order: number,
  range: { start: Position; end: Position },
): CompletionItem {
  return {
    label,
    kind: KINDS[kind],
    sortText: String(order).padStart(4, '0'),
    textEdit: { range, newText: insertText },
    ...(isSnippet && { insertTextFormat: InsertTextFormat.Snippet }),
    ...(detail !== undefined && { detail, labelDetails: { description: detail } }),
    ...(filterText !== undefined && { filterText }),
    ...(subject && { data: { uri, subject } satisfies ItemData }),
  };
}

/** Adds what is known about a proposal. */
export function resolveCompletion(
  item: CompletionItem,
  catalogFor: (uri: string) => Catalog | undefined,
): CompletionItem {
  const data = item.data as ItemData | undefined;
  const value = data && documentationOf(data.subject, catalogFor(data.uri));
  return value === undefined ? item : { ...item, documentation: { kind: MarkupKind.Markdown, value } };
}

/** False in the part of a host document that is no SQL: the script ends each of its strings with a semicolon. */
export function isSql({ isHost, script, text }: ScriptDocument, offset: number): boolean {
  if (!isHost) return true;
  const before = script.statements.findLast(({ range }) => range.start <= offset);
  if (!before) return false;
  for (let i = before.range.start; i < offset; i++) if (script.text[i] === ';' && text[i] !== ';') return false;
  return true;
}

/** False if the text would end the string of the host language that the SQL stands in. */
function fitsHost(
  document: ScriptDocument,
  { insertText }: Completion,
  range: { start: number; end: number },
): boolean {
  if (!document.isHost || !/["'`\\{}\n]/.test(insertText)) return true;
  const fix = { title: '', safe: true, edits: [{ range, newText: insertText }] };
  const [checked] = document.withSafeFixes([{ rule: '', message: '', severity: 'hint', range, fixes: [fix] }]);
  return checked !== undefined && checked.fixes.length > 0;
}

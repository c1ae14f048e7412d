import type {
  DocumentSymbol,
  FoldingRange,
  Hover,
  Position,
  TextDocumentContentChangeEvent,
  TextDocumentItem,
} from 'vscode-languageserver';
import { MarkupKind, SymbolKind } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { outlineTextPlan } from '../../core/plan/textPlanOutline';
import type { OutlinedNode, TextPlanOutline } from '../../core/plan/textPlanOutline';

/** The editor's language of EXPLAIN's output. */
const LANGUAGE = 'postgresql-plan';
/** Above this many characters nothing is said: a log of that size would keep the server for a second at each change. */
const MOST_CHARACTERS = 2_000_000;
/** The editor asks for the outline after each edit, and no tree of symbols may nest without end. */
const MOST_SYMBOLS = 5_000;
const DEEPEST_SYMBOL = 100;

/** Open documents with the output of EXPLAIN. They are no SQL: nothing in them is checked. */
export class TextPlans {
  readonly #documents = new Map<string, { text: TextDocument; outline?: TextPlanOutline }>();

  /** @returns false if the document is of another language, which is left to others */
  open({ uri, languageId, version, text }: TextDocumentItem): boolean {
    if (languageId !== LANGUAGE) return false;
    this.#documents.set(uri, { text: TextDocument.create(uri, languageId, version, text) });
    return true;
  }

  change(uri: string, changes: readonly TextDocumentContentChangeEvent[], version: number): boolean {
    const document = this.#documents.get(uri);
    if (!document) return false;
    this.#documents.set(uri, { text: TextDocument.update(document.text, [...changes], version) });
    return true;
  }

  close(uri: string): boolean {
    return this.#documents.delete(uri);
  }

  has(uri: string): boolean {
    return this.#documents.has(uri);
  }

  /** What the node does whose line it is, and its figures. */
  hover(uri: string, { line }: Position): Hover | null {
    const found = this.#outline(uri)?.hoverAt(line);
    if (!found) return null;
    const [title = '', ...lines] = found.lines.map(plain);
    return { contents: { kind: MarkupKind.Markdown, value: [`**${title}**`, ...lines].join('\n\n') } };
  }

  /** Null without a plan in text format: the editor then folds by indentation, which suits JSON and YAML. */
  folds(uri: string): FoldingRange[] | null {
    const outline = this.#outline(uri);
    return outline && outline.nodes.length > 0 ? outline.folds.map(fold => ({ ...fold })) : null;
  }

  symbols(uri: string): DocumentSymbol[] | null {
    const outline = this.#outline(uri);
    const document = this.#documents.get(uri)?.text;
    return outline && document && outline.nodes.length <= MOST_SYMBOLS ? symbolTree(outline.nodes, document) : null;
  }

  #outline(uri: string): TextPlanOutline | undefined {
    const document = this.#documents.get(uri);
    if (!document) return undefined;
    const text = document.text.getText();
    return text.length > MOST_CHARACTERS ? undefined : (document.outline ??= outlineTextPlan(text));
  }
}

function symbolTree(nodes: readonly OutlinedNode[], document: TextDocument): DocumentSymbol[] {
  const roots: DocumentSymbol[] = [];
  const open: { readonly depth: number; readonly symbol: DocumentSymbol }[] = [];
  for (const { depth, title, figures, startLine, endLine } of nodes) {
    while (open.length > 0 && open.at(-1)!.depth >= depth) open.pop();
    const symbol: DocumentSymbol = {
      name: title,
      detail: figures,
      kind: SymbolKind.Operator,
      range: { start: { line: startLine, character: 0 }, end: endOf(document, endLine) },
      selectionRange: { start: { line: startLine, character: 0 }, end: endOf(document, startLine) },
      children: [],
    };
    const parent = open.at(-1)?.symbol.children;
    (parent ?? roots).push(symbol);
    // what is nested deeper stands beside each other
    if (open.length < DEEPEST_SYMBOL) open.push({ depth, symbol });
  }
  return roots;
}

function endOf(document: TextDocument, line: number): Position {
  // a position beyond the line's end is brought back to it
  return document.positionAt(document.offsetAt({ line, character: Number.MAX_SAFE_INTEGER }));
}

/** Names come from anywhere: none of them is formatted, a link or a picture. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#!|~&$@]|:(?=\/\/)|(?<=www)\./gi, '\\$&').replace(/\s+/g, ' ');
}

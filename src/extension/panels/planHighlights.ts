import * as vscode from 'vscode';
import type { SourceRange } from '../../core/base/sourceRange';
import type { NodeView } from '../../protocol/planPanel';
import type { TextSpan } from '../../protocol/server';

/** A statement whose plan is shown, and where it stood when it was explained. */
export interface TracedStatement {
  readonly source: { readonly uri: string; readonly span: TextSpan };
  readonly sql: string;
  readonly nodes: readonly Pick<NodeView, 'id' | 'sqlRanges'>[];
}

/** How long the cursor rests before the page is told; typing goes on meanwhile. */
const REST_MS = 120;

/**
 * The way between the plan and the editor beside it: lights the parts of the SQL that a node comes from, and tells
 * which nodes come from the part the cursor is in. Follows the statement when text before it is edited; as soon as the
 * statement itself is another one, both keep still.
 */
export class PlanHighlights implements vscode.Disposable {
  readonly #look = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground'),
    // a colour that every theme has, for those that mark nothing by background
    border: '1px solid',
    borderColor: new vscode.ThemeColor('focusBorder'),
    borderRadius: '2px',
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.findMatchForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  readonly #listeners: vscode.Disposable;
  readonly #highlight: (nodeIds: readonly number[]) => void;
  #statement: (TracedStatement & { readonly uri: string }) | undefined;
  /** Offset in the document; undefined until it is looked at. */
  #start: number | undefined;
  #parts: readonly NodesOfPart[] = [];
  #hovered: number | null = null;
  #told = '';
  #timer: NodeJS.Timeout | undefined;

  /** @param highlight is told the nodes to mark; none when the cursor is elsewhere */
  constructor(highlight: (nodeIds: readonly number[]) => void) {
    this.#highlight = highlight;
    this.#listeners = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (this.#isShown(document)) this.#follow(contentChanges);
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (this.#statement) this.#lookSoon(textEditor);
      }),
      vscode.window.onDidChangeActiveTextEditor(editor => {
        if (this.#statement && editor) this.#lookSoon(editor);
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#light()),
    );
  }

  /** The panel shows another plan, or the same one anew. */
  show(statement: TracedStatement): void {
    this.clear();
    const uri = vscode.Uri.parse(statement.source.uri).toString();
    this.#statement = { ...statement, uri };
    this.#parts = partsOf(statement.nodes);
    const document = vscode.workspace.textDocuments.find(each => each.uri.toString() === uri);
    if (document) this.#locate(document);
    const editor = vscode.window.activeTextEditor;
    if (editor) this.#lookSoon(editor);
  }

  /** Lights what a node comes from; null puts it out. */
  hover(nodeId: number | null): void {
    this.#hovered = nodeId;
    this.#light();
  }

  /** The panel is gone, or shows something else. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#hovered = null;
    this.#light();
    this.#statement = undefined;
    this.#start = undefined;
    this.#parts = [];
    this.#told = '';
  }

  dispose(): void {
    this.clear();
    this.#listeners.dispose();
    this.#look.dispose();
  }

  #isShown(document: vscode.TextDocument): boolean {
    return this.#statement !== undefined && document.uri.toString() === this.#statement.uri;
  }

  /** Where the statement begins; undefined if something else stands there now. */
  #locate(document: vscode.TextDocument): number | undefined {
    const { source, sql } = this.#statement!;
    const { line, character } = source.span.start;
    this.#start ??= document.offsetAt(new vscode.Position(line, character));
    const range = new vscode.Range(document.positionAt(this.#start), document.positionAt(this.#start + sql.length));
    return document.getText(range) === sql ? this.#start : undefined;
  }

  #follow(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    for (const { rangeOffset, rangeLength, text } of changes) {
      if (this.#start !== undefined && rangeOffset + rangeLength <= this.#start) {
        this.#start += text.length - rangeLength;
      }
    }
    // out, where the statement is another one now
    this.#light();
  }

  #light(): void {
    const ranges = this.#statement?.nodes.find(({ id }) => id === this.#hovered)?.sqlRanges ?? [];
    for (const editor of vscode.window.visibleTextEditors) {
      if (!this.#isShown(editor.document)) continue;
      const start = ranges.length > 0 ? this.#locate(editor.document) : undefined;
      const lit = start === undefined ? [] : ranges.map(range => rangeIn(editor.document, start, range));
      editor.setDecorations(this.#look, lit);
    }
  }

  #lookSoon(editor: vscode.TextEditor): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(this.#nodesAt(editor)), REST_MS);
  }

  #nodesAt({ document, selection }: vscode.TextEditor): readonly number[] {
    const start = this.#isShown(document) ? this.#locate(document) : undefined;
    if (start === undefined) return [];
    const from = document.offsetAt(selection.start) - start;
    return nodesAround(this.#parts, { start: from, end: document.offsetAt(selection.end) - start });
  }

  #tell(nodeIds: readonly number[]): void {
    const key = nodeIds.join();
    if (key === this.#told) return;
    this.#told = key;
    this.#highlight(nodeIds);
  }
}

/** A part of a statement and the nodes that come from it. */
interface NodesOfPart extends SourceRange {
  readonly nodeIds: readonly number[];
}

function partsOf(nodes: TracedStatement['nodes']): NodesOfPart[] {
  const parts = new Map<string, SourceRange & { nodeIds: number[] }>();
  for (const { id, sqlRanges = [] } of nodes) {
    for (const { start, end } of sqlRanges) {
      const part = parts.get(`${start}-${end}`);
      if (part) part.nodeIds.push(id);
      else parts.set(`${start}-${end}`, { start, end, nodeIds: [id] });
    }
  }
  return [...parts.values()];
}

/** The nodes of the smallest part around a selection. */
function nodesAround(parts: readonly NodesOfPart[], { start, end }: SourceRange): readonly number[] {
  let smallest: NodesOfPart | undefined;
  for (const part of parts) {
    if (part.start > start || end > part.end) continue;
    if (!smallest || part.end - part.start < smallest.end - smallest.start) smallest = part;
  }
  return smallest?.nodeIds ?? [];
}

function rangeIn(document: vscode.TextDocument, start: number, range: SourceRange): vscode.Range {
  return new vscode.Range(document.positionAt(start + range.start), document.positionAt(start + range.end));
}

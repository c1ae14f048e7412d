import * as vscode from 'vscode';
import type { BudgetView } from '../../protocol/budgets';
import type { TextSpan } from '../../protocol/server';
import { isChecked } from '../checkedLanguages';
import type { ServerApi } from '../serverApi';
import type { BudgetFile } from './checkStatement';

const MARKER = '@budget';
/** Files that are looked into, and how large they may be: those that people write by hand. */
const MOST_FILES = 2_000;
const LARGEST_BYTES = 1_000_000;
/** Keys come faster than this when somebody types. */
const TYPING_MS = 200;

/** What a test stands for. */
export interface BudgetTest {
  readonly file: BudgetFile;
  readonly budget: BudgetView;
}

/** Keeps the items of the Test Explorer in step with the files: one for each file, below it its statements. */
export class BudgetTestList implements vscode.Disposable {
  readonly #tests = new WeakMap<vscode.TestItem, BudgetTest>();
  readonly #typing = new Map<string, NodeJS.Timeout>();
  /** Counts the readings of each file, so that a late answer is dropped. */
  readonly #readings = new Map<string, number>();
  readonly #listeners: vscode.Disposable;

  constructor(
    private readonly controller: vscode.TestController,
    private readonly server: ServerApi,
  ) {
    const watcher = vscode.workspace.createFileSystemWatcher('**/*.sql');
    this.#listeners = vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(uri => this.#readFile(uri)),
      watcher.onDidChange(uri => this.#readFile(uri)),
      watcher.onDidDelete(uri => this.#forget(uri)),
      vscode.workspace.onDidOpenTextDocument(document => this.#readSoon(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#readSoon(document, TYPING_MS)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#readFile(uri)),
    );
    for (const document of vscode.workspace.textDocuments) this.#readSoon(document, 0);
  }

  testOf(item: vscode.TestItem): BudgetTest | undefined {
    return this.#tests.get(item);
  }

  /** Looks for budgets in all SQL files of the workspace. */
  async readAll(): Promise<void> {
    for (const uri of await vscode.workspace.findFiles('**/*.sql', undefined, MOST_FILES)) await this.#readFile(uri);
  }

  dispose(): void {
    this.#listeners.dispose();
    for (const timer of this.#typing.values()) clearTimeout(timer);
  }

  #readSoon(document: vscode.TextDocument, delayMs: number): void {
    if (!isChecked(document) || document.uri.scheme !== 'file') return;
    const key = document.uri.toString();
    clearTimeout(this.#typing.get(key));
    this.#typing.set(
      key,
      setTimeout(() => {
        this.#typing.delete(key);
        void this.#show(document.uri, document.getText(), {});
      }, delayMs),
    );
  }

  async #readFile(uri: vscode.Uri): Promise<void> {
    const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
    if (open && !open.isClosed) return this.#readSoon(open, 0);
    try {
      const { size } = await vscode.workspace.fs.stat(uri);
      if (size > LARGEST_BYTES) return;
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      await this.#show(uri, text, { text, languageId: 'sql' });
    } catch {
      this.#forget(uri);
    }
  }

  #forget(uri: vscode.Uri): void {
    this.#readings.delete(uri.toString());
    this.controller.items.delete(uri.toString());
  }

  async #show(uri: vscode.Uri, text: string, closed: Omit<BudgetFile, 'uri'>): Promise<void> {
    const key = uri.toString();
    const reading = (this.#readings.get(key) ?? 0) + 1;
    this.#readings.set(key, reading);
    if (!text.includes(MARKER)) {
      this.controller.items.delete(key);
      return;
    }
    const budgets = await this.server.request('queryTuner/budget/list', { uri: key, ...closed });
    if (this.#readings.get(key) !== reading) return;
    if (budgets.length === 0) {
      this.controller.items.delete(key);
      return;
    }
    const parent = this.controller.items.get(key) ?? this.controller.createTestItem(key, nameOf(uri), uri);
    this.controller.items.add(parent);
    parent.children.replace(
      budgets.map(budget => {
        const id = `${key}#${budget.id}`;
        const label = budget.statement.title;
        const item = parent.children.get(id) ?? this.controller.createTestItem(id, label, uri);
        item.label = label;
        item.range = rangeOf(budget.statement.span);
        item.sortText = String(budget.span.start.line).padStart(8, '0');
        this.#tests.set(item, { file: { uri, ...closed }, budget });
        return item;
      }),
    );
  }
}

function nameOf(uri: vscode.Uri): string {
  return vscode.workspace.asRelativePath(uri);
}

export function rangeOf({ start, end }: TextSpan): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { SavedPlanReader, SavedPlanReading, SavedPlanSource } from '../../protocol/savedPlan';
import { messageOf } from '../feedback';
import type { SavedPlanTexts } from './savedPlanTexts';
import { SavedPlanThread } from './savedPlanThread';

/** Written files change several times in a row; the last change counts. */
const SETTLE_MS = 100;
/** Other than a file, what is read here is in memory at once. */
const MOST_BYTES = 50_000_000;

/** What there is to show of a document. */
export type SavedPlanState =
  | { readonly kind: 'reading' }
  | { readonly kind: 'read'; readonly reading: SavedPlanReading }
  | { readonly kind: 'failed'; readonly reason: string };

/** A file with saved plans, or a text that is in no file; read again when it changes on disk. */
export class SavedPlanDocument implements vscode.CustomDocument {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly name: string;
  readonly #watcher: vscode.FileSystemWatcher | undefined;
  #thread: SavedPlanThread;
  #settling: NodeJS.Timeout | undefined;
  #state: SavedPlanState = { kind: 'reading' };

  constructor(
    readonly uri: vscode.Uri,
    private readonly texts: SavedPlanTexts,
    private readonly program: string,
  ) {
    this.name = path.posix.basename(uri.path);
    this.#thread = new SavedPlanThread(program);
    if (!texts.owns(uri)) {
      // the name itself would be a pattern: app[1].log
      const folder = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), '*');
      this.#watcher = vscode.workspace.createFileSystemWatcher(folder);
      const look = (changed: vscode.Uri): void => {
        if (changed.toString() === uri.toString()) this.#readSoon();
      };
      this.#watcher.onDidChange(look);
      this.#watcher.onDidCreate(look);
      this.#watcher.onDidDelete(look);
    }
    void this.#read();
  }

  get state(): SavedPlanState {
    return this.#state;
  }

  /** Asks about the plans that were read last. */
  ask<K extends Exclude<keyof SavedPlanReader, 'read'>>(
    method: K,
    ...args: Parameters<SavedPlanReader[K]>
  ): Promise<Awaited<ReturnType<SavedPlanReader[K]>>> {
    return this.#thread.ask(method, ...args);
  }

  stopReading(): void {
    if (this.#state.kind === 'reading') this.#thread.stop();
  }

  dispose(): void {
    clearTimeout(this.#settling);
    this.#watcher?.dispose();
    this.#changed.dispose();
    this.#thread.stop();
  }

  #readSoon(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => void this.#read(), SETTLE_MS);
  }

  /** In a new thread: what the old one still works on is of no use any more. */
  async #read(): Promise<void> {
    this.#thread.stop();
    const thread = new SavedPlanThread(this.program);
    this.#thread = thread;
    this.#set({ kind: 'reading' });
    try {
      const reading = await thread.ask('read', await this.#source());
      if (thread === this.#thread) this.#set({ kind: 'read', reading });
    } catch (error) {
      if (thread === this.#thread) this.#set({ kind: 'failed', reason: messageOf(error) });
    }
  }

  #set(state: SavedPlanState): void {
    this.#state = state;
    this.#changed.fire();
  }

  async #source(): Promise<SavedPlanSource> {
    const { name, uri } = this;
    if (uri.scheme === 'file') return { name, file: uri.fsPath };
    if (this.texts.owns(uri)) return { name, bytes: Buffer.from(this.texts.textOf(uri)) };
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MOST_BYTES)
      throw new Error(vscode.l10n.t('It has more than {0} MB. Save it as a file first.', MOST_BYTES / 1_000_000));
    return { name, bytes: await vscode.workspace.fs.readFile(uri) };
  }
}

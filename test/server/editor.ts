import { PassThrough } from 'node:stream';
import type {
  CodeAction,
  Diagnostic,
  InitializeResult,
  PublishDiagnosticsParams,
  Range,
  TextEdit,
} from 'vscode-languageserver';
import {
  createConnection,
  createProtocolConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
  type CancellationToken,
  type ProtocolConnection,
} from 'vscode-languageserver/node';
import { SAVE_MIGRATION, type SaveMigrationParams } from '../../src/protocol/migration';
import { SAVE_PROFILE_RUN, type ProfileRun } from '../../src/protocol/profile';
import type { ProgressParams, ServerRequest, ServerRequests, ServerSettings } from '../../src/protocol/server';
import { createServer } from '../../src/server/server';
import { LineIndex } from '../../src/server/lineIndex';

export const URI = 'file:///query.sql';

/** An editor over in-memory streams: opens, edits and asks as a client does, and waits for what the server sends. */
export class Editor {
  readonly #client: ProtocolConnection;
  readonly #published: PublishDiagnosticsParams[] = [];
  readonly progress: ProgressParams[] = [];
  /** What runs of migrations asked to be kept. */
  readonly saved: SaveMigrationParams[] = [];
  /** The same of tuning profiles. */
  readonly savedProfileRuns: ProfileRun[] = [];
  /** False where nobody keeps either. */
  keeps = true;
  readonly #waiting = new Set<() => void>();
  readonly #documents = new Map<string, { text: string; version: number }>();
  #listeners: (() => void)[] = [];
  capabilities: InitializeResult['capabilities'] = {};

  static async start(settings: ServerSettings = {}): Promise<Editor> {
    const toServer = new PassThrough();
    const toClient = new PassThrough();
    const server = createConnection(
      ProposedFeatures.all,
      new StreamMessageReader(toServer),
      new StreamMessageWriter(toClient),
    );
    createServer(server);
    server.listen();
    const client = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
    const editor = new Editor(client);
    editor.#listeners.push(() => server.dispose());
    client.listen();
    const result: InitializeResult = await client.sendRequest('initialize', {
      processId: null,
      rootUri: null,
      capabilities: {},
      initializationOptions: settings,
    });
    editor.capabilities = result.capabilities;
    await client.sendNotification('initialized', {});
    return editor;
  }

  private constructor(client: ProtocolConnection) {
    this.#client = client;
    client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      this.#published.push(params);
      for (const check of [...this.#waiting]) check();
    });
    client.onRequest(SAVE_MIGRATION, (params: SaveMigrationParams) => {
      if (!this.keeps) throw new Error('nobody keeps it');
      this.saved.push(params);
      return null;
    });
    client.onRequest(SAVE_PROFILE_RUN, (run: ProfileRun) => {
      if (!this.keeps) throw new Error('nobody keeps it');
      this.savedProfileRuns.push(run);
      return null;
    });
    client.onNotification('queryTuner/progress', (params: ProgressParams) => {
      this.progress.push(params);
      for (const check of [...this.#waiting]) check();
    });
  }

  text(uri = URI): string {
    return this.#documents.get(uri)?.text ?? '';
  }

  /** How often diagnostics were sent. */
  get publications(): readonly PublishDiagnosticsParams[] {
    return this.#published;
  }

  async open(text: string, uri = URI): Promise<Diagnostic[]> {
    this.#documents.set(uri, { text, version: 1 });
    await this.#client.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'sql', version: 1, text },
    });
    return this.diagnostics(uri);
  }

  /** Replaces the first occurrence of `old`; sent as an incremental edit. */
  async replace(old: string, replacement: string, uri = URI): Promise<void> {
    const { text } = this.#document(uri);
    const start = text.indexOf(old);
    if (start < 0) throw new Error(`"${old}" is not in the text`);
    await this.edit(
      [{ range: new LineIndex(text).rangeOf({ start, end: start + old.length }), newText: replacement }],
      uri,
    );
  }

  async edit(edits: readonly TextEdit[], uri = URI): Promise<void> {
    const document = this.#document(uri);
    const lines = new LineIndex(document.text);
    const backwards = [...edits].sort((a, b) => lines.offsetAt(b.range.start) - lines.offsetAt(a.range.start));
    for (const { range, newText } of backwards) {
      const start = lines.offsetAt(range.start);
      document.text = document.text.slice(0, start) + newText + document.text.slice(lines.offsetAt(range.end));
    }
    document.version++;
    await this.#client.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: document.version },
      contentChanges: backwards.map(({ range, newText }) => ({ range, text: newText })),
    });
  }

  async close(uri = URI): Promise<void> {
    await this.#client.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** The diagnostics of the newest version, once the server has sent them. */
  async diagnostics(uri = URI): Promise<Diagnostic[]> {
    const { version } = this.#document(uri);
    const newest = (): PublishDiagnosticsParams | undefined =>
      this.#published.findLast(sent => sent.uri === uri && sent.version === version);
    return (await this.until(newest)).diagnostics;
  }

  /** Waits, message by message, until something is there. */
  until<T>(find: () => T | undefined): Promise<T> {
    return new Promise(resolve => {
      const check = (): void => {
        const found = find();
        if (found === undefined) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  ask<T>(method: string, params: object, uri = URI): Promise<T> {
    return this.#client.sendRequest(method, { textDocument: { uri }, ...params });
  }

  request<R extends ServerRequest>(
    request: R,
    params: ServerRequests[R]['params'],
    token?: CancellationToken,
  ): Promise<ServerRequests[R]['result']> {
    return this.#client.sendRequest(request, params, token);
  }

  notify(method: string, params: object): Promise<void> {
    return this.#client.sendNotification(method, params);
  }

  codeActions(range: Range, diagnostics: readonly Diagnostic[] = []): Promise<CodeAction[]> {
    return this.ask('textDocument/codeAction', { range, context: { diagnostics } });
  }

  /** The text a diagnostic underlines. */
  underlined({ range }: { range: Range }, uri = URI): string {
    const lines = new LineIndex(this.text(uri));
    return this.text(uri).slice(lines.offsetAt(range.start), lines.offsetAt(range.end));
  }

  async dispose(): Promise<void> {
    await this.#client.sendRequest('shutdown');
    this.#client.dispose();
    for (const dispose of this.#listeners) dispose();
  }

  #document(uri: string): { text: string; version: number } {
    const document = this.#documents.get(uri);
    if (!document) throw new Error(`${uri} is not open`);
    return document;
  }
}

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { StartedOnce } from '../core/base/startedOnce';
import type {
  ProgressParams,
  ServerNotifications,
  ServerRequest,
  ServerRequests,
  ServerSettings,
} from '../protocol/server';
import { checkedLanguages } from './checkedLanguages';
import { ConfigurationProblems } from './configurationProblems';
import { Keepers, SAVE_REQUESTS, type Keeper, type Saved, type SaveRequest } from './keepers';
import { MIGRATION_SCHEME } from './migration/migrationScheme';
import { REWRITE_SCHEME } from './rewrites/rewriteScheme';
import { isPasswordRefused, withNextStep } from './serverFailures';

/** The language server, with its own requests typed. */
export class ServerApi implements vscode.Disposable {
  readonly #extensionPath: string;
  readonly #configurationProblems = new ConfigurationProblems(() => this.#current);
  readonly #progress = new vscode.EventEmitter<ProgressParams>();
  readonly #restarted = new vscode.EventEmitter<void>();
  /** The language server ended and was started again: it knows nothing of what was open. */
  readonly onDidRestart = this.#restarted.event;
  readonly #passwordRefused = new vscode.EventEmitter<string>();
  /** The id of a connection whose password the database no longer takes. */
  readonly onDidRefusePassword = this.#passwordRefused.event;
  readonly #client = new StartedOnce<LanguageClient>();
  #current: LanguageClient | undefined;
  /** Of a client that did not start: the next one writes on below what it said. */
  #output: vscode.OutputChannel | undefined;
  readonly #keepers = new Keepers();

  constructor(extensionPath: string) {
    this.#extensionPath = extensionPath;
  }

  /** Ends when the server answers; every request waits for that. */
  async start(): Promise<void> {
    await this.#ready();
  }

  async request<Method extends ServerRequest>(
    method: Method,
    params: ServerRequests[Method]['params'],
    token?: vscode.CancellationToken,
  ): Promise<ServerRequests[Method]['result']> {
    const client = await this.#ready();
    try {
      // an absent token must not be passed on: it would count as a second parameter
      return await (token ? client.sendRequest(method, params, token) : client.sendRequest(method, params));
    } catch (error) {
      if (isPasswordRefused(error) && 'connectionId' in params) this.#passwordRefused.fire(params.connectionId);
      throw withNextStep(error);
    }
  }

  async notify<Method extends keyof ServerNotifications>(
    method: Method,
    params: ServerNotifications[Method],
  ): Promise<void> {
    await (await this.#ready()).sendNotification(method, params);
  }

  /** Tells the server what the settings and the workspace's trust are now. */
  async sendSettings(): Promise<void> {
    const client = await this.#ready();
    await client.sendNotification('workspace/didChangeConfiguration', {
      settings: { queryTuner: readServerSettings() },
    });
  }

  /** Hears of the progress of one request until disposed. */
  onProgress(progressToken: string, listener: (event: ProgressParams) => void): vscode.Disposable {
    return this.#progress.event(event => {
      if (event.token === progressToken) listener(event);
    });
  }

  /** The server waits for the keeper before it goes on, and stops where there is none. */
  onSave<Request extends SaveRequest>(request: Request, keep: Keeper<Request>): vscode.Disposable {
    this.#keepers.set(request, keep);
    return new vscode.Disposable(() => this.#keepers.delete(request));
  }

  /** Ends when the server has cancelled what it does on databases and cleaned up, or had its time for it. */
  async stop(): Promise<void> {
    await this.#client.started?.then(client => client.dispose()).catch(() => undefined);
  }

  dispose(): void {
    this.#progress.dispose();
    this.#restarted.dispose();
    this.#passwordRefused.dispose();
    this.#configurationProblems.dispose();
    this.#output?.dispose();
    void this.stop();
  }

  #ready(): Promise<LanguageClient> {
    return this.#client.get(() => this.#makeClient());
  }

  async #makeClient(): Promise<LanguageClient> {
    const { LanguageClient, State, TransportKind } = await import('./languageClient');
    const pages = path.join(this.#extensionPath, 'media');
    const server = { module: path.join(this.#extensionPath, 'dist', 'server.js'), transport: TransportKind.ipc };
    const client = new LanguageClient(
      'queryTuner',
      'Query Tuner',
      { run: server, debug: server },
      {
        // the output of EXPLAIN is not checked, but told about
        documentSelector: [...checkedLanguages(), 'postgresql-plan'].map(language => ({ language })),
        ...(this.#output && { outputChannel: this.#output }),
        // asked again when the server is started again
        initializationOptions: readServerSettings,
        middleware: {
          // our own pages show what each rule flags, our migrations have lenses of their own, rewrites are only shown
          didOpen: async (document, next) => {
            const isOurs =
              isWithin(pages, document.uri) || [MIGRATION_SCHEME, REWRITE_SCHEME].includes(document.uri.scheme);
            if (!isOurs) await next(document);
          },
          handleDiagnostics: (uri, diagnostics, next) => next(uri, this.#configurationProblems.pass(uri, diagnostics)),
        },
        synchronize: {
          fileEvents: ['**/.query-tuner.json', '**/*.sql'].map(glob => vscode.workspace.createFileSystemWatcher(glob)),
        },
      },
    );
    this.#current = client;
    client.onNotification('queryTuner/progress', (event: ProgressParams) => this.#progress.fire(event));
    for (const request of SAVE_REQUESTS) {
      client.onRequest(request, (saved: Saved[typeof request]) => this.#keepers.keep(request, saved));
    }
    try {
      await client.start();
    } catch (error) {
      this.#output = client.outputChannel;
      throw error;
    }
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) this.#restarted.fire();
    });
    return client;
  }
}

function isWithin(folder: string, uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && uri.fsPath.startsWith(folder + path.sep);
}

/** What the code beside a diagnostic opens: our own command, with the rule's id. */
const RULE_PAGE_ADDRESS = `command:queryTuner.rule.show?${encodeURIComponent('["')}{rule}${encodeURIComponent('"]')}`;

function readServerSettings(): ServerSettings {
  const settings = vscode.workspace.getConfiguration('queryTuner');
  return {
    severities: settings.get('lint.severities', {}),
    codeLenses: settings.get('editor.codeLenses', true),
    inlayHints: settings.get('editor.inlayHints', false),
    rulePages: RULE_PAGE_ADDRESS,
    trusted: vscode.workspace.isTrusted,
  };
}

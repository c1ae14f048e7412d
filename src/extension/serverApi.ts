import * as path from 'node:path';
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { SAVE_MIGRATION, type SaveMigrationParams } from '../protocol/migration';
import type {
  ProgressParams,
  ServerNotifications,
  ServerRequest,
  ServerRequests,
  ServerSettings,
} from '../protocol/server';
import { checkedLanguages } from './checkedLanguages';
import { ConfigurationProblems } from './configurationProblems';
import { MIGRATION_SCHEME } from './migration/migrationScheme';
import { REWRITE_SCHEME } from './rewrites/rewriteScheme';

/** The language server, with its own requests typed. */
export class ServerApi implements vscode.Disposable {
  readonly #client: LanguageClient;
  readonly #configurationProblems = new ConfigurationProblems(() => this.#client);
  readonly #progress = new vscode.EventEmitter<ProgressParams>();

  constructor(extensionPath: string) {
    const pages = path.join(extensionPath, 'media');
    const server = { module: path.join(extensionPath, 'dist', 'server.js'), transport: TransportKind.ipc };
    this.#client = new LanguageClient(
      'queryTuner',
      'Query Tuner',
      { run: server, debug: server },
      {
        // the output of EXPLAIN is not checked, but told about
        documentSelector: [...checkedLanguages(), 'postgresql-plan'].map(language => ({ language })),
        initializationOptions: readServerSettings(),
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
    this.#client.onNotification('queryTuner/progress', (event: ProgressParams) => this.#progress.fire(event));
  }

  start(): Promise<void> {
    return this.#client.start();
  }

  request<Method extends ServerRequest>(
    method: Method,
    params: ServerRequests[Method]['params'],
    token?: vscode.CancellationToken,
  ): Promise<ServerRequests[Method]['result']> {
    // an absent token must not be passed on: it would count as a second parameter
    return token ? this.#client.sendRequest(method, params, token) : this.#client.sendRequest(method, params);
  }

  notify<Method extends keyof ServerNotifications>(method: Method, params: ServerNotifications[Method]): Promise<void> {
    return this.#client.sendNotification(method, params);
  }

  /** Tells the server what the settings and the workspace's trust are now. */
  sendSettings(): Promise<void> {
    return this.#client.sendNotification('workspace/didChangeConfiguration', {
      settings: { queryTuner: readServerSettings() },
    });
  }

  /** Hears of the progress of one request until disposed. */
  onProgress(progressToken: string, listener: (event: ProgressParams) => void): vscode.Disposable {
    return this.#progress.event(event => {
      if (event.token === progressToken) listener(event);
    });
  }

  /** A run of a migration goes on only once its state is kept: the server waits for the handler. */
  onSaveMigration(keep: (params: SaveMigrationParams) => Promise<void>): vscode.Disposable {
    return this.#client.onRequest(SAVE_MIGRATION, async (params: SaveMigrationParams) => {
      await keep(params);
      return null;
    });
  }

  dispose(): void {
    this.#progress.dispose();
    this.#configurationProblems.dispose();
    void this.#client.dispose().catch(() => undefined);
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

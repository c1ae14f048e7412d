import { fileURLToPath } from 'node:url';
import type {
  CancellationToken,
  Connection,
  Diagnostic,
  DidChangeWorkspaceFoldersParams,
  InitializeResult,
} from 'vscode-languageserver';
import {
  CodeLensRefreshRequest,
  ErrorCodes,
  InlayHintRefreshRequest,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import { CancelledError } from '../core/base/cancelSignal';
import { DatabaseError } from '../core/ports';
import type { Finding } from '../core/rules/finding';
import { lintStatement, ScriptLinter } from '../core/rules/linter';
import type { LintOptions } from '../core/rules/linter';
import { ScriptFindings } from '../core/rules/scriptFindings';
import { rangeContains, rangesOverlap } from '../core/base/sourceRange';
import type { SourceRange } from '../core/base/sourceRange';
import { loadGrammar, type Grammar } from '../core/sql/grammar';
import { parseStatement } from '../core/sql/parseStatement';
import type { Catalog } from '../core/catalog/catalog';
import { mergeCatalogs } from '../core/catalog/mergeCatalogs';
import { CONFIGURATION_FILE } from '../core/configuration/configuration';
import { ConfigurationFiles } from '../workspace/configurationFiles';
import type {
  ClientNotifications,
  FailureData,
  ServerNotifications,
  ServerRequest,
  ServerRequests,
  ServerSettings,
} from '../protocol/server';
import { AdviceService } from './adviceService';
import { ChangedSinceError, ChangeService } from './changeService';
import { ConfigurationDiagnostics } from './configurationDiagnostics';
import { proposeConnections } from './connectionProposals';
import { toDiagnostics } from './convert';
import { DiagnosticScheduler } from './diagnosticScheduler';
import { ExplainService, type StatementProblem } from './explainService';
import { readFileText } from './features/fileText';
import { FEATURE_CAPABILITIES, registerFeatures } from './features/registerFeatures';
import { TextPlans } from './features/textPlans';
import { describeParameters } from './parameterValues';
import { clearHistory, compareWithFile, compareWithRun, historySize, pinRun } from './planHistory';
import { ScriptDocument } from './scriptDocument';
import { SchemaFiles } from './schemaFiles';
import { Sessions } from './sessions';
import { describeStatement } from './statementInfo';

/** How long one stretch of work on a large document may keep requests waiting. */
const SLICE_MS = 20;

/** Requests that reach for a database; refused while the workspace is not trusted. */
const NEEDS_TRUST: readonly ServerRequest[] = [
  'queryTuner/advice/run',
  'queryTuner/advice/measure',
  'queryTuner/connections/connect',
  'queryTuner/connections/test',
  'queryTuner/connections/propose',
  'queryTuner/explain/run',
  'queryTuner/explain/suggest',
  'queryTuner/change/apply',
  'queryTuner/change/undo',
];

/**
 * Wires the language server to a connection; the caller then calls `connection.listen()`. `defaults` count where the
 * client says nothing.
 */
export function createServer(connection: Connection, defaults: ServerSettings = {}): void {
  new Server(connection, defaults).register();
}

class Server {
  readonly #connection: Connection;
  readonly #documents = new Map<string, ScriptDocument>();
  readonly #textPlans = new TextPlans();
  readonly #sessions = new Sessions(connectionId => this.#checkDocumentsOf(connectionId));
  readonly #scheduler: DiagnosticScheduler;
  readonly #configurations = new ConfigurationFiles();
  readonly #configurationDiagnostics: ConfigurationDiagnostics;
  #schemaFiles: SchemaFiles | undefined;
  /** Addresses of the workspace's folders. */
  #folders: readonly string[] = [];
  readonly #linters = new WeakMap<ScriptDocument, ScriptLinter>();
  /** Documents whose statements are still being worked on. */
  readonly #unready = new WeakSet<ScriptDocument>();
  readonly #failedRules = new Set<string>();
  #grammar: Grammar | undefined;
  #settings: ServerSettings;
  /** What the editor asks for again when told to. */
  #refreshes: readonly (typeof CodeLensRefreshRequest | typeof InlayHintRefreshRequest)[] = [];

  constructor(connection: Connection, defaults: ServerSettings) {
    this.#connection = connection;
    this.#settings = defaults;
    this.#configurationDiagnostics = new ConfigurationDiagnostics(
      this.#configurations,
      (uri, diagnostics) => void connection.sendDiagnostics({ uri, diagnostics }),
    );
    this.#scheduler = new DiagnosticScheduler({
      prepare: document => this.#prepare(document),
      check: document => toDiagnostics(document, this.#lint(document), this.#settings.rulePages),
      publish: (uri, version, diagnostics) => void connection.sendDiagnostics({ uri, version, diagnostics }),
      failed: error =>
        connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    });
  }

  register(): void {
    const connection = this.#connection;
    connection.onInitialize(async params => {
      this.#settings = { ...this.#settings, ...readSettings(params.initializationOptions) };
      const { codeLens, inlayHint } = params.capabilities.workspace ?? {};
      this.#refreshes = [
        ...(codeLens?.refreshSupport ? [CodeLensRefreshRequest] : []),
        ...(inlayHint?.refreshSupport ? [InlayHintRefreshRequest] : []),
      ];
      this.#grammar = await loadGrammar();
      this.#schemaFiles = new SchemaFiles({
        grammar: this.#grammar,
        openDocuments: () => this.#documents.values(),
        rebuilt: () => this.#checkAll(),
        failed: error => connection.console.error(`The schema files cannot be read: ${String(error)}`),
      });
      this.#folders = (params.workspaceFolders ?? []).map(({ uri }) => uri);
      this.#readSchemaFiles();
      return initializeResult();
    });
    connection.onInitialized(() => this.#showConfigurationProblems());
    connection.onShutdown(async () => {
      this.#scheduler.dispose();
      this.#schemaFiles?.dispose();
      await this.#sessions.dispose();
    });
    connection.onDidChangeConfiguration(({ settings }) => {
      this.#settings = {
        ...this.#settings,
        ...readSettings((settings as { queryTuner?: unknown } | null)?.queryTuner),
      };
      this.#checkAll();
      this.#refresh();
    });
    connection.onDidChangeWatchedFiles(({ changes }) => {
      this.#schemaFiles?.filesChanged(changes.map(({ uri }) => uri));
      if (!changes.some(({ uri }) => uri.endsWith(`/${CONFIGURATION_FILE}`))) return;
      this.#configurations.forget();
      this.#showConfigurationProblems();
      this.#readSchemaFiles();
      this.#checkAll();
    });
    connection.onNotification('workspace/didChangeWorkspaceFolders', (change: DidChangeWorkspaceFoldersParams) => {
      const { added, removed } = change.event;
      const gone = new Set(removed.map(({ uri }) => uri));
      this.#folders = [...this.#folders.filter(uri => !gone.has(uri)), ...added.map(({ uri }) => uri)];
      this.#readSchemaFiles();
      this.#showConfigurationProblems();
    });
    this.#registerDocuments();
    this.#registerFeatures();
    this.#registerRequests();
  }

  #registerDocuments(): void {
    const connection = this.#connection;
    connection.onDidOpenTextDocument(({ textDocument }) => {
      if (!this.#grammar || this.#textPlans.open(textDocument)) return;
      const { uri, languageId, version, text } = textDocument;
      const document = new ScriptDocument(uri, version, text, this.#grammar, languageId);
      this.#documents.set(uri, document);
      this.#scheduler.schedule(document, 0);
      this.#showConfigurationProblems();
    });
    connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
      if (this.#textPlans.change(uri, contentChanges, version)) return;
      const document = this.#documents.get(uri);
      if (!document) return;
      document.apply(contentChanges, version);
      this.#schemaFiles?.documentChanged(uri);
      this.#scheduler.schedule(document);
    });
    connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
      if (this.#textPlans.close(uri)) return;
      this.#scheduler.cancel(uri);
      this.#documents.delete(uri);
      void connection.sendDiagnostics({ uri, diagnostics: [] });
      this.#showConfigurationProblems();
    });
  }

  #registerFeatures(): void {
    registerFeatures(this.#connection, {
      document: uri => this.#documents.get(uri),
      textPlans: this.#textPlans,
      catalogOf: document => this.#catalogFor(document),
      findingsIn: (document, range) => this.#findingsIn(document, range),
      allFindings: document => this.#lint(document).all(),
      settings: () => this.#settings,
      grammar: async () => (this.#grammar ??= await loadGrammar()),
      textOf: uri => this.#documents.get(uri)?.text ?? readFileText(uri),
    });
  }

  #registerRequests(): void {
    const grammar = async (): Promise<Grammar> => (this.#grammar ??= await loadGrammar());
    const changes = new ChangeService(this.#sessions, progress => this.#notify('queryTuner/progress', progress));
    const explaining = async (): Promise<ExplainService> => new ExplainService(await grammar(), this.#sessions);

    this.#answer('queryTuner/connections/connect', params => this.#sessions.connect(params));
    this.#answer('queryTuner/connections/test', ({ target }) => this.#sessions.test(target));
    this.#answer('queryTuner/connections/close', async ({ connectionId }) => {
      await this.#sessions.close(connectionId);
      this.#checkDocumentsOf(connectionId);
      return null;
    });
    this.#answer('queryTuner/connections/propose', ({ folders }) => proposeConnections(folders, process.env));
    this.#answer('queryTuner/statement/at', ({ uri, span }) => {
      const document = this.#documents.get(uri);
      const located = document?.statementIn(document.offsetsOf(span));
      return document && located ? describeStatement(document, located, this.#catalogFor(document)) : null;
    });
    this.#answer('queryTuner/statement/parameters', async ({ connectionId, sql }, signal) => {
      const statement = parseStatement(await grammar(), sql);
      const catalog = await this.#sessions.catalog(connectionId, signal);
      return describeParameters(statement, catalog);
    });
    this.#answer('queryTuner/explain/run', async (params, signal) =>
      (await explaining()).explain(params, signal, problem =>
        this.#keepProblem(params.source?.uri, params.sql, problem),
      ),
    );
    this.#answer('queryTuner/explain/suggest', async (params, signal) => (await explaining()).suggest(params, signal));
    this.#answer('queryTuner/plan/compare', compareWithFile);
    this.#answer('queryTuner/history/compare', compareWithRun);
    this.#answer('queryTuner/history/pin', pinRun);
    this.#answer('queryTuner/history/clear', ({ folder, fingerprint }) => clearHistory(folder, fingerprint));
    this.#answer('queryTuner/history/size', ({ folder }) => historySize(folder));
    const advising = async (): Promise<AdviceService> =>
      new AdviceService(await grammar(), this.#sessions, progress => this.#notify('queryTuner/progress', progress));
    this.#answer('queryTuner/advice/run', async (params, signal) => (await advising()).run(params, signal));
    this.#answer('queryTuner/advice/measure', async (params, signal) => (await advising()).measure(params, signal));
    this.#answer('queryTuner/change/apply', (params, signal) => changes.apply(params, signal));
    this.#answer('queryTuner/change/undo', (params, signal) => changes.undo(params, signal));
    this.#connection.onNotification(
      'queryTuner/document/connection',
      ({ uri, connectionId }: ServerNotifications['queryTuner/document/connection']) => {
        const document = this.#documents.get(uri);
        if (!document) return;
        document.connectionId = connectionId ?? undefined;
        this.#scheduler.schedule(document);
        this.#refresh();
      },
    );
  }

  /** Registers a request: cancellation becomes a signal, failures become typed errors. */
  #answer<R extends ServerRequest>(
    request: R,
    answer: (
      params: ServerRequests[R]['params'],
      signal: AbortSignal,
    ) => ServerRequests[R]['result'] | Promise<ServerRequests[R]['result']>,
  ): void {
    this.#connection.onRequest(request, async (params: ServerRequests[R]['params'], ...rest: unknown[]) => {
      // A client that passes "no token" along sends a second, empty parameter; ours always stands last.
      const token = rest.at(-1) as CancellationToken;
      if (this.#settings.trusted === false && NEEDS_TRUST.includes(request)) {
        return failure({ kind: 'permission' }, 'The workspace is not trusted: nothing connects to a database.');
      }
      const abort = new AbortController();
      const listener = token.onCancellationRequested(() => abort.abort());
      if (token.isCancellationRequested) abort.abort();
      try {
        return await answer(params, abort.signal);
      } catch (error) {
        return toResponseError(error);
      } finally {
        listener.dispose();
      }
    });
  }

  #notify<N extends keyof ClientNotifications>(name: N, params: ClientNotifications[N]): void {
    void this.#connection.sendNotification(name, params);
  }

  #showConfigurationProblems(): void {
    const filesOf = (uris: Iterable<string>): string[] => [...uris].flatMap(uri => fileOfUri(uri) ?? []);
    this.#configurationDiagnostics.show(filesOf(this.#documents.keys()), filesOf(this.#folders));
  }

  /** The folders' own ways to name their schema files come from the configuration at their root. */
  #readSchemaFiles(): void {
    this.#schemaFiles?.setFolders(
      this.#folders.map(uri => {
        const folder = fileOfUri(uri);
        const named = folder === undefined ? undefined : this.#configurations.forFolder(folder).schemaFiles;
        return named?.folder === folder && named ? { uri, patterns: named.globs } : { uri };
      }),
    );
  }

  /** What the connection of a document and the schema files around it say, as far as they are read. */
  #catalogFor(document: ScriptDocument): Catalog | undefined {
    const server = this.#sessions.knownCatalog(document.connectionId);
    const files = this.#schemaFiles?.catalogFor(document.uri);
    return server && files ? mergeCatalogs(server, files) : (server ?? files);
  }

  #linterOf(document: ScriptDocument): ScriptLinter {
    const known = this.#linters.get(document);
    if (known) return known;
    const linter = new ScriptLinter(document.script);
    this.#linters.set(document, linter);
    return linter;
  }

  /** Works on the statements of a document for a moment; undefined when all are done. */
  #prepare(document: ScriptDocument): (() => Diagnostic[]) | undefined {
    const options = this.#optionsFor(document);
    const linter = this.#linterOf(document);
    if (!options) return undefined;
    const end = performance.now() + SLICE_MS;
    const done = linter.warm(options, () => performance.now() > end);
    const isReady = done === document.script.statements.length;
    if (isReady) this.#unready.delete(document);
    else this.#unready.add(document);
    if (isReady) return undefined;
    return () => toDiagnostics(document, linter.lintFirst(options, done), this.#settings.rulePages);
  }

  #lint(document: ScriptDocument): ScriptFindings {
    const options = this.#optionsFor(document);
    return options ? this.#linterOf(document).lint(options) : new ScriptFindings([], () => undefined);
  }

  /** Findings that touch a range, without waiting for the rest of a large document. */
  #findingsIn(document: ScriptDocument, range: SourceRange): Finding[] {
    const options = this.#optionsFor(document);
    if (!options) return [];
    if (!this.#unready.has(document)) return this.#linterOf(document).lint(options).touching(range);
    const near = document.script.statements.filter(
      ({ range: own }) => rangesOverlap(own, range) || rangeContains(own, range.start),
    );
    return near.flatMap(located => lintStatement(located, options));
  }

  /** By the settings of the editor and, above them, the configuration files around the document; none if excluded. */
  #optionsFor(document: ScriptDocument): LintOptions | undefined {
    const catalog = this.#catalogFor(document);
    const file = fileOfUri(document.uri);
    const configuration = file === undefined ? undefined : this.#configurations.forFile(file);
    if (file !== undefined && configuration?.isExcluded(file)) return undefined;
    return {
      severities: { ...this.#settings.severities, ...configuration?.severities },
      ruleFailed: this.#ruleFailed,
      isolated: document.isHost,
      ...(configuration && { thresholds: configuration.thresholds }),
      ...(configuration?.serverVersion !== undefined && { serverVersion: configuration.serverVersion }),
      ...(catalog && { catalog }),
    };
  }

  /** One rule that fails takes nothing from the others; each is told once. */
  readonly #ruleFailed = (rule: string, error: unknown): void => {
    if (this.#failedRules.has(rule)) return;
    this.#failedRules.add(rule);
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#connection.console.error(`The rule ${rule} failed: ${reason}`);
  };

  #checkAll(): void {
    for (const document of this.#documents.values()) this.#scheduler.schedule(document);
  }

  #checkDocumentsOf(connectionId: string): void {
    for (const document of this.#documents.values()) {
      if (document.connectionId === connectionId) this.#scheduler.schedule(document);
    }
    this.#refresh();
  }

  /** Lenses and hints follow the settings and the connection; the editor itself only sees the text change. */
  #refresh(): void {
    for (const { type } of this.#refreshes) {
      this.#connection.sendRequest(type).catch((error: unknown) => {
        this.#connection.console.warn(`The editor did not refresh: ${String(error)}`);
      });
    }
  }

  #keepProblem(uri: string | undefined, sql: string, problem: StatementProblem | undefined): void {
    const document = uri === undefined ? undefined : this.#documents.get(uri);
    if (!document) return;
    document.setFailure(
      sql,
      problem && {
        statementText: sql,
        // without a position the first word says which statement it was
        range: problem.range ?? { start: 0, end: /^\w*/.exec(sql)?.[0].length ?? 0 },
        message: problem.error.hint ? `${problem.error.message}\n${problem.error.hint}` : problem.error.message,
        ...(problem.error.sqlState && { sqlState: problem.error.sqlState }),
      },
    );
    this.#scheduler.schedule(document, 0);
  }
}

function initializeResult(): InitializeResult {
  return {
    serverInfo: { name: 'query-tuner' },
    capabilities: {
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      ...FEATURE_CAPABILITIES,
    },
  };
}

/** Takes what it understands; the rest of a client's options is none of our business. */
function readSettings(value: unknown): ServerSettings {
  if (typeof value !== 'object' || value === null) return {};
  const { severities, codeLenses, inlayHints, rulePages, trusted } = value as ServerSettings;
  return {
    ...(typeof severities === 'object' && severities !== null && { severities }),
    ...(typeof codeLenses === 'boolean' && { codeLenses }),
    ...(typeof inlayHints === 'boolean' && { inlayHints }),
    ...(typeof rulePages === 'string' && { rulePages }),
    ...(typeof trusted === 'boolean' && { trusted }),
  };
}

/** Path of a document that is a file; undefined for one that was never saved or lies elsewhere. */
function fileOfUri(uri: string): string | undefined {
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

function toResponseError(error: unknown): ResponseError<FailureData | void> {
  if (error instanceof CancelledError || (error instanceof DatabaseError && error.kind === 'cancelled')) {
    return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
  }
  if (error instanceof ChangedSinceError) return failure({ kind: 'changed' }, error.message);
  if (error instanceof DatabaseError) {
    const { kind, hint, sqlState } = error;
    return failure({ kind, ...(hint && { hint }), ...(sqlState && { sqlState }) }, error.message);
  }
  return new ResponseError(ErrorCodes.InternalError, error instanceof Error ? error.message : String(error));
}

function failure(data: FailureData, message: string): ResponseError<FailureData> {
  return new ResponseError(LSPErrorCodes.RequestFailed, message, data);
}

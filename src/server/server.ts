import type { Connection, DidChangeWorkspaceFoldersParams, InitializeResult } from 'vscode-languageserver';
import { CodeLensRefreshRequest, InlayHintRefreshRequest, TextDocumentSyncKind } from 'vscode-languageserver';
import type { Catalog } from '../core/catalog/catalog';
import { mergeCatalogs } from '../core/catalog/mergeCatalogs';
import { CONFIGURATION_FILE } from '../core/configuration/configuration';
import { loadGrammar, type Grammar } from '../core/sql/grammar';
import { parseStatement } from '../core/sql/parseStatement';
import { SAVE_MIGRATION } from '../protocol/migration';
import { SAVE_PROFILE_RUN } from '../protocol/profile';
import type { ClientNotifications, ServerNotifications, ServerRequest, ServerSettings } from '../protocol/server';
import { ConfigurationFiles } from '../workspace/configurationFiles';
import { AdviceService } from './adviceService';
import { BudgetService } from './budgetService';
import { answerBenchmarks } from './benchmarkService';
import { ChangeService } from './changeService';
import { ConfigurationDiagnostics } from './configurationDiagnostics';
import { proposeConnections } from './connectionProposals';
import { toDiagnostics } from './convert';
import { DiagnosticScheduler } from './diagnosticScheduler';
import { DocumentBudgets } from './documentBudgets';
import { DocumentChecks } from './documentChecks';
import { ExplainService, type StatementProblem } from './explainService';
import { readFileText } from './features/fileText';
import { budgetDiagnostics } from './features/budgetDiagnostics';
import { FEATURE_CAPABILITIES, registerFeatures } from './features/registerFeatures';
import { TextPlans } from './features/textPlans';
import { fileOfUri } from './fileOfUri';
import { firstTree } from './firstTree';
import { HealthService } from './healthService';
import { answerMigrations } from './migrationAnswers';
import { describeParameters } from './parameterValues';
import { listRewrites, RewriteService } from './rewriteService';
import { clearHistory, compareWithFile, compareWithRun, historySize, pinRun } from './planHistory';
import { ProfileService } from './profileService';
import { PlaygroundService } from './playgroundService';
import { answerRequest, type Answer } from './requestAnswers';
import { RunningRequests } from './runningRequests';
import { SchemaFiles } from './schemaFiles';
import { ScriptDocument } from './scriptDocument';
import { Sessions } from './sessions';
import { describeStatement } from './statementInfo';

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
  readonly #playground = new PlaygroundService(progress => this.#notify('queryTuner/progress', progress));
  readonly #running = new RunningRequests();
  readonly #scheduler: DiagnosticScheduler;
  readonly #configurations = new ConfigurationFiles();
  readonly #configurationDiagnostics: ConfigurationDiagnostics;
  #schemaFiles: SchemaFiles | undefined;
  /** Addresses of the workspace's folders. */
  #folders: readonly string[] = [];
  readonly #checks: DocumentChecks;
  readonly #budgets = new DocumentBudgets(document => this.#catalogFor(document));
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
    this.#checks = new DocumentChecks({
      configurations: this.#configurations,
      settings: () => this.#settings,
      catalogFor: document => this.#catalogFor(document),
      ruleFailed: (rule, error) => connection.console.error(`The rule ${rule} failed: ${describeError(error)}`),
    });
    this.#scheduler = new DiagnosticScheduler({
      prepare: document => this.#checks.prepare(document),
      check: document => [
        ...toDiagnostics(document, this.#checks.lint(document), this.#settings.rulePages),
        ...budgetDiagnostics(document, this.#budgets),
      ],
      publish: (uri, version, diagnostics) => void connection.sendDiagnostics({ uri, version, diagnostics }),
      failed: error => connection.console.error(describeError(error)),
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
      await this.#running.stop();
      await this.#sessions.dispose();
      await this.#playground.close();
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
      findingsIn: (document, range) => this.#checks.findingsIn(document, range),
      allFindings: document => this.#checks.lint(document).all(),
      budgets: this.#budgets,
      settings: () => this.#settings,
      grammar: async () => (this.#grammar ??= await loadGrammar()),
      textOf: uri => this.#documents.get(uri)?.text ?? readFileText(uri),
    });
  }

  #registerRequests(): void {
    const isTrusted = (): boolean => this.#settings.trusted !== false;
    const answer = <R extends ServerRequest>(request: R, give: Answer<R>): void =>
      answerRequest(this.#connection, isTrusted, request, give, this.#running);
    const grammar = async (): Promise<Grammar> => (this.#grammar ??= await loadGrammar());
    const changes = new ChangeService(this.#sessions, progress => this.#notify('queryTuner/progress', progress));
    const explaining = async (): Promise<ExplainService> => new ExplainService(await grammar(), this.#sessions);

    answer('queryTuner/connections/connect', params => this.#sessions.connect(params));
    answer('queryTuner/connections/test', ({ target }) => this.#sessions.test(target));
    answer('queryTuner/connections/close', async ({ connectionId }) => {
      await this.#running.stop(connectionId);
      await this.#sessions.close(connectionId);
      this.#checkDocumentsOf(connectionId);
      return null;
    });
    answer('queryTuner/playground/open', params => this.#playground.open(params));
    answer('queryTuner/connections/propose', ({ folders }) => proposeConnections(folders, process.env));
    answer('queryTuner/statement/at', ({ uri, span }) => {
      const document = this.#documents.get(uri);
      const located = document?.statementIn(document.offsetsOf(span));
      return document && located ? describeStatement(document, located, this.#catalogFor(document)) : null;
    });
    answer('queryTuner/statement/parameters', async ({ connectionId, sql }, signal) => {
      const statement = parseStatement(await grammar(), sql);
      const catalog = await this.#sessions.catalog(connectionId, signal);
      return describeParameters(statement, catalog);
    });
    answer('queryTuner/explain/run', async (params, signal) => {
      const outcome = await (
        await explaining()
      ).explain(params, signal, problem => this.#keepProblem(params.source?.uri, params.sql, problem));
      const document = params.source && this.#documents.get(params.source.uri);
      // A trial under other settings says nothing of what the statement costs.
      if (document && !outcome.failed && !params.settings) {
        this.#budgets.remember(document, params.sql, [firstTree(outcome.rawPlan)]);
        this.#budgetsSeen(document);
      }
      return outcome;
    });
    const budgets = new BudgetService({
      budgets: this.#budgets,
      sessions: this.#sessions,
      document: uri => this.#documents.get(uri),
      grammar,
      seen: document => this.#budgetsSeen(document),
    });
    answer('queryTuner/budget/list', params => budgets.list(params));
    answer('queryTuner/budget/check', (params, signal) => budgets.check(params, signal));
    answer('queryTuner/explain/suggest', async (params, signal) => (await explaining()).suggest(params, signal));
    answer('queryTuner/plan/compare', compareWithFile);
    answer('queryTuner/history/compare', compareWithRun);
    answer('queryTuner/history/pin', pinRun);
    answer('queryTuner/history/clear', ({ folder, fingerprint }) => clearHistory(folder, fingerprint));
    answer('queryTuner/history/size', ({ folder }) => historySize(folder));
    const advising = async (): Promise<AdviceService> =>
      new AdviceService(await grammar(), this.#sessions, progress => this.#notify('queryTuner/progress', progress));
    answer('queryTuner/advice/run', async (params, signal) => (await advising()).run(params, signal));
    answer('queryTuner/advice/cost', async (params, signal) => (await advising()).cost(params, signal));
    answer('queryTuner/advice/alternatives', async (params, signal) => (await advising()).alternatives(params, signal));
    answer('queryTuner/advice/measure', async (params, signal) => (await advising()).measure(params, signal));
    answerMigrations(answer, grammar, this.#sessions, {
      tell: progress => this.#notify('queryTuner/progress', progress),
      save: params => this.#connection.sendRequest(SAVE_MIGRATION, params),
    });
    answer('queryTuner/rewrite/list', ({ uri, span }) => {
      const document = this.#documents.get(uri);
      return document ? listRewrites(document, document.offsetsOf(span), this.#catalogFor(document)) : null;
    });
    answer('queryTuner/rewrite/verify', async (params, signal) =>
      new RewriteService(await grammar(), this.#sessions, progress =>
        this.#notify('queryTuner/progress', progress),
      ).verify(params, signal),
    );
    answerBenchmarks(answer, {
      sessions: this.#sessions,
      grammar,
      document: uri => this.#documents.get(uri),
      tell: progress => this.#notify('queryTuner/progress', progress),
    });
    const health = new HealthService(
      this.#sessions,
      folder => (folder === undefined ? {} : this.#configurations.forFolder(folder).health),
      progress => this.#notify('queryTuner/progress', progress),
    );
    health.register(answer);
    const profiles = new ProfileService(this.#sessions, {
      ownProfiles: folder => (folder === undefined ? [] : this.#configurations.forFolder(folder).profiles),
      tell: progress => this.#notify('queryTuner/progress', progress),
      save: run => this.#connection.sendRequest(SAVE_PROFILE_RUN, run),
    });
    answer('queryTuner/profile/review', params => profiles.review(params));
    answer('queryTuner/profile/script', params => profiles.script(params));
    answer('queryTuner/profile/apply', (params, signal) => profiles.apply(params, signal));
    answer('queryTuner/profile/undo', params => profiles.undo(params));
    answer('queryTuner/profile/try', async (params, signal) => profiles.try(params, await grammar(), signal));
    answer('queryTuner/change/apply', (params, signal) => changes.apply(params, signal));
    answer('queryTuner/change/undo', (params, signal) => changes.undo(params, signal));
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

  /** Only where there is a budget does anything look different. */
  #budgetsSeen(document: ScriptDocument): void {
    if (this.#budgets.of(document).budgets.length === 0 || this.#documents.get(document.uri) !== document) return;
    this.#scheduler.schedule(document, 0);
    this.#refresh();
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

/** With where it happened, for the log. */
function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

import * as vscode from 'vscode';
import type { BenchmarkParams } from '../../protocol/benchmark';
import type { StatementInfo, TextSpan } from '../../protocol/server';
import { connectionForFile } from '../commands/manageConnections';
import { askParameters } from '../commands/parameterPrompt';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import type { Connections } from '../connections/connections';
import { requireTrust } from '../feedback';
import { registerCommand } from '../registerCommand';
import type { ServerApi } from '../serverApi';
import { askLoad, type Load } from './askLoad';
import { BenchmarkStore, type KeptBenchmark } from './benchmarkStore';
import { BenchmarkTexts } from './benchmarkTexts';

/** Runs that are not counted, so that caches are warm: seconds. */
const WARM_UP_SECONDS = 2;

/** What is to be measured. */
interface Subject {
  readonly uri: vscode.Uri;
  readonly title: string;
  readonly statements: readonly StatementInfo[];
  readonly notes: readonly string[];
}

/** Benchmark Statement, Benchmark File, and the results there are. */
export function registerBenchmarks(
  context: vscode.ExtensionContext,
  server: ServerApi,
  connections: Connections,
): vscode.Disposable {
  const benchmarks = new Benchmarks(context.workspaceState, server, connections);
  return vscode.Disposable.from(
    benchmarks,
    registerCommand('queryTuner.benchmark.statement', (uri?: unknown, span?: TextSpan) =>
      // from the palette there is no place, and a menu of the editor gives its own
      typeof uri === 'string' && span ? benchmarks.statement(uri, span) : benchmarks.statement(),
    ),
    registerCommand('queryTuner.benchmark.file', () => benchmarks.file()),
    registerCommand('queryTuner.benchmark.results', () => benchmarks.results()),
    registerCommand('queryTuner.benchmark.compare', () => benchmarks.compare()),
  );
}

class Benchmarks implements vscode.Disposable {
  readonly #store: BenchmarkStore;
  readonly #texts = new BenchmarkTexts();
  #runs = 0;

  constructor(
    private readonly memory: vscode.Memento,
    private readonly server: ServerApi,
    private readonly connections: Connections,
  ) {
    this.#store = new BenchmarkStore(memory);
  }

  /** The statement of a lens, or the one at the cursor. */
  async statement(lensUri?: string, lensSpan?: TextSpan): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const uri = lensUri ?? editor?.document.uri.toString();
    const span = lensSpan ?? (editor && spanOf(editor.selection));
    if (!requireTrust()) return;
    const found = uri !== undefined && span && (await this.server.request('queryTuner/statement/at', { uri, span }));
    if (!found)
      throw new Error(vscode.l10n.t('There is no statement here. Open a SQL file and put the cursor into one.'));
    if (found.syntaxError) throw new Error(vscode.l10n.t('The statement cannot be measured: {0}.', found.syntaxError));
    await this.#measure({ uri: vscode.Uri.parse(uri), title: found.title, statements: [found], notes: [] });
  }

  async file(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (!requireTrust()) return;
    if (!document) throw new Error(vscode.l10n.t('Open a SQL file first.'));
    const { statements, notes } = await this.server.request('queryTuner/benchmark/statements', {
      uri: document.uri.toString(),
    });
    const title = document.uri.path.split('/').at(-1) ?? 'file';
    if (statements.length === 0) throw new Error(vscode.l10n.t('{0} has no query that could be measured.', title));
    await this.#measure({ uri: document.uri, title, statements, notes });
  }

  /** One of the results there are. */
  async results(): Promise<void> {
    const kept = await this.#pick(vscode.l10n.t('Show which benchmark?'), this.#store.all(), { forget: true });
    if (kept) await this.#show(kept);
  }

  /** Two of them, one below the other. */
  async compare(): Promise<void> {
    const all = this.#store.all();
    if (all.length < 2) throw new Error(vscode.l10n.t('There are not yet two benchmarks to compare.'));
    const after = await this.#pick(vscode.l10n.t('Compare which benchmark…'), all);
    if (!after) return;
    const before = await this.#pick(
      vscode.l10n.t('… with which earlier one?'),
      all.filter(kept => kept !== after),
    );
    if (before) await this.#show(after, before);
  }

  dispose(): void {
    this.#texts.dispose();
  }

  async #measure(subject: Subject): Promise<void> {
    const entry = await connectionForFile(this.connections, this.server, subject.uri);
    if (!entry) return;
    await this.connections.ensureOpen(entry);
    const statements = await this.#withValues(entry, subject.statements);
    if (!statements) return;
    const load = await askLoad(this.memory);
    if (!load || !(await confirm(entry, subject, load))) return;
    const { title, notes } = subject;
    const about = { connectionId: entry.name, title, statements, notes, ...load, warmUpSeconds: WARM_UP_SECONDS };
    const kept = { connection: entry.name, result: await this.#run(entry, about) };
    const before = this.#store.lastLike(kept);
    await this.#store.add(kept);
    await this.#show(kept, before);
  }

  async #run(entry: ConnectionEntry, about: Omit<BenchmarkParams, 'progressToken'>): Promise<KeptBenchmark['result']> {
    const progressToken = `benchmark-${++this.#runs}`;
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Benchmark on {0}', entry.name),
      cancellable: true,
    };
    return vscode.window.withProgress(options, async (progress, token) => {
      let told = 0;
      const listener = this.server.onProgress(progressToken, ({ text, fraction = 0 }) => {
        progress.report({ message: text, increment: 100 * Math.max(0, fraction - told) });
        told = Math.max(told, fraction);
      });
      try {
        return await this.server.request('queryTuner/benchmark/run', { ...about, progressToken }, token);
      } catch (error) {
        throw token.isCancellationRequested ? new vscode.CancellationError() : error;
      } finally {
        listener.dispose();
      }
    });
  }

  /** Each statement with the values of its parameters. Undefined if the user gives up. */
  async #withValues(
    entry: ConnectionEntry,
    statements: readonly StatementInfo[],
  ): Promise<BenchmarkParams['statements'] | undefined> {
    const ready: BenchmarkParams['statements'][number][] = [];
    for (const statement of statements) {
      const { sql, title } = statement;
      if (statement.parameters.length === 0) {
        ready.push({ sql, title });
        continue;
      }
      const infos = await this.server.request('queryTuner/statement/parameters', { connectionId: entry.name, sql });
      const parameters = await askParameters(statement, infos, true, this.memory);
      if (parameters === undefined || parameters === 'generic') return undefined;
      ready.push({ sql, title, parameters });
    }
    return ready;
  }

  async #show({ result }: KeptBenchmark, before?: KeptBenchmark): Promise<void> {
    const { markdown } = await this.server.request('queryTuner/benchmark/describe', {
      result,
      ...(before && { before: before.result }),
    });
    await this.#texts.show(result.title, markdown);
  }

  async #pick(
    title: string,
    all: readonly KeptBenchmark[],
    { forget = false } = {},
  ): Promise<KeptBenchmark | undefined> {
    if (all.length === 0)
      throw new Error(vscode.l10n.t('Nothing was measured yet: run "Benchmark Statement" or "Benchmark File".'));
    const items: (vscode.QuickPickItem & { kept?: KeptBenchmark })[] = [
      ...all.map(kept => ({
        label: kept.result.title,
        description: vscode.l10n.t('{0} a second, {1} at once', Math.round(kept.result.tps), kept.result.clients),
        detail: `${new Date(kept.result.at).toLocaleString()}, ${kept.connection}, PostgreSQL ${kept.result.server}`,
        kept,
      })),
      ...(forget ? [{ label: '$(trash) Forget all results' }] : []),
    ];
    const picked = await vscode.window.showQuickPick(items, { title, matchOnDetail: true, ignoreFocusOut: true });
    if (picked && !picked.kept) await this.#store.clear();
    return picked?.kept;
  }
}

function spanOf({ start, end }: vscode.Selection): TextSpan {
  const plain = ({ line, character }: vscode.Position): TextSpan['start'] => ({ line, character });
  return { start: plain(start), end: plain(end) };
}

/** Asks before load is put on production, and before something is written again and again. */
async function confirm(entry: ConnectionEntry, { statements }: Subject, { seconds, clients }: Load): Promise<boolean> {
  const isProduction = roleOf(entry) === 'production';
  const effects = [...new Set(statements.flatMap(statement => statement.effects))];
  const writes = statements.some(statement => statement.writes);
  if (!isProduction && !writes && effects.length === 0) return true;
  const detail = [
    `${clients === 1 ? 'One connection runs' : `${clients} connections run`} ` +
      `${statements.length === 1 ? 'the statement' : `${statements.length} statements`} again and again for ` +
      `${seconds + WARM_UP_SECONDS} s, as fast as the server can.`,
    ...(writes
      ? [
          'It writes: every run is rolled back and holds its locks meanwhile. What was written stays in the tables as ' +
            'dead rows until VACUUM.',
        ]
      : []),
    ...(effects.length > 0 ? [vscode.l10n.t('A rollback does not undo: {0}.', effects.join('; '))] : []),
  ].join('\n\n');
  const where = isProduction ? vscode.l10n.t('the production database {0}', entry.name) : entry.name;
  const options = { modal: true, detail };
  return (
    (await vscode.window.showWarningMessage(
      vscode.l10n.t('Benchmark on {0}?', where),
      options,
      vscode.l10n.t('Run'),
    )) === vscode.l10n.t('Run')
  );
}

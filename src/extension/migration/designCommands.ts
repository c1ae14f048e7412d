import * as vscode from 'vscode';
import { formatBytes, formatCount } from '../../core/base/units';
import type { PartitionAdviceView, TableChoice, ViewAdviceView } from '../../protocol/migration';
import type { RawPlan } from '../../protocol/server';
import { connectionForFile } from '../commands/manageConnections';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import type { Connections } from '../connections/connections';
import { whatIfMethod } from '../connections/whatIfMethod';
import { requireTrust } from '../feedback';
import type { ServerApi } from '../serverApi';
import type { MigrationController } from './migrationController';

/** A plan that was run, and where. */
export interface MeasuredPlan {
  readonly connection: ConnectionEntry;
  readonly rawPlan: RawPlan;
}

/** What the user must know before it is tried. */
const TRIAL = vscode.l10n.t(
  'Statistics are created and ANALYZE is run in a transaction that is rolled back. ANALYZE takes a SHARE UPDATE EXCLUSIVE lock (reads and writes go on, VACUUM and DDL wait), reads a sample of the table and writes WAL. The row count that it finds stays.',
);

/** "Partition Table..." and "Advise Materialized Views": the advice with its figures, and then the migration. */
export class DesignCommands {
  constructor(
    private readonly server: ServerApi,
    private readonly connections: Connections,
    private readonly controller: MigrationController,
  ) {}

  async partition(): Promise<void> {
    const connection = await this.#connect();
    if (!connection) return;
    const connectionId = connection.name;
    const tables = await this.server.request('queryTuner/partition/tables', { connectionId });
    const table = await pickTable(tables);
    if (!table) return;
    const { schema, name } = table;
    const view = await withProgress(vscode.l10n.t('Looking at {0}', name), token =>
      this.server.request(
        'queryTuner/partition/advise',
        { connectionId, schema, table: name, workload: workloadOfEditor() },
        token,
      ),
    );
    if (!view.plan) {
      await tell(vscode.l10n.t('There is no migration to offer for {0}.', name), [...view.reasons, ...view.refusals]);
      return;
    }
    if (!view.isAdvised && !(await insists(name, view))) return;
    await this.controller.open({ connection: connectionId, plan: view.plan, header: headerOf(name, view) });
  }

  async materializedViews(): Promise<void> {
    if (vscode.window.activeTextEditor?.document.languageId !== 'sql') {
      throw new Error(vscode.l10n.t('Open a SQL file: its statements are the workload.'));
    }
    const connection = await this.#connect();
    if (!connection) return;
    const progressToken = `views-${++progressTokens}`;
    const { views, refusals } = await withProgress(
      vscode.l10n.t('Looking for repeated aggregations on {0}', connection.name),
      token =>
        this.server.request(
          'queryTuner/materializedView/advise',
          {
            connectionId: connection.name,
            workload: workloadOfEditor(),
            whatIf: whatIfMethod(connection),
            progressToken,
          },
          token,
        ),
    );
    const reasons = refusals.map(({ places, reason }) => `${places}: ${reason}`);
    const view = views.length > 1 ? await pickView(views) : views[0];
    if (!view) {
      if (views.length === 0) await tell(vscode.l10n.t('No materialized view is worth having for this file.'), reasons);
      return;
    }
    const header = [view.evidence, view.staleness, ...reasons.map(reason => vscode.l10n.t('No view for {0}', reason))];
    await this.controller.open({ connection: connection.name, plan: view.plan, header, footer: view.rewritten });
  }

  /** Tries statistics for the wrong estimates of a plan, after saying what that does. */
  async statistics({ connection, rawPlan }: MeasuredPlan): Promise<void> {
    if (!requireTrust()) return;
    const production = roleOf(connection) === 'production';
    const where = production ? vscode.l10n.t('the production database {0}', connection.name) : connection.name;
    const options = { modal: true, detail: TRIAL };
    const answer = await vscode.window.showWarningMessage(
      vscode.l10n.t('Try statistics on {0}?', where),
      options,
      vscode.l10n.t('Try'),
    );
    if (answer !== vscode.l10n.t('Try')) return;
    await this.connections.ensureOpen(connection);
    const progressToken = `statistics-${++progressTokens}`;
    const { trials, refusals, migration } = await withProgress(
      vscode.l10n.t('Trying statistics on {0}', connection.name),
      token =>
        this.server.request(
          'queryTuner/statistics/try',
          { connectionId: connection.name, plan: rawPlan, progressToken },
          token,
        ),
    );
    const verdicts = [
      ...trials.map(({ verdict }) => sentence(verdict)),
      ...refusals.map(({ node, reason }) => sentence(`${node}: ${reason}`)),
    ];
    if (migration) await this.controller.open({ connection: connection.name, plan: migration, header: verdicts });
    else if (verdicts.length > 0) await tell(vscode.l10n.t('No statistics would help this plan.'), verdicts);
    else await tell(vscode.l10n.t('No estimate of this plan is wrong enough to matter.'), []);
  }

  async #connect(): Promise<ConnectionEntry | undefined> {
    if (!requireTrust()) return undefined;
    const uri = vscode.window.activeTextEditor?.document.uri;
    const connection = await connectionForFile(this.connections, this.server, uri);
    if (!connection) return undefined;
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Connecting to {0}', connection.name) },
      () => this.connections.ensureOpen(connection),
    );
    return connection;
  }
}

let progressTokens = 0;

/** The text of the SQL file in front, as a workload. */
function workloadOfEditor(): { name: string; text: string } {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== 'sql') return { name: 'no file', text: '' };
  return { name: document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1), text: document.getText() };
}

/** The table under the cursor comes first. */
async function pickTable(tables: readonly TableChoice[]): Promise<TableChoice | undefined> {
  if (tables.length === 0) throw new Error(vscode.l10n.t('There is no table here that could be partitioned.'));
  const editor = vscode.window.activeTextEditor;
  const range = editor?.document.getWordRangeAtPosition(editor.selection.active);
  const word = range && editor?.document.getText(range).toLowerCase();
  const items = tables.map(table => ({
    label: table.name,
    description: [
      table.schema,
      ...(table.rows === null ? [] : [vscode.l10n.t('{0} rows', formatCount(Math.round(table.rows)))]),
      ...(table.sizeBytes === null ? [] : [formatBytes(table.sizeBytes)]),
      ...(table.name === word ? [vscode.l10n.t('under the cursor')] : []),
    ].join(', '),
    table,
  }));
  items.sort((a, b) => Number(b.table.name === word) - Number(a.table.name === word));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Partition which table?'),
    placeHolder: vscode.l10n.t('What is advised is shown first; nothing is changed yet'),
  });
  return picked?.table;
}

async function pickView(views: ViewAdviceView['views']): Promise<ViewAdviceView['views'][number] | undefined> {
  const items = views.map(view => ({ label: view.title, detail: view.evidence, view }));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Which materialized view?') }))?.view;
}

async function insists(name: string, { reasons, scheme }: PartitionAdviceView): Promise<boolean> {
  const detail = [
    ...reasons.map(sentence),
    '',
    vscode.l10n.t('If it is to be done all the same: by {0}.', String(scheme)),
  ].join('\n');
  const preview = vscode.l10n.t('Preview Anyway');
  const options = { modal: true, detail };
  return (
    (await vscode.window.showInformationMessage(
      vscode.l10n.t('Partitioning {0} is not advised.', name),
      options,
      preview,
    )) === preview
  );
}

async function tell(message: string, lines: readonly string[]): Promise<void> {
  await vscode.window.showInformationMessage(message, {
    modal: true,
    detail: lines.slice(0, 20).map(sentence).join('\n'),
  });
}

/** Reasons are parts of sentences. */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}

function headerOf(name: string, { isAdvised, reasons, losses, scheme }: PartitionAdviceView): string[] {
  const verdict = isAdvised
    ? vscode.l10n.t('Partitioning {0} is advised', name)
    : vscode.l10n.t('Partitioning {0} is not advised', name);
  return [
    `${verdict}: ${reasons.join('; ')}.`,
    vscode.l10n.t('It is cut by {0}.', String(scheme)),
    ...losses.map(loss => sentence(vscode.l10n.t('what will no longer hold, or be slower: {0}', loss))),
  ];
}

async function withProgress<T>(title: string, work: (token: vscode.CancellationToken) => Promise<T>): Promise<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      try {
        return await work(token);
      } catch (error) {
        throw token.isCancellationRequested ? new vscode.CancellationError() : error;
      }
    },
  );
}

import * as vscode from 'vscode';
import { SuggestedFixes } from '../advice/suggestedFixes';
import type { ParameterValues, StatementInfo, TextSpan } from '../../protocol/server';
import { roleOf, type ConnectionEntry } from '../connections/connectionSettings';
import type { Connections } from '../connections/connections';
import { requireTrust } from '../feedback';
import { registerCommand } from '../registerCommand';
import { PlanController } from '../panels/planController';
import { registerCompareFiles } from '../panels/planFileComparison';
import { PlanHistory } from '../panels/planHistory';
import { registerClearHistory } from '../panels/planHistoryCommands';
import type { PlanSubject } from '../panels/planSubject';
import type { ServerApi } from '../serverApi';
import { connectionForFile } from './manageConnections';
import { askParameters } from './parameterPrompt';

/** Explain, Explain Analyze and Suggest Indexes: from a lens (with the statement's place), a key or the palette. */
export function registerExplainCommands(
  context: vscode.ExtensionContext,
  server: ServerApi,
  connections: Connections,
): { readonly registrations: vscode.Disposable; readonly measuredPlan: PlanController['measured'] } {
  const fixes = new SuggestedFixes(server);
  const history = new PlanHistory(context, server);
  const controller = new PlanController(context.extensionUri, server, history, (subject, suggestions) =>
    fixes.remember(subject.source.uri, subject.statement.sql, suggestions, subject.connection),
  );
  const register = (id: string, analyze: boolean): vscode.Disposable =>
    registerCommand(id, (uri?: string, span?: TextSpan) =>
      explain({ context, server, connections, controller }, analyze, placeOf(uri, span)),
    );
  const registrations = vscode.Disposable.from(
    controller,
    fixes,
    register('queryTuner.plan.explain', false),
    register('queryTuner.plan.explainAnalyze', true),
    // every plan is followed by suggestions; without ANALYZE nothing runs
    register('queryTuner.index.suggest', false),
    registerCompareFiles(context.extensionUri, server),
    registerClearHistory(history, () => controller.forgetHistory()),
  );
  return { registrations, measuredPlan: () => controller.measured() };
}

interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly server: ServerApi;
  readonly connections: Connections;
  readonly controller: PlanController;
}

interface Place {
  readonly uri: string;
  readonly span: TextSpan;
}

/** A lens says where it stands; otherwise it is the selection of the active editor. */
function placeOf(uri: unknown, span: TextSpan | undefined): Place | undefined {
  if (typeof uri === 'string' && span) return { uri, span };
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const { start, end } = editor.selection;
  const plain = ({ line, character }: vscode.Position) => ({ line, character });
  return { uri: editor.document.uri.toString(), span: { start: plain(start), end: plain(end) } };
}

async function explain(parts: Parts, analyze: boolean, place: Place | undefined): Promise<void> {
  const { server, connections, controller } = parts;
  if (!requireTrust()) return;
  const statement = place && (await server.request('queryTuner/statement/at', place));
  const obstacle = obstacleOf(statement);
  if (obstacle !== undefined || !place || !statement) {
    void vscode.window.showInformationMessage(
      obstacle ?? vscode.l10n.t('Open a SQL file and put the cursor into a statement.'),
    );
    return;
  }
  const entry = await connectionForFile(connections, server, vscode.Uri.parse(place.uri));
  if (!entry) return;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Connecting to {0}', entry.name) },
    () => connections.ensureOpen(entry),
  );
  const subject = await readySubject(parts, { entry, place, statement }, analyze);
  if (subject) await controller.explain(subject);
}

interface Target {
  readonly entry: ConnectionEntry;
  readonly place: Place;
  readonly statement: StatementInfo;
}

/** Asks for values, unless they are known, and whether what a rollback leaves in place may be done. */
async function readySubject(
  parts: Parts,
  target: Target,
  analyze: boolean,
  known?: ParameterValues | 'generic',
): Promise<PlanSubject | undefined> {
  const { entry, place, statement } = target;
  const values = known ?? (await askValues(parts, target, analyze));
  if (values === undefined) return undefined;
  if (analyze && !(await confirmRun(entry.name, roleOf(entry) === 'production', statement))) return undefined;
  const parameters = values === 'generic' || statement.parameters.length === 0 ? undefined : values;
  return {
    connection: entry,
    server: { connectionId: entry.name, connection: `${entry.name} (${roleOf(entry)})` },
    statement,
    source: { uri: place.uri, span: statement.span },
    ...(parameters && { parameters }),
    analyze,
    again: how => {
      // a generic plan stays one until the statement is to run
      const isAsked = how.askParameters === true || (how.analyze && !parameters);
      return readySubject(parts, target, how.analyze, isAsked ? undefined : (parameters ?? 'generic'));
    },
  };
}

async function askValues({ context, server }: Parts, { entry, statement }: Target, analyze: boolean) {
  if (statement.parameters.length === 0) return {};
  const about = { connectionId: entry.name, sql: statement.sql };
  const infos = await server.request('queryTuner/statement/parameters', about);
  return askParameters(statement, infos, analyze, context.workspaceState);
}

/** Why there is nothing to explain, and what to do about it. */
function obstacleOf(statement: StatementInfo | null | undefined): string | undefined {
  if (!statement) return vscode.l10n.t('There is no statement here. Open a SQL file and put the cursor into one.');
  if (statement.syntaxError) return vscode.l10n.t('The statement cannot be explained: {0}.', statement.syntaxError);
  if (!statement.explainable)
    return vscode.l10n.t('PostgreSQL explains SELECT, INSERT, UPDATE, DELETE and MERGE only.');
  return undefined;
}

/** Asks before a statement runs that writes on production, or that does something a rollback leaves in place. */
async function confirmRun(name: string, production: boolean, statement: StatementInfo): Promise<boolean> {
  const reasons: string[] = [];
  if (production && statement.writes) {
    reasons.push(
      vscode.l10n.t(
        '{0} is a production database and the statement writes. It is rolled back, and holds its locks meanwhile.',
        name,
      ),
    );
  }
  if (statement.effects.length > 0)
    reasons.push(vscode.l10n.t('A rollback does not undo: {0}.', statement.effects.join('; ')));
  if (reasons.length === 0) return true;
  const options = { modal: true, detail: reasons.join('\n\n') };
  return (
    (await vscode.window.showWarningMessage(
      vscode.l10n.t('Explain Analyze runs the statement.'),
      options,
      vscode.l10n.t('Run It'),
    )) === vscode.l10n.t('Run It')
  );
}

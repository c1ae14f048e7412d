import * as vscode from 'vscode';
import { formatBytes } from '../../core/base/units';
import type { AdviceSource } from '../../protocol/advice';
import type { Connections } from '../connections/connections';
import { isChecked } from '../checkedLanguages';
import { connectionForFile } from '../commands/manageConnections';
import { requireTrust } from '../feedback';
import { registerCommand } from '../registerCommand';
import type { ServerApi } from '../serverApi';
import { AdviceController } from './adviceController';
import type { AdviceNode } from './adviceNodes';
import { indexKey, shortTitle, type AdviceState } from './adviceState';
import { AdviceTree, SHOW_COMMAND } from './adviceTree';
import { budgetText, parseBudget } from './budget';
import { ShownTexts } from './shownTexts';

/** Statements planned of `pg_stat_statements` or a log. */
const TOP = 50;

/** The index advice view and its commands. */
export function registerIndexAdvice(server: ServerApi, connections: Connections): vscode.Disposable {
  const controller = new AdviceController(server, () => tree);
  const tree = new AdviceTree(changes => void controller.check(changes));
  const texts = new ShownTexts();

  const advise = async (source: AdviceSource | undefined, uri: vscode.Uri | undefined): Promise<void> => {
    if (!source || !requireTrust()) return;
    const connection = await connectionForFile(connections, server, uri);
    if (!connection) return;
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Connecting to {0}', connection.name) },
      () => connections.ensureOpen(connection),
    );
    const document = source.kind === 'text' ? uri : undefined;
    await controller.advise({ connection, source, ...(document && { document }) });
  };

  return vscode.Disposable.from(
    tree,
    texts,
    registerCommand('queryTuner.advice.forFile', async () => advise(sourceOfEditor(), activeUri())),
    registerCommand('queryTuner.advice.forFolder', async (folder?: vscode.Uri) =>
      advise(await sourceOfFolder(folder), folder ?? activeUri()),
    ),
    registerCommand('queryTuner.advice.forStatements', async () =>
      advise({ kind: 'statements', by: 'total', top: TOP }, activeUri()),
    ),
    registerCommand('queryTuner.advice.forLog', async (log?: vscode.Uri) =>
      advise(await sourceOfLog(log), activeUri()),
    ),
    registerCommand('queryTuner.advice.reviewExisting', async () => advise({ kind: 'none' }, activeUri())),
    registerCommand('queryTuner.advice.refresh', () => controller.advise(controller.shown.subject)),
    registerCommand('queryTuner.advice.setBudget', () => askBudget(controller)),
    registerCommand('queryTuner.advice.chooseForm', async (node?: AdviceNode) => {
      const position = await positionOf(node, tree, controller.shown);
      if (position !== undefined) await controller.chooseForm(position);
    }),
    registerCommand('queryTuner.advice.apply', () => controller.apply()),
    registerCommand('queryTuner.advice.undo', () => controller.undo()),
    registerCommand('queryTuner.advice.measure', () => controller.measure()),
    registerCommand('queryTuner.advice.saveAsMigration', () => controller.saveAsMigration()),
    registerCommand(SHOW_COMMAND, (shows: NonNullable<AdviceNode['shows']>) =>
      texts.show(shows, controller.shown.subject.document),
    ),
  );
}

function activeUri(): vscode.Uri | undefined {
  return vscode.window.activeTextEditor?.document.uri;
}

function sourceOfEditor(): AdviceSource | undefined {
  const document = vscode.window.activeTextEditor?.document;
  if (!document || !isChecked(document)) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a file with SQL: its statements are the workload.'));
    return undefined;
  }
  const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
  return { kind: 'text', name, text: document.getText() };
}

async function sourceOfFolder(folder: vscode.Uri | undefined): Promise<AdviceSource | undefined> {
  const chosen =
    folder ??
    (await ask({ canSelectFolders: true, canSelectFiles: false, title: vscode.l10n.t('Folder of SQL files') }));
  return chosen && { kind: 'files', paths: [chosen.fsPath], by: 'total', top: TOP };
}

async function sourceOfLog(log: vscode.Uri | undefined): Promise<AdviceSource | undefined> {
  const filters = { 'Server logs': ['log', 'csv', 'json', 'gz'], 'All files': ['*'] };
  const chosen = log ?? (await ask({ title: vscode.l10n.t('Log of a PostgreSQL server'), filters }));
  return chosen && { kind: 'files', paths: [chosen.fsPath], by: 'total', top: TOP };
}

async function ask(options: vscode.OpenDialogOptions): Promise<vscode.Uri | undefined> {
  return (await vscode.window.showOpenDialog(options))?.[0];
}

async function askBudget(controller: AdviceController): Promise<void> {
  const { subject } = controller.shown;
  const now = controller.budgetBytes;
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Storage that all new indexes together may take'),
    prompt: vscode.l10n.t('For example 500 MB; empty for no budget. The advice is worked out again.'),
    value: now === undefined ? '' : budgetText(now),
    validateInput: value =>
      value.trim() === '' || parseBudget(value) !== undefined
        ? undefined
        : vscode.l10n.t('A size above zero with its unit, such as 500 MB; or nothing, for no budget.'),
  });
  if (text !== undefined) await controller.advise(subject, { budgetBytes: parseBudget(text) });
}

/** The advised index of a row, of the row chosen last, or one that is asked for. */
async function positionOf(
  node: AdviceNode | undefined,
  tree: AdviceTree,
  { view, states }: AdviceState,
): Promise<number | undefined> {
  const choices = view.indexes.flatMap((index, position) =>
    states.get(indexKey(position)) === 'applied'
      ? []
      : { label: shortTitle(index.title), description: formatBytes(index.estimatedBytes), position },
  );
  const key = (node ?? tree.selected('index'))?.id;
  const chosen = choices.find(({ position }) => indexKey(position) === key);
  if (chosen) return chosen.position;
  if (choices.length === 0) throw new Error(vscode.l10n.t('There is no advised index that could be changed.'));
  if (choices.length === 1) return choices[0]!.position;
  const title = vscode.l10n.t('The index to choose another form of');
  return (await vscode.window.showQuickPick(choices, { title }))?.position;
}

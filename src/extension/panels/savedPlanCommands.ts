import * as path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../feedback';
import { PLAN_FILE_FILTERS } from './planFiles';
import type { SavedPlanTexts } from './savedPlanTexts';

/** The editor of the file types that hold plans and nothing else; opened by a click. */
export const SAVED_PLAN_EDITOR = 'queryTuner.savedPlan';

/** More are a slip of the mouse. */
const MOST_FILES = 10;
/** As much of a selection as tells whether it is a plan. */
const LOOKED_AT = 4_000;
/** What stands in every plan, in each of the four formats. */
const PLAN = /\((?:cost|actual)[ =]|"?Node[ -]Type"?\s*[:>]/;

/** Opens plans from files, the clipboard and a selection; and their text from the page. */
export function registerSavedPlanCommands(texts: SavedPlanTexts): vscode.Disposable {
  const register = (id: string, run: (...args: never[]) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (...args: never[]) => {
      try {
        await run(...args);
      } catch (error) {
        void vscode.window.showErrorMessage(`Query Tuner: ${messageOf(error)}`);
      }
    });
  return vscode.Disposable.from(
    register('queryTuner.plan.openFile', async () => openPlans(await askForFiles())),
    register('queryTuner.plan.showFile', async (uri?: vscode.Uri, selected?: readonly vscode.Uri[]) => {
      // the title of an editor passes its address alone, the explorer all that are selected
      const file = uri ?? vscode.window.activeTextEditor?.document.uri;
      await openPlans(selected?.length ? selected : file ? [file] : []);
    }),
    register('queryTuner.plan.openClipboard', async () => {
      const text = await vscode.env.clipboard.readText();
      if (text.trim() === '')
        throw new Error(vscode.l10n.t('The clipboard holds no text. Copy the output of EXPLAIN first.'));
      await openPlan(texts.add('clipboard', text));
    }),
    register('queryTuner.plan.openSelection', async () => {
      const editor = vscode.window.activeTextEditor;
      if (!editor) throw new Error(vscode.l10n.t('Select the output of EXPLAIN in a text editor first.'));
      const { document, selection } = editor;
      const text = document.getText(selection.isEmpty ? undefined : selection);
      if (text.trim() === '') throw new Error(vscode.l10n.t('There is no text. Select the output of EXPLAIN first.'));
      const lines = selection.isEmpty ? '' : vscode.l10n.t(' from line {0}', selection.start.line + 1);
      await openPlan(texts.add(`${path.posix.basename(document.uri.path)}${lines}`, text));
    }),
    register('queryTuner.plan.openAsText', async (uri?: unknown) => {
      const shown = addressOf(uri) ?? activePlan();
      if (!shown) throw new Error(vscode.l10n.t('Open a saved plan first.'));
      await vscode.commands.executeCommand('vscode.openWith', shown, 'default');
    }),
    ...followSelection(),
  );
}

async function openPlans(files: readonly vscode.Uri[]): Promise<void> {
  for (const file of files.slice(0, MOST_FILES)) await openPlan(file, files.length > 1);
}

async function openPlan(uri: vscode.Uri, isOneOfSeveral = false): Promise<void> {
  const options = { preview: !isOneOfSeveral };
  await vscode.commands.executeCommand('vscode.openWith', uri, SAVED_PLAN_EDITOR, options);
}

async function askForFiles(): Promise<readonly vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectMany: true,
    openLabel: vscode.l10n.t('Open Plan'),
    filters: PLAN_FILE_FILTERS,
  });
  return chosen ?? [];
}

/** From a menu it is an address, from a link in a page its text. */
function addressOf(value: unknown): vscode.Uri | undefined {
  return typeof value === 'string' ? vscode.Uri.parse(value) : value instanceof vscode.Uri ? value : undefined;
}

function activePlan(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.uri : undefined;
}

/** Keeps the context key of the editor's menu: whether the selection looks like a plan. */
function followSelection(): vscode.Disposable[] {
  let known = false;
  const look = (editor: vscode.TextEditor | undefined): void => {
    const isPlan = editor !== undefined && !editor.selection.isEmpty && PLAN.test(startOf(editor));
    if (isPlan === known) return;
    known = isPlan;
    void vscode.commands.executeCommand('setContext', 'queryTuner.selectionIsPlan', isPlan);
  };
  return [
    vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => look(textEditor)),
    vscode.window.onDidChangeActiveTextEditor(look),
  ];
}

function startOf({ document, selection: { start, end } }: vscode.TextEditor): string {
  // a line may be megabytes long, and a selection the whole of a file
  const last = document.positionAt(Math.min(document.offsetAt(start) + LOOKED_AT, document.offsetAt(end)));
  return document.getText(new vscode.Range(start, last));
}

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { PlanView } from '../../protocol/planPanel';
import type { RawPlan } from '../../protocol/server';
import { pickSavedPlan } from './savedPlanPick';
import { SavedPlanThread } from './savedPlanThread';

/** What a dialog offers to open; plans are in files with many endings. */
export const PLAN_FILE_FILTERS: Readonly<Record<string, string[]>> = {
  Plans: ['json', 'explain', 'plan', 'txt', 'log', 'csv', 'yaml', 'yml', 'xml'],
  'All files': ['*'],
};

/** One plan of a file. */
export interface PlanOfFile {
  readonly file: vscode.Uri;
  readonly name: string;
  readonly rawPlan: RawPlan;
  /** As the page shows it. */
  readonly view: PlanView;
}

/** Asks for a file with saved plans, in any of PostgreSQL's formats. Undefined if the user gives up. */
export async function askForPlanFile(title: string): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel: vscode.l10n.t('Compare'),
    filters: PLAN_FILE_FILTERS,
  });
  return chosen?.[0];
}

/**
 * Reads a plan, and asks which if there are several. Undefined if the user gives up.
 * @throws Error with a sentence if the file has none or cannot be read
 */
export async function readPlanOf(file: vscode.Uri, extensionUri: vscode.Uri): Promise<PlanOfFile | undefined> {
  const name = path.posix.basename(file.path);
  const thread = new SavedPlanThread(vscode.Uri.joinPath(extensionUri, 'dist', 'planReader.js').fsPath);
  try {
    const source = file.scheme === 'file' ? { file: file.fsPath } : { bytes: await vscode.workspace.fs.readFile(file) };
    const { plans } = await thread.ask('read', { name, ...source });
    if (plans.length === 0) {
      throw new Error(
        vscode.l10n.t('Nothing in {0} could be read as the output of EXPLAIN. Choose a file with a plan.', name),
      );
    }
    const index = plans.length === 1 ? 0 : await pickSavedPlan(plans);
    if (index === undefined) return undefined;
    const rawPlan = JSON.parse(await thread.ask('json', index)) as RawPlan;
    return { file, name, rawPlan, view: await thread.ask('view', index) };
  } finally {
    thread.stop();
  }
}

import * as vscode from 'vscode';
import type { PlanHost } from '../../protocol/planPanel';
import { messageOf } from '../feedback';
import type { ServerApi } from '../serverApi';
import { askForPlanFile, readPlanOf, type PlanOfFile } from './planFiles';
import { PlanWebview } from './planWebview';
import { saveExport } from './saveExport';

/** "Compare Two Saved Plans": of two files (those selected in the explorer, or asked for), in a panel of their own. */
export function registerCompareFiles(extensionUri: vscode.Uri, server: ServerApi): vscode.Disposable {
  return vscode.commands.registerCommand(
    'queryTuner.plan.compareFiles',
    async (_?: unknown, selected?: readonly vscode.Uri[]) => {
      try {
        const [first, second] = selected?.length === 2 ? selected : [];
        const before = await planOf(first ?? (await askForPlanFile(vscode.l10n.t('The earlier plan'))), extensionUri);
        const after =
          before && (await planOf(second ?? (await askForPlanFile(vscode.l10n.t('The later plan'))), extensionUri));
        if (before && after) await show(before, after, extensionUri, server);
      } catch (error) {
        void vscode.window.showErrorMessage(`Query Tuner: ${messageOf(error)}`);
      }
    },
  );
}

async function planOf(file: vscode.Uri | undefined, extensionUri: vscode.Uri): Promise<PlanOfFile | undefined> {
  return file && readPlanOf(file, extensionUri);
}

async function show(
  { name, rawPlan }: PlanOfFile,
  after: PlanOfFile,
  extensionUri: vscode.Uri,
  server: ServerApi,
): Promise<void> {
  const comparison = await server.request('queryTuner/plan/compare', {
    before: { name, rawPlan },
    shown: { rawPlan: after.rawPlan },
  });
  // closed by the user, like any editor
  const panel = new PlanWebview(extensionUri, hostOf(after), () => undefined, vscode.ViewColumn.Active);
  // one plan of a file stays the one that was compared
  panel.show({ ...after.view, title: `${name} → ${after.name}`, comparison, place: undefined });
}

/** What the page of a plan can ask for that nobody can run again. */
function hostOf({ file, rawPlan, view }: PlanOfFile): Omit<PlanHost, 'ready'> {
  const noDatabase = (): Promise<never> =>
    Promise.reject(new Error(vscode.l10n.t('A saved plan has no database behind it.')));
  return {
    explain: noDatabase,
    apply: noDatabase,
    undo: noDatabase,
    saveAsMigration: noDatabase,
    cancel: () => Promise.resolve(),
    revealStatement: async () => {
      await vscode.commands.executeCommand('vscode.openWith', file, 'default', vscode.ViewColumn.Beside);
    },
    copy: async what => vscode.env.clipboard.writeText(what === 'plan' ? JSON.stringify(rawPlan, null, 2) : view.sql),
    copyText: async text => vscode.env.clipboard.writeText(text),
    exportAs: (format, content, encoding) => saveExport(format, content, encoding),
    openRule: async rule => {
      await vscode.commands.executeCommand('queryTuner.rule.show', rule);
    },
  };
}

import * as vscode from 'vscode';
import { messageOf } from '../feedback';
import type { PlanHistory } from './planHistory';

/** "Clear Plan History": says what will be lost, and asks. `cleared` is told when it is gone. */
export function registerClearHistory(history: PlanHistory, cleared: () => void): vscode.Disposable {
  return vscode.commands.registerCommand('queryTuner.history.clear', async () => {
    try {
      const { runs, statements, baselines } = await history.size();
      if (runs === 0) {
        void vscode.window.showInformationMessage(vscode.l10n.t('The plan history of this workspace is empty.'));
        return;
      }
      const pinned =
        baselines === 0 ? '' : vscode.l10n.t(' {0} to compare with will be lost, too.', count(baselines, 'pinned run'));
      const detail = vscode.l10n.t(
        '{0} of {1}, with their plans.{2}',
        count(runs, 'run'),
        count(statements, 'statement'),
        pinned,
      );
      const options = { modal: true, detail };
      const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t('Forget all plans of this workspace? This cannot be undone.'),
        options,
        vscode.l10n.t('Forget'),
      );
      if (answer !== vscode.l10n.t('Forget')) return;
      await history.clear();
      cleared();
    } catch (error) {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('Query Tuner: the plan history was not cleared: {0}', messageOf(error)),
      );
    }
  });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

import * as vscode from 'vscode';
import { messageOf } from '../feedback';
import type { PlanHistory } from './planHistory';

/** "Clear Plan History": says what will be lost, and asks. `cleared` is told when it is gone. */
export function registerClearHistory(history: PlanHistory, cleared: () => void): vscode.Disposable {
  return vscode.commands.registerCommand('queryTuner.history.clear', async () => {
    try {
      const { runs, statements, baselines } = await history.size();
      if (runs === 0) {
        void vscode.window.showInformationMessage('The plan history of this workspace is empty.');
        return;
      }
      const pinned = baselines === 0 ? '' : ` ${count(baselines, 'pinned run')} to compare with will be lost, too.`;
      const detail = `${count(runs, 'run')} of ${count(statements, 'statement')}, with their plans.${pinned}`;
      const options = { modal: true, detail };
      const answer = await vscode.window.showWarningMessage(
        'Forget all plans of this workspace? This cannot be undone.',
        options,
        'Forget',
      );
      if (answer !== 'Forget') return;
      await history.clear();
      cleared();
    } catch (error) {
      void vscode.window.showErrorMessage(`Query Tuner: the plan history was not cleared: ${messageOf(error)}`);
    }
  });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

import * as vscode from 'vscode';
import type { Change } from '../../core/advisor/suggestion';
import type { NextStep } from '../../core/plan/nextStep';
import type { ApplyOutcome, CreatedIndex } from '../../protocol/server';
import { messageOf } from '../feedback';
import type { ServerApi } from '../serverApi';
import type { PanelWork } from './panelWork';
import type { PlanSubject } from './planSubject';
import { changeOfStep, isOneWay } from './stepChange';

/** What running the step of a finding needs of the panel. */
export interface StepSurroundings {
  readonly server: ServerApi;
  readonly work: PanelWork;
  /** Shows the SQL and asks, where that is called for. */
  confirm(subject: PlanSubject, sql: readonly string[], isFinal: boolean): Promise<boolean>;
  /** Explains the statement again beside the plan that is there, if it is still this statement's. */
  explainAgain(subject: PlanSubject): Promise<void>;
}

/** Runs the SQL of a finding's step, explains again, and offers to take back what it made. */
export async function runStep(
  step: NextStep | undefined,
  subject: PlanSubject,
  surroundings: StepSurroundings,
): Promise<void> {
  if (step?.kind !== 'sql') throw new Error(vscode.l10n.t('This step is gone. Explain the statement again.'));
  const { server, work, confirm, explainAgain } = surroundings;
  if (!(await confirm(subject, step.sql, isOneWay(step)))) return;
  const { connectionId } = subject.server;
  const change = changeOfStep(step);
  let applied: ApplyOutcome | undefined;
  await work.busy(step.title, async (token, progressToken) => {
    applied = await server.request('queryTuner/change/apply', { connectionId, change, progressToken }, token);
  });
  if (!applied) return;
  // More than one: somebody else made something in the meantime, and only ours may be dropped.
  const [made, another] = applied.created;
  if (made && !another) void offerUndo(step.title, change, made, subject, surroundings);
  await explainAgain(subject);
}

async function offerUndo(
  title: string,
  change: Change,
  made: CreatedIndex,
  subject: PlanSubject,
  { server, work, confirm, explainAgain }: StepSurroundings,
): Promise<void> {
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('{0}: created {1}.', title, made.name),
    vscode.l10n.t('Undo'),
  );
  if (answer !== vscode.l10n.t('Undo')) return;
  try {
    if (!(await confirm(subject, [`drop ${made.kind ?? 'index'} ${made.name}`], false))) return;
    let isUndone = false;
    await work.busy(vscode.l10n.t('Dropping {0}', made.name), async (token, progressToken) => {
      const params = { connectionId: subject.server.connectionId, change, progressToken, expected: [made] };
      await server.request('queryTuner/change/undo', params, token);
      isUndone = true;
    });
    if (isUndone) await explainAgain(subject);
  } catch (error) {
    void vscode.window.showErrorMessage(messageOf(error));
  }
}

import { formatCount, formatMs } from '../../core/base/units';
import type { MigrationStep } from '../../core/advisor/migration/migrationPlan';
import type { KeptMigration, MigrationPreview } from '../../protocol/migration';

/** A migration as its document shows it. */
export interface ShownMigration {
  /** Of the connection and the plan together. */
  readonly key: string;
  /** Name of the connection. */
  readonly connection: string;
  readonly plan: KeptMigration['plan'];
  /** Paragraphs above the script. */
  readonly header: readonly string[];
  readonly footer?: string;
  readonly preview: MigrationPreview;
  readonly kept?: KeptMigration;
  readonly failed?: { readonly stepId: string; readonly message: string };
  readonly isRunning: boolean;
}

export interface Lens {
  /** From 0. */
  readonly line: number;
  readonly title: string;
  readonly tooltip?: string;
  /** Absent for a lens that only tells. */
  readonly action?: 'runStep' | 'runAll' | 'undo' | 'saveAsFiles';
  readonly stepId?: string;
}

const LONGEST_MESSAGE = 90;

/** What stands above the script and above each step: what can be run, what was, and the way back. */
export function migrationLenses(shown: ShownMigration): Lens[] {
  const { plan, preview, isRunning } = shown;
  const lenses: Lens[] = isRunning ? [{ line: 0, title: '$(sync~spin) Running' }] : lensesOfWhole(shown);
  for (const { id, line } of preview.steps) {
    const step = plan.steps.find(each => each.id === id);
    if (step) lenses.push(...lensesOfStep(shown, step).map(lens => ({ ...lens, line, stepId: id })));
  }
  return lenses;
}

/** The planned steps that have not ended, in order. */
export function stepsLeft({ plan, kept }: Pick<ShownMigration, 'plan' | 'kept'>): MigrationStep[] {
  return plan.steps.filter(step => !step.onRequest && !isDone(kept, step.id));
}

function isDone(kept: KeptMigration | undefined, id: string): boolean {
  return kept?.finished.some(each => each.id === id) ?? false;
}

function lensesOfWhole(shown: ShownMigration): Lens[] {
  const { kept, connection } = shown;
  const left = stepsLeft(shown);
  const done = kept?.finished.length ?? 0;
  const lenses: Lens[] = [];
  if (left.length > 0) {
    const what =
      done === 0
        ? `Run all ${left.length} steps`
        : `Run the ${left.length === 1 ? 'step' : `${left.length} steps`} left`;
    lenses.push({ line: 0, title: `$(run-all) ${what} on ${connection}`, action: 'runAll' });
  } else lenses.push({ line: 0, title: `$(check) All steps are done on ${connection}` });
  if (done > 0 || kept?.begun !== undefined) lenses.push({ line: 0, title: '$(discard) Undo all', action: 'undo' });
  lenses.push({ line: 0, title: '$(save-as) Save as migration files', action: 'saveAsFiles' });
  return lenses;
}

function lensesOfStep(shown: ShownMigration, step: MigrationStep): Omit<Lens, 'line' | 'stepId'>[] {
  const { kept, failed, isRunning } = shown;
  const finished = kept?.finished.find(each => each.id === step.id);
  if (finished) {
    const rows = finished.rows === undefined ? '' : `, ${formatCount(finished.rows)} rows`;
    const told = { title: `$(check) Done in ${formatMs(finished.tookMs)}${rows}` };
    return isRunning ? [told] : [told, wayBack(shown, step)];
  }
  if (kept?.begun === step.id && isRunning) return [{ title: '$(sync~spin) Running' }];
  if (isRunning) return [{ title: '$(circle-outline) Not run yet' }];
  const left = stepsLeft(shown);
  const [next] = left;
  const canRun = step.onRequest ? left.length === 0 : next?.id === step.id;
  if (!canRun) {
    return [{ title: step.onRequest ? '$(circle-outline) Later, when you say so' : '$(circle-outline) Not run yet' }];
  }
  const state: Omit<Lens, 'line' | 'stepId'>[] = [];
  if (failed?.stepId === step.id)
    state.push({ title: `$(error) Failed: ${inOneLine(failed.message)}`, tooltip: failed.message });
  else if (kept?.begun === step.id) state.push({ title: '$(warning) Begun, and not known to have ended' });
  state.push({ title: state.length > 0 ? '$(play) Run this step again' : '$(play) Run this step', action: 'runStep' });
  if (!step.onRequest && left.length > 1) state.push({ title: '$(run-all) Run all from here', action: 'runAll' });
  return state;
}

function wayBack({ plan, kept }: ShownMigration, step: MigrationStep): Omit<Lens, 'line' | 'stepId'> {
  if (step.irreversible) return { title: '$(circle-slash) No way back', tooltip: step.irreversible };
  const later = plan.steps
    .slice(plan.steps.indexOf(step) + 1)
    .filter(({ id }) => isDone(kept, id) || kept?.begun === id);
  return { title: later.length === 0 ? '$(discard) Undo' : '$(discard) Undo back to here', action: 'undo' };
}

function inOneLine(message: string): string {
  const line = message.replace(/\s+/g, ' ');
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE - 1)}…` : line;
}

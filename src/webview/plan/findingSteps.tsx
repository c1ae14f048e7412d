import type { JSX } from 'preact';
import type { NextStep, SqlStep } from '../../core/plan/nextStep';
import type { PlanFinding } from '../../core/plan/planTree';
import { CopyButton } from '../shared/copyButton';
import { Icon } from '../shared/icon';
import type { IconName } from '../shared/icon';
import { clip } from '../shared/shownText';
import type { PlanModel } from './planModel';
import { whyFixed } from './runAgainModel';
import { withSemicolon } from './words';

interface Props {
  readonly finding: PlanFinding;
  readonly model: PlanModel;
}

/** What can be pressed after a finding. */
export function FindingSteps({ finding, model }: Props): JSX.Element | null {
  const steps = (finding.steps ?? []).map((step, index) => ({ step, index }));
  const possible = steps.filter(({ step }) => isPossible(step, model));
  if (possible.length === 0) return null;
  return (
    <div class="finding-steps">
      {possible.map(({ step, index }) =>
        step.kind === 'sql' ? (
          <SqlStepRow key={index} step={step} index={index} finding={finding} model={model} />
        ) : (
          <StepButton key={index} step={step} finding={finding} model={model} />
        ),
      )}
    </div>
  );
}

interface SqlStepProps extends Props {
  readonly step: SqlStep;
  /** Among all steps of the finding. */
  readonly index: number;
}

/** The SQL as it would run, to run and to copy. */
function SqlStepRow({ step, index, finding, model }: SqlStepProps): JSX.Element {
  const { view, actions } = model;
  const canRun = whyFixed(view) === undefined;
  const title = clip(step.title, 160);
  return (
    <div class="sql-step">
      <code>{clip(step.sql.map(withSemicolon).join(' '), 1_000)}</code>
      {canRun && (
        <button
          type="button"
          class="quiet-button run-step"
          aria-label={`Run: ${title}`}
          title={`${title}, then explain again`}
          disabled={model.busy}
          onClick={() => actions.runStep(view.findings.indexOf(finding), index)}
        >
          <Icon name="run" />
          <span>Run</span>
        </button>
      )}
      <CopyButton
        label={`Copy: ${title}`}
        iconOnly
        text={() => `${step.sql.map(withSemicolon).join('\n')}\n`}
        copy={actions.copyText}
      />
    </div>
  );
}

interface StepProps {
  readonly step: Exclude<NextStep, { readonly kind: 'sql' }>;
  readonly finding: PlanFinding;
  readonly model: PlanModel;
}

const STEP_ICONS: Readonly<Record<StepProps['step']['kind'], IconName>> = {
  explain: 'run',
  'suggest-index': 'down',
  rewrite: 'goto',
};

function StepButton({ step, finding, model }: StepProps): JSX.Element {
  const { view, actions } = model;
  const press = (): void => {
    if (step.kind === 'explain') {
      const { settings, options } = step;
      actions.explain({
        analyze: view.analyzed,
        ...(settings && { settings }),
        ...(options && { options }),
        compare: true,
      });
    } else if (step.kind === 'rewrite') actions.openRule(step.rule ?? finding.rule);
    else {
      const suggestions = document.getElementById('suggestions-title');
      suggestions?.scrollIntoView({ block: 'start' });
      suggestions?.focus();
    }
  };
  const title = step.kind === 'explain' && step.onlyForComparison ? 'Only to learn what the planner avoids' : undefined;
  return (
    <button
      type="button"
      class="secondary step"
      title={title}
      disabled={step.kind === 'explain' && model.busy}
      onClick={press}
    >
      <Icon name={STEP_ICONS[step.kind]} />
      <span>{clip(step.title, 160)}</span>
    </button>
  );
}

/** A saved plan cannot be run again, and where no index helps there is nothing to go to. */
function isPossible(step: NextStep, { view }: PlanModel): boolean {
  if (step.kind === 'explain') return whyFixed(view) === undefined;
  return step.kind !== 'suggest-index' || view.suggestions.length > 0;
}

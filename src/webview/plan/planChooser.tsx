import type { JSX } from 'preact';
import type { PlanView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import type { Actions } from './actions';
import { exactCount } from './words';

interface Props {
  readonly place: NonNullable<PlanView['place']>;
  readonly actions: Actions;
}

/** Steps through the plans of one file; the number opens a list of them, made by the editor. */
export function PlanChooser({ place: { index, count }, actions }: Props): JSX.Element {
  return (
    <div class="plan-chooser" role="group" aria-label="Plans of this file">
      <button
        type="button"
        class="icon-button"
        aria-label="Previous plan"
        title="Previous plan"
        disabled={index === 0}
        onClick={() => actions.choosePlan(index - 1)}
      >
        <Icon name="up" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label="Next plan"
        title="Next plan"
        disabled={index === count - 1}
        onClick={() => actions.choosePlan(index + 1)}
      >
        <Icon name="down" />
      </button>
      <button
        type="button"
        class="quiet-button"
        title="Choose from a list"
        onClick={() => actions.choosePlan('ask')}
      >{`Plan ${exactCount(index + 1)} of ${exactCount(count)}`}</button>
    </div>
  );
}

import type { JSX } from 'preact';
import type { PlanView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';

interface Props {
  readonly view: PlanView;
  readonly class: 'secondary' | 'quiet-button';
  go(): void;
}

/** To where the plan comes from: the statement, or the text of a saved plan. */
export function GoToSource({ view, class: looks, go }: Props): JSX.Element {
  const isFile = view.source === 'file';
  return (
    <button
      type="button"
      class={looks}
      title={isFile ? 'Open the text of the plan' : 'Select the statement in the editor'}
      onClick={go}
    >
      <Icon name="goto" />
      <span>{isFile ? 'Go to text' : 'Go to SQL'}</span>
    </button>
  );
}

import type { JSX } from 'preact';
import type { SuggestionView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import { SqlCode } from '../shared/sqlCode';
import type { Actions } from './actions';
import { count, exactCount, times } from './words';
import { withSemicolon } from './words';

const STATES = {
  offered: undefined,
  applying: 'applying …',
  applied: 'applied',
  undone: 'undone',
} as const;

/** One proposed change: what it is, how its benefit is known, what it costs, and the buttons. */
export function SuggestionCard({
  suggestion,
  actions,
  busy,
}: {
  readonly suggestion: SuggestionView;
  readonly actions: Actions;
  /** Another change or explain is running. */
  readonly busy: boolean;
}): JSX.Element {
  const { id, state } = suggestion;
  const titleId = `suggestion-${id}`;
  const locked = busy || state === 'applying';
  return (
    <article class={`card ${state}`} aria-labelledby={titleId}>
      <div class="card-head">
        <h3 id={titleId}>{clip(suggestion.title, 500)}</h3>
        <span class="badge how" title={clip(suggestion.evidence, 1_000)}>
          {clip(suggestion.how, 80)}
        </span>
        {STATES[state] && (
          <span class={`badge state ${state}`} role="status">
            {state === 'applied' && <Icon name="check" />}
            {STATES[state]}
          </span>
        )}
      </div>
      <SqlCode text={suggestion.sql.map(withSemicolon).join('\n')} />
      <Costs suggestion={suggestion} />
      <dl class="card-facts">
        <div>
          <dt>Evidence</dt>
          <dd>{clip(suggestion.evidence, 2_000)}</dd>
        </div>
        {suggestion.cost && (
          <div>
            <dt>Price</dt>
            <dd>{clip(suggestion.cost, 500)}</dd>
          </div>
        )}
        {suggestion.locks && (
          <div>
            <dt>Locks</dt>
            <dd>{clip(suggestion.locks, 500)}</dd>
          </div>
        )}
        {suggestion.inverse.length > 0 ? (
          <div>
            <dt>Undo</dt>
            <dd>
              <code>{clip(suggestion.inverse.map(withSemicolon).join(' '), 2_000)}</code>
            </dd>
          </div>
        ) : (
          <div>
            <dt>Undo</dt>
            <dd>Cannot be undone</dd>
          </div>
        )}
      </dl>
      <div class="buttons">
        {state === 'applied' ? (
          suggestion.inverse.length > 0 && (
            <button type="button" class="primary" disabled={locked} onClick={() => actions.undo(id)}>
              <Icon name="undo" />
              <span>Undo</span>
            </button>
          )
        ) : (
          <button type="button" class="primary" disabled={locked} onClick={() => actions.apply(id)}>
            <Icon name="plus" />
            <span>{applyLabel(suggestion)}</span>
          </button>
        )}
        <button type="button" class="secondary" onClick={() => actions.saveAsMigration(id)}>
          <Icon name="save" />
          <span>Save as migration</span>
        </button>
        <button type="button" class="secondary" onClick={() => actions.copySuggestion(id)}>
          <Icon name="copy" />
          <span>Copy SQL</span>
        </button>
      </div>
    </article>
  );
}

function Costs({ suggestion }: { readonly suggestion: SuggestionView }): JSX.Element | null {
  const { costBefore, costAfter } = suggestion;
  if (costBefore === undefined || costAfter === undefined) return null;
  return (
    <p class="costs">
      <span class="quiet">Planner cost</span> <span title={exactCount(costBefore)}>{count(costBefore)}</span>
      <span aria-hidden="true" class="quiet">
        →
      </span>
      <span class="sr-only">becomes</span>
      <strong title={exactCount(costAfter)}>{count(costAfter)}</strong>
      {costAfter > 0 && costBefore > costAfter && (
        <span class="gain">
          <Icon name="faster" />
          {times(costBefore / costAfter)} cheaper
        </span>
      )}
    </p>
  );
}

function applyLabel(suggestion: SuggestionView): string {
  const sql = suggestion.sql[0] ?? '';
  if (/^\s*create\s+(unique\s+)?index\b/i.test(sql)) return 'Create index';
  if (/^\s*drop\s+index\b/i.test(sql)) return 'Drop index';
  return 'Apply';
}

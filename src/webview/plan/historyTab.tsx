import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { HistoryEntryView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import type { PlanModel } from './planModel';
import { Sparkline } from './sparkline';
import { count, exactCount, ms, whenWords } from './words';

/** Earlier runs of the same statement: how its time went, and with which of them to compare. */
export function HistoryTab({ model }: { readonly model: PlanModel }): JSX.Element | null {
  const { view, actions, busy } = model;
  const [isClearing, setClearing] = useState(false);
  const history = view.history;
  if (!history) return null;
  const times = history.entries.map(entry => entry.executionMs);
  const baseline = history.entries.findIndex(entry => entry.id === history.baseline);
  return (
    <div class="history-tab">
      <Sparkline values={times} baseline={baseline} />
      <div class="tab-bar">
        <p class="quiet">
          {baseline < 0 ? 'Pin a run to compare every new one with it.' : 'New runs are compared with the pinned one.'}
        </p>
        <button type="button" class="quiet-button" disabled={busy} onClick={() => actions.compareWith('file')}>
          <Icon name="compare" />
          <span>Compare with a saved plan …</span>
        </button>
        {isClearing ? (
          <span class="confirm">
            {forgetWords(history.entries.length, baseline >= 0)}
            <button
              type="button"
              class="secondary"
              onClick={() => {
                setClearing(false);
                actions.clearHistory();
              }}
            >
              Forget
            </button>
            <button type="button" class="quiet-button" onClick={() => setClearing(false)}>
              Keep
            </button>
          </span>
        ) : (
          <button type="button" class="quiet-button" onClick={() => setClearing(true)}>
            Clear history
          </button>
        )}
      </div>
      <table class="plain-table history-table">
        <caption class="sr-only">Runs of this statement, the latest first</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col" class="number">
              Time
            </th>
            <th scope="col" class="number">
              Blocks
            </th>
            <th scope="col" class="number wide-only">
              Cost
            </th>
            <th scope="col" class="wide-only">
              What was different
            </th>
            <th scope="col">
              <span class="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {[...history.entries].reverse().map((entry, index) => (
            <EntryRow key={entry.id} entry={entry} isLatest={index === 0} baseline={history.baseline} model={model} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function forgetWords(runs: number, isPinned: boolean): string {
  const all = runs === 1 ? 'Forget the only run' : `Forget all ${runs} runs`;
  return `${all} of this statement${isPinned ? ', the pinned one too' : ''}?`;
}

interface EntryProps {
  readonly entry: HistoryEntryView;
  readonly isLatest: boolean;
  readonly baseline: string | undefined;
  readonly model: PlanModel;
}

const ONLY_FIGURES = 'Only the figures of this run are kept, not its plan';

function EntryRow({ entry, isLatest, baseline, model }: EntryProps): JSX.Element {
  const isPinned = entry.id === baseline;
  const when = whenWords(entry.at);
  const fixed = entry.hasPlan === false ? ONLY_FIGURES : isLatest ? 'This run is the one shown' : undefined;
  return (
    <tr class={isPinned ? 'pinned' : undefined}>
      <th scope="row">
        <time dateTime={entry.at}>{when}</time>
        {isLatest && <span class="tag">latest</span>}
        {isPinned && <span class="tag">pinned</span>}
        {entry.note && <span class="narrow-only quiet">{clip(entry.note, 200)}</span>}
      </th>
      <td class="number">{entry.executionMs === undefined ? 'not run' : ms(entry.executionMs)}</td>
      <td class="number" title={exactCount(entry.blocks)}>
        {count(entry.blocks)}
      </td>
      <td class="number wide-only" title={exactCount(entry.totalCost)}>
        {count(entry.totalCost)}
      </td>
      <td class="wide-only note">{entry.note ? clip(entry.note, 300) : ''}</td>
      <td class="row-actions">
        <button
          type="button"
          class="icon-button"
          aria-label={`Compare with the run of ${when}`}
          title={fixed ?? 'Compare with this run'}
          disabled={model.busy || fixed !== undefined}
          onClick={() => model.actions.compareWith(entry.id)}
        >
          <Icon name="compare" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={`Baseline: the run of ${when}`}
          aria-pressed={isPinned}
          title={isPinned ? 'No longer the baseline' : entry.hasPlan === false ? ONLY_FIGURES : 'Pin as baseline'}
          disabled={!isPinned && entry.hasPlan === false}
          onClick={() => model.actions.pinBaseline(isPinned ? null : entry.id)}
        >
          <Icon name="pin" />
        </button>
      </td>
    </tr>
  );
}

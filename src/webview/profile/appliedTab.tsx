import type { JSX } from 'preact';
import type { KeptRun, ReviewView } from '../../protocol/profilePage';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import { scopeWords } from './picks';
import type { Actions } from './profileActions';

interface Props {
  readonly view: ReviewView;
  readonly busy: boolean;
  readonly actions: Actions;
}

/** What was applied to this server, how each setting ended, and the way back. */
export function AppliedTab({ view, busy, actions }: Props): JSX.Element {
  const { runs } = view;
  return (
    <div class="review-tab">
      {runs.length === 0 && <p class="note">Nothing was applied to this server from here.</p>}
      {runs.map(run => (
        <Run key={run.id} run={run} busy={busy} actions={actions} />
      ))}
    </div>
  );
}

const OUTCOMES = {
  planned: 'not sent',
  sent: 'may be written: the connection was lost',
  written: 'written, not read back',
  effective: 'in effect',
  'new sessions': 'for new sessions',
  'pending restart': 'waits for a restart',
  refused: 'refused',
  restored: 'put back',
  unchanged: 'was as before',
  kept: 'left alone',
} as const;

function Run({
  run,
  busy,
  actions,
}: {
  readonly run: KeptRun;
  readonly busy: boolean;
  readonly actions: Actions;
}): JSX.Element {
  const { record, undone } = run;
  const title = `${run.profileId} for ${scopeWords(record.scope ?? { kind: 'system' })}`;
  const before = new Map(record.entriesBefore.map(({ name, value }) => [name, value]));
  const results = new Map((undone ?? []).map(result => [result.name, result]));
  return (
    <section class="table-card" aria-label={clip(title)} data-run={run.id}>
      <div class="section-head">
        <h2>
          {clip(title)} <time class="quiet small">{run.at.slice(0, 16).replace('T', ' ')} UTC</time>
        </h2>
        {!undone && (
          <button type="button" class="secondary" disabled={busy} onClick={() => void actions.undo(run.id)}>
            <Icon name="undo" />
            <span>Undo…</span>
          </button>
        )}
        <button
          type="button"
          class="icon-button"
          aria-label="Take off the list"
          title="Take off the list; what it set stays"
          disabled={busy}
          onClick={() => void actions.forget(run.id)}
        >
          <Icon name="close" />
        </button>
      </div>
      <ul class="outcomes">
        {record.changes.map(({ name, wanted, outcome, reason }) => {
          const result = results.get(name);
          const why = result ? result.reason : reason;
          return (
            <li key={name} data-outcome={`${name} ${result?.outcome ?? outcome}`}>
              <span class="setting-name">{clip(name)}</span>
              <span>
                {before.has(name) ? (
                  <span class="value">{clip(before.get(name) ?? '')}</span>
                ) : (
                  <span class="quiet">not set</span>
                )}{' '}
                → <span class="value wanted">{wanted === null ? 'not set' : clip(wanted)}</span>
              </span>
              <span class={`tag outcome-${(result?.outcome ?? outcome).replace(' ', '-')}`}>
                {OUTCOMES[result?.outcome ?? outcome]}
              </span>
              {why !== undefined && <span class="quiet">{clip(why, 400)}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

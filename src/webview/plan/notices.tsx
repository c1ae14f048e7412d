import type { JSX } from 'preact';
import type { ProgressView } from '../../protocol/planPanel';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import type { Actions } from './actions';
import { percent } from './words';

/** What runs right now, how far it is, and the way to stop it. */
export function Progress({ progress, cancel }: { readonly progress: ProgressView; cancel(): void }): JSX.Element {
  const { fraction } = progress;
  return (
    <div class="progress" role="status">
      <div class="progress-line">
        <span class="progress-text">
          {clip(progress.text)}
          {fraction !== undefined && <span class="quiet"> {percent(fraction)}</span>}
        </span>
        {progress.cancellable && (
          <button type="button" class="secondary" onClick={cancel}>
            Cancel
          </button>
        )}
      </div>
      <div
        class={fraction === undefined ? 'progress-track unknown' : 'progress-track'}
        role="progressbar"
        aria-label={clip(progress.text)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={fraction === undefined ? undefined : Math.round(fraction * 100)}
      >
        <div class="progress-bar" style={fraction === undefined ? undefined : { width: `${clamp(fraction) * 100}%` }} />
      </div>
    </div>
  );
}

/** What failed; the text itself says what to do next. */
export function ErrorBanner({ text, dismiss }: { readonly text: string; dismiss?(): void }): JSX.Element {
  return (
    <div class={dismiss ? 'banner error passing' : 'banner error'} role="alert">
      <Icon name="error" />
      <p>{clip(text, 5_000)}</p>
      {dismiss && (
        <button type="button" class="plain" aria-label="Dismiss" title="Dismiss" onClick={dismiss}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

/** Before the first plan: what the panel is for and how to fill it. */
export function EmptyState({ actions }: { readonly actions: Actions }): JSX.Element {
  return (
    <div class="empty">
      <svg class="empty-picture" viewBox="0 0 96 72" width="96" height="72" aria-hidden="true">
        <path d="M48 20v14M48 34H22v12M48 34h26v12M22 58v0" fill="none" stroke="currentColor" stroke-width="2" />
        <rect x="34" y="4" width="28" height="16" rx="4" class="empty-node hot" />
        <rect x="8" y="46" width="28" height="16" rx="4" class="empty-node" />
        <rect x="60" y="46" width="28" height="16" rx="4" class="empty-node" />
      </svg>
      <h1>No plan yet</h1>
      <p>
        Put the cursor into a statement and press <strong>Explain Analyze</strong>. The statement runs in a transaction
        that is always rolled back; its plan, the time of every node and what could make it faster appear here.
      </p>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => actions.explain({ analyze: true })}>
          <Icon name="run" />
          <span>Explain Analyze</span>
        </button>
        <button type="button" class="secondary" onClick={() => actions.explain({ analyze: false })}>
          Explain
        </button>
      </div>
    </div>
  );
}

function clamp(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

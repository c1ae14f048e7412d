import type { JSX } from 'preact';
import { clip } from '../shared/shownText';
import type { Actions } from './profileActions';

/** In a workspace that is not trusted nothing is read. */
export function Untrusted({ actions }: { readonly actions: Actions }): JSX.Element {
  return (
    <div class="empty">
      <h1>This workspace is not trusted</h1>
      <p>Query Tuner connects to nothing and reads no profiles in a workspace you do not trust.</p>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => void actions.manageTrust()}>
          Manage trust
        </button>
      </div>
    </div>
  );
}

/** Before a connection is open. */
export function Unconnected({
  reason,
  actions,
}: {
  readonly reason: string | null;
  readonly actions: Actions;
}): JSX.Element {
  return (
    <div class="empty">
      <h1>No server yet</h1>
      <p>
        A profile is laid beside the settings of a running server: what differs, why, and what it takes to change it.
        Nothing is changed before you say so.
      </p>
      {reason !== null && <p role="alert">{clip(reason, 2_000)}</p>}
      <div class="buttons">
        <button type="button" class="primary" onClick={() => void actions.connect()}>
          Choose connection
        </button>
      </div>
    </div>
  );
}

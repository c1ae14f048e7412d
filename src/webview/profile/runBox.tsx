import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ScopedChanges } from '../../protocol/profile';
import { CopyButton } from '../shared/copyButton';
import { clip } from '../shared/shownText';
import { SqlCode } from '../shared/sqlCode';
import { countChanges } from './picks';
import type { Actions } from './profileActions';

interface Props {
  readonly groups: readonly ScopedChanges[];
  readonly busy: boolean;
  /** The name of the service that is told in its own way; null where SQL runs. */
  readonly service: string | null;
  /** Why nothing can be applied; null if it can. */
  readonly obstacle: string | null;
  readonly actions: Actions;
}

/** What the ticks mean, as it would run, and the button that runs it. */
export function RunBox({ groups, busy, service, obstacle, actions }: Props): JSX.Element {
  /** With the ticks it is the script of: one for others may still be on its way. */
  const [{ script, of }, setScript] = useState({ script: '', of: '[]' });
  const wanted = JSON.stringify(groups);
  useEffect(() => {
    if (groups.length === 0) {
      setScript({ script: '', of: wanted });
      return undefined;
    }
    let isWanted = true;
    void actions.script(groups).then(text => {
      if (isWanted && text !== undefined) setScript({ script: text, of: wanted });
    });
    return () => {
      isWanted = false;
    };
  }, [wanted]);

  const count = countChanges(groups);
  const isText = service !== null;
  return (
    <section class="run-box" aria-label="What will run">
      <div class="section-head">
        <h2>{isText ? `How to change them on ${clip(service)}` : 'What will run'}</h2>
        {count > 0 && <CopyButton label={isText ? 'Copy' : 'Copy SQL'} text={() => script} copy={actions.copyText} />}
      </div>
      {count === 0 ? <p class="quiet">Tick a value to see what sets it.</p> : <SqlCode text={script} />}
      {isText ? (
        <p class="quiet">The service does not take ALTER SYSTEM. Run this where its own tool is set up.</p>
      ) : (
        <div class="buttons">
          <button
            type="button"
            class="primary apply"
            disabled={busy || count === 0 || of !== wanted || obstacle !== null}
            onClick={() => void actions.apply(groups)}
          >
            {count === 0 ? 'Apply…' : count === 1 ? 'Apply 1 setting…' : `Apply ${count} settings…`}
          </button>
          {obstacle !== null && <span class="quiet">{obstacle}</span>}
        </div>
      )}
    </section>
  );
}

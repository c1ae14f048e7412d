import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatBytes } from '../../core/base/units';
import type { AskedMachine } from '../../protocol/profile';
import type { ReviewView } from '../../protocol/profilePage';
import { Icon } from '../shared/icon';
import type { Actions } from './profileActions';

const STORAGE = { ssd: 'SSD', hdd: 'spinning disks', san: 'network storage (SAN)' } as const;
const KNOWN = { server: 'read from the server', said: 'as you said', assumed: 'assumed' } as const;

interface Props {
  readonly view: ReviewView;
  readonly busy: boolean;
  readonly actions: Actions;
}

/** What the values are computed for, who says so, and a form to say otherwise. */
export function MachineForm({ view, busy, actions }: Props): JSX.Element {
  const { machine } = view.review;
  const isUnknown = machine.known.ram === 'assumed' && view.review.server.service === null;
  const [isOpen, setOpen] = useState(isUnknown);
  const [asked, setAsked] = useState<AskedMachine>(view.machine);
  const change = (part: AskedMachine): void => setAsked(now => ({ ...now, ...part }));
  const submit = (event: Event): void => {
    event.preventDefault();
    void actions.choose({ machine: asked });
  };
  const fact = (text: string, known: keyof typeof KNOWN): JSX.Element => (
    <>
      {text} <span class="quiet">({KNOWN[known]})</span>
    </>
  );
  return (
    <section class="machine" aria-label="Machine">
      <div class="machine-line">
        <p>
          For {fact(`${formatBytes(machine.ramBytes)} of RAM`, machine.known.ram)},{' '}
          {fact(machine.cores === 1 ? '1 core' : `${machine.cores} cores`, machine.known.cores)},{' '}
          {fact(`${machine.connections} connections`, machine.known.connections)}, {STORAGE[machine.storage]}
        </p>
        <button type="button" class="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Close' : 'Change'}
        </button>
      </div>
      {isUnknown && (
        <p class="note warning">
          <Icon name="warning" />
          <span>
            The server does not say how much memory its machine has. Say it before anything is applied to the whole
            server.
          </span>
        </p>
      )}
      {isOpen && (
        <form class="machine-fields" onSubmit={submit}>
          <label class="field">
            <span>Memory</span>
            <input
              class="input"
              id="ram"
              placeholder="16GB"
              value={asked.ram ?? ''}
              onInput={event => change({ ram: event.currentTarget.value })}
            />
          </label>
          <label class="field">
            <span>Cores</span>
            <input
              class="input"
              id="cores"
              inputMode="numeric"
              placeholder={String(machine.cores)}
              value={asked.cores ?? ''}
              onInput={event => change({ cores: event.currentTarget.value })}
            />
          </label>
          <label class="field">
            <span>Connections</span>
            <input
              class="input"
              id="connections"
              inputMode="numeric"
              placeholder={String(machine.connections)}
              value={asked.connections ?? ''}
              onInput={event => change({ connections: event.currentTarget.value })}
            />
          </label>
          <label class="field">
            <span>Storage</span>
            <select
              class="select"
              id="storage"
              value={asked.storage ?? machine.storage}
              onChange={event => change({ storage: event.currentTarget.value as AskedMachine['storage'] })}
            >
              {Object.entries(STORAGE).map(([id, title]) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" class="secondary" disabled={busy}>
            Compute again
          </button>
        </form>
      )}
    </section>
  );
}

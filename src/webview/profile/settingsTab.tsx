import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ReviewView } from '../../protocol/profilePage';
import { clip } from '../shared/shownText';
import { canPick, groupSettings, settingChanges, type SettingFilter } from './picks';
import type { Actions } from './profileActions';
import { RunBox } from './runBox';
import { SettingRow } from './settingRow';
import { TableHead } from './tableHead';

interface Props {
  readonly view: ReviewView;
  readonly busy: boolean;
  readonly picked: ReadonlySet<string>;
  readonly pick: (picked: ReadonlySet<string>) => void;
  readonly actions: Actions;
}

/** The settings of a profile beside those of the server, to be ticked and applied. */
export function SettingsTab({ view, busy, picked, pick, actions }: Props): JSX.Element {
  const { review } = view;
  const { settings, server, scope, machine } = review;
  const [filter, setFilter] = useState<SettingFilter>({ text: '', same: false });
  const groups = groupSettings(settings, filter);
  const different = settings.filter(canPick);
  const same = settings.filter(({ state }) => state === 'same').length;
  const toggle = (name: string): void => {
    const next = new Set(picked);
    if (!next.delete(name)) next.add(name);
    pick(next);
  };
  return (
    <div class="review-tab">
      <div class="filters">
        <input
          type="search"
          class="input"
          id="filter"
          aria-label="Filter settings"
          placeholder="Filter by name, group or reason"
          value={filter.text}
          onInput={event => setFilter({ ...filter, text: event.currentTarget.value })}
        />
        {same > 0 && (
          <label class="check">
            <input
              type="checkbox"
              id="show-same"
              checked={filter.same}
              onChange={() => setFilter({ ...filter, same: !filter.same })}
            />
            {same === 1 ? 'Show 1 that is the same' : `Show ${same} that are the same`}
          </label>
        )}
        <span class="buttons">
          <button type="button" class="link" onClick={() => pick(new Set(different.map(({ name }) => name)))}>
            Tick all
          </button>
          <button type="button" class="link" onClick={() => pick(new Set())}>
            Untick all
          </button>
        </span>
      </div>
      {different.length === 0 && (
        <p class="note" id="no-differences">
          No differences: the server has every value of this profile that it may have.
        </p>
      )}
      {groups.length === 0 && different.length > 0 && <p class="quiet">No setting matches the filter.</p>}
      {groups.length > 0 && (
        <table class="settings-table" role="table">
          <caption class="sr-only">Settings of the profile beside those of the server</caption>
          <TableHead titles={['Setting', 'Now', 'Profile', 'Default', 'Why']} />
          {groups.map(({ title, settings: inGroup }) => (
            <tbody key={title} role="rowgroup">
              <tr role="row" class="group-row">
                <th role="rowheader" scope="rowgroup" colSpan={5}>
                  {clip(title)}
                </th>
              </tr>
              {inGroup.map(setting => (
                <SettingRow
                  key={setting.name}
                  setting={setting}
                  isPicked={picked.has(setting.name)}
                  toggle={() => toggle(setting.name)}
                />
              ))}
            </tbody>
          ))}
        </table>
      )}
      {different.length > 0 && (
        <RunBox
          groups={settingChanges(review, picked)}
          busy={busy}
          service={scope.kind === 'system' ? server.service : null}
          obstacle={
            server.permission !== null
              ? 'This role may not.'
              : scope.kind === 'system' && machine.known.ram === 'assumed'
                ? 'Say how much memory the machine has first.'
                : null
          }
          actions={actions}
        />
      )}
    </div>
  );
}

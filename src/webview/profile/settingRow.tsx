import type { JSX } from 'preact';
import type { ReviewedSetting } from '../../core/profiles/reviewProfile';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import { canPick } from './picks';

const EFFECT = { reload: '', restart: 'needs a restart', 'new sessions': 'for new sessions' } as const;

interface Props {
  readonly setting: ReviewedSetting;
  readonly isPicked: boolean;
  toggle(): void;
}

/** One setting: its values, why the profile wants it, what may come of it, and why it is refused where it is. */
export function SettingRow({ setting, isPicked, toggle }: Props): JSX.Element {
  const { name, now, origin, value, boot, unit, takesEffect, state, reason, citation, risk, refused, caution } =
    setting;
  const id = `setting-${name}`;
  return (
    <tr role="row" class={`setting-row state-${state}`} data-setting={name}>
      <th role="rowheader" scope="row">
        {canPick(setting) ? (
          <label class="check setting-name" title={clip(setting.description)}>
            <input type="checkbox" id={id} checked={isPicked} onChange={toggle} />
            <span>{clip(name)}</span>
          </label>
        ) : (
          <span class="setting-name" title={clip(setting.description)}>
            <Icon name={state === 'same' ? 'check' : 'never'} />
            <span>{clip(name)}</span>
          </span>
        )}
        {setting.pendingRestart && <span class="tag">a value waits for a restart</span>}
        {state === 'differs' && EFFECT[takesEffect] !== '' && <span class="tag">{EFFECT[takesEffect]}</span>}
      </th>
      <td role="cell" data-title="Now">
        <span class="value">{now === null ? 'unknown here' : clip(now) || 'empty'}</span>
        {origin !== '' && <span class="quiet small">{clip(origin)}</span>}
      </td>
      <td role="cell" data-title="Profile">
        <span class="value wanted">{clip(value) || 'empty'}</span>
        {unit !== null && <span class="quiet small">unit {unit}</span>}
      </td>
      <td role="cell" data-title="Default">
        <span class="value">{boot === null ? '–' : clip(boot) || 'empty'}</span>
      </td>
      <td role="cell" class="why" data-title="Why">
        {refused !== null && (
          <p class="refused">
            <strong>Not applied:</strong> {clip(refused, 600)}
          </p>
        )}
        <p>{clip(reason, 600)}</p>
        {citation !== null && <p class="quiet small">{clip(citation, 300)}</p>}
        {state === 'differs' && caution !== null && (
          <p class="caution">
            <Icon name="warning" />
            <span>No effect here: {clip(caution, 400)}</span>
          </p>
        )}
        {state === 'differs' && risk !== null && (
          <p class={`risk risk-${risk.level}`}>
            {risk.level === 'high' && <Icon name="warning" />}
            <span>
              Risk {risk.level}: {clip(risk.text)}
            </span>
          </p>
        )}
      </td>
    </tr>
  );
}

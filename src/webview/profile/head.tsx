import type { JSX } from 'preact';
import type { SettingScope } from '../../core/profiles/settingSql';
import type { ProfileReview } from '../../protocol/profile';
import type { ReviewView } from '../../protocol/profilePage';
import { Icon } from '../shared/icon';
import { clip } from '../shared/shownText';
import { MachineForm } from './machineForm';
import type { Actions } from './profileActions';

const ORIGINS = [
  ['own', 'Of this workspace'],
  ['computed', 'Computed from the machine'],
  ['guide', 'From the performance guides'],
] as const;

const ROLES = { production: 'production database', staging: 'staging', development: 'development' } as const;

interface Props {
  readonly view: ReviewView;
  readonly busy: boolean;
  readonly actions: Actions;
}

/** Which server, which profile, for what scope, and on what machine. */
export function Head({ view, busy, actions }: Props): JSX.Element {
  const { review, connection, role } = view;
  const { server, profiles, profileId } = review;
  return (
    <header class="header">
      <h1>Tuning profile for {clip(connection)}</h1>
      <p class="where">
        <span class={`role role-${role}`}>{ROLES[role]}</span> PostgreSQL {clip(server.text)}, as {clip(server.user)} in{' '}
        {clip(server.database)}
        {server.service !== null && <>, run by {clip(server.service)}</>}
      </p>
      <div class="choices">
        <label class="field">
          <span>Profile</span>
          <select
            class="select"
            id="profile"
            disabled={busy}
            value={profileId}
            onChange={event => void actions.choose({ profileId: event.currentTarget.value })}
          >
            {ORIGINS.map(([origin, title]) => {
              const group = profiles.filter(profile => profile.origin === origin);
              return (
                group.length > 0 && (
                  <optgroup key={origin} label={title}>
                    {group.map(profile => (
                      <option key={profile.id} value={profile.id} selected={profile.id === profileId}>
                        {clip(profile.title, 120)}
                      </option>
                    ))}
                  </optgroup>
                )
              );
            })}
          </select>
        </label>
        <ScopeChooser review={review} busy={busy} actions={actions} />
        <div class="toolbar">
          <button type="button" class="secondary" disabled={busy} onClick={() => void actions.refresh()}>
            <Icon name="again" />
            <span>Read again</span>
          </button>
          <button type="button" class="secondary" disabled={busy} onClick={() => void actions.connect()}>
            Other connection
          </button>
        </div>
      </div>
      <MachineForm key={connection} view={view} busy={busy} actions={actions} />
      {server.permission !== null && (
        <p class="note warning">
          <Icon name="lock" />
          <span>{clip(server.permission, 600)}: nothing can be applied in this scope. The SQL can be copied.</span>
        </p>
      )}
    </header>
  );
}

function ScopeChooser({
  review,
  busy,
  actions,
}: {
  readonly review: ProfileReview;
  readonly busy: boolean;
  readonly actions: Actions;
}): JSX.Element {
  const { scope, databases, roles, server } = review;
  const firstOf = (kind: string): SettingScope => {
    if (kind === 'database') return { kind, database: server.database };
    if (kind === 'role') return { kind, role: roles.find(name => name !== server.user) ?? server.user };
    return { kind: 'system' };
  };
  const targets = scope.kind === 'database' ? databases : roles;
  const target = scope.kind === 'database' ? scope.database : scope.kind === 'role' ? scope.role : '';
  return (
    <>
      <label class="field">
        <span>Applies to</span>
        <select
          class="select"
          id="scope"
          disabled={busy}
          value={scope.kind}
          onChange={event => void actions.choose({ scope: firstOf(event.currentTarget.value) })}
        >
          <option value="system">the whole server</option>
          <option value="database">one database</option>
          <option value="role">one role</option>
        </select>
      </label>
      {scope.kind !== 'system' && (
        <label class="field">
          <span>{scope.kind === 'database' ? 'Database' : 'Role'}</span>
          <select
            class="select"
            id="target"
            disabled={busy}
            value={target}
            onChange={event => {
              const name = event.currentTarget.value;
              const next: SettingScope =
                scope.kind === 'database' ? { kind: 'database', database: name } : { kind: 'role', role: name };
              void actions.choose({ scope: next });
            }}
          >
            {targets.map(name => (
              <option key={name} value={name} selected={name === target}>
                {clip(name, 80)}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}

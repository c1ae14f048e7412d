import type { EvaluatedSetting } from './profile';
import { sameValueOf } from './comparableValue';

/** A row of `pg_settings`, as far as a diff needs it. */
export interface ServerSetting {
  readonly name: string;
  readonly value: string;
  readonly unit: string | null;
  readonly context: string;
  readonly bootValue: string | null;
  readonly source: string;
  readonly pendingRestart: boolean;
}

/** One line of the comparison of a profile with a server. */
export interface SettingDifference {
  readonly setting: EvaluatedSetting;
  /** Absent when the server does not know the setting. */
  readonly now?: ServerSetting;
  readonly state: 'same' | 'differs' | 'refused' | 'unknown';
  /** How it would take effect. */
  readonly takesEffect: 'reload' | 'restart' | 'new sessions';
}

/** Compares a profile's settings with the server's; the server's own unit and context decide. */
export function diffProfile(
  settings: readonly EvaluatedSetting[],
  server: ReadonlyMap<string, ServerSetting>,
): SettingDifference[] {
  return settings.map(setting => {
    const now = server.get(setting.name);
    const state = !now
      ? 'unknown'
      : sameValueOf(setting.name, setting.value, now.value, now.unit)
        ? 'same'
        : setting.refused
          ? 'refused'
          : 'differs';
    const takesEffect =
      now?.context === 'postmaster' || (!now && setting.restart)
        ? 'restart'
        : now?.context === 'superuser-backend' || now?.context === 'backend'
          ? 'new sessions'
          : 'reload';
    return { setting, ...(now && { now }), state, takesEffect };
  });
}

import { parseLifespan } from './lifespan';
import type { Lifespan } from './lifespan';
import { SYSTEM_SETTINGS } from './systemSettings';

export type SettingContext =
  'internal' | 'postmaster' | 'sighup' | 'superuser-backend' | 'backend' | 'superuser' | 'user';

/** A setting as `pg_settings` of one version describes it. */
export interface ServerSetting extends Lifespan {
  readonly name: string;
  readonly context: SettingContext;
  readonly type: 'bool' | 'integer' | 'real' | 'string' | 'enum';
  /** `kB`, `8kB`, `ms`, ...; empty without one. */
  readonly unit: string;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** `boot_val`: the value of a server nobody configured, in the setting's own unit. */
  readonly defaultValue: string;
  /** Of an enum. */
  readonly values: readonly string[];
}

interface Entry extends Lifespan {
  readonly name: string;
  readonly facts: readonly string[];
}

let entries: ReadonlyMap<string, Entry> | undefined;

function settings(): ReadonlyMap<string, Entry> {
  entries ??= new Map(
    SYSTEM_SETTINGS.map(line => {
      const [name = '', ...facts] = line.split('|');
      const entry = { ...parseLifespan(name), facts };
      // `SET timezone` and `SET TimeZone` are the same.
      return [entry.name.toLowerCase(), entry] as const;
    }),
  );
  return entries;
}

/** Names of all settings, in lower case. */
export function settingNames(): readonly string[] {
  return [...settings().keys()];
}

/**
 * The setting in one version, the newest when undefined. A setting of other versions is found too: its lifespan says
 * so.
 */
export function findSetting(name: string, major = 18): ServerSetting | undefined {
  const entry = settings().get(name.toLowerCase());
  if (!entry) return undefined;
  const [context = '', type = '', unit = '', minimum = '', maximum = '', defaultValue = '', values = ''] =
    entry.facts.map(fact => factIn(fact, major));
  const { name: spelled, since, until } = entry;
  return {
    name: spelled,
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    context: context as SettingContext,
    type: type as ServerSetting['type'],
    unit,
    minimum: minimum === '' ? undefined : Number(minimum),
    maximum: maximum === '' ? undefined : Number(maximum),
    defaultValue,
    values: values === '' ? [] : values.split(','),
  };
}

/** True if the fact (its default, its context) is the same from 14 to 18. */
export function isSameInAllVersions(name: string, fact: 'context' | 'type' | 'defaultValue'): boolean {
  const [oldest, newest] = [findSetting(name, 14), findSetting(name, 18)];
  return oldest?.[fact] === newest?.[fact];
}

/** `postmaster<18>sighup` is `postmaster` before 18 and `sighup` from then on. */
function factIn(fact: string, major: number): string {
  const [, before, version, after] = /^(.*)<(\d+)>(.*)$/.exec(fact) ?? [];
  if (version === undefined) return fact;
  return (major < Number(version) ? before : after) ?? '';
}

import { MIB } from '../base/units';
import { numberIn } from '../catalog/systemCatalog/settingValue';
import { findSetting } from '../catalog/systemCatalog/serverSettings';
import type { ServerSetting } from './diffProfile';
import type { SettingChange } from './settingSql';

/**
 * Values that ALTER SYSTEM takes one by one and with which together the server would not start any more, by setting. What
 * is checked is what the server itself checks when it starts (PostmasterMain, ResetWal and the check hooks of 14 to 18).
 */
export function startObjections(
  changes: readonly SettingChange[],
  server: ReadonlyMap<string, ServerSetting>,
  serverVersion: number,
): Map<string, string> {
  const wanted = new Map(changes.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const])));
  const value = (name: string): string => wanted.get(name) ?? server.get(name)?.value ?? '';
  const amount = (name: string): number => {
    const setting = findSetting(name, serverVersion);
    return (setting && numberIn(setting, value(name))) ?? 0;
  };
  const found = new Map<string, string>();
  const object = (names: readonly string[], why: string): void => {
    for (const name of names) if (wanted.has(name)) found.set(name, `the server would not start: ${why}`);
  };

  const reserved = amount('superuser_reserved_connections') + amount('reserved_connections');
  if (reserved >= amount('max_connections')) {
    object(
      ['max_connections', 'superuser_reserved_connections', 'reserved_connections'],
      `${reserved} reserved connections leave none of ${amount('max_connections')}`,
    );
  }
  if (value('wal_level') === 'minimal') {
    const needing = [
      ...(amount('max_wal_senders') > 0 ? ['max_wal_senders'] : []),
      ...(value('archive_mode') !== 'off' && value('archive_mode') !== '' ? ['archive_mode'] : []),
      ...(value('summarize_wal') === 'on' ? ['summarize_wal'] : []),
    ];
    if (needing.length > 0) object(['wal_level', ...needing], `wal_level = minimal does not go with ${needing[0]}`);
  }
  // Half of it must hold a segment and the next one (XLOG: min_wal_size is at least twice wal_segment_size).
  const segment = Number(server.get('wal_segment_size')?.value ?? 0) / MIB;
  for (const name of ['min_wal_size', 'max_wal_size']) {
    if (segment > 0 && amount(name) < 2 * segment) object([name], `${name} is less than two segments of ${segment} MB`);
  }
  if (value('huge_pages') === 'on' && server.get('huge_pages')?.value !== 'on') {
    object(['huge_pages'], 'unless the system has set enough huge pages aside, which cannot be seen from here');
  }
  if (value('ssl') === 'on' && server.get('ssl')?.value !== 'on') {
    object(['ssl'], 'unless its certificate and key are in place, which cannot be seen from here');
  }
  return found;
}

/** On a standby these may not be lower than on its primary (manual, "Administrator's Overview"). */
const STANDBY_NEEDS = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
];

/** For a standby: values lower than now, which it would not go on replaying with. */
export function standbyObjections(
  changes: readonly SettingChange[],
  server: ReadonlyMap<string, ServerSetting>,
): Map<string, string> {
  return new Map(
    changes.flatMap(({ name, value }) =>
      STANDBY_NEEDS.includes(name) && value !== null && Number(value) < Number(server.get(name)?.value ?? 0)
        ? [[name, 'this server is a standby, and may not have less of it than its primary'] as const]
        : [],
    ),
  );
}

import { findSetting, isSameInAllVersions } from '../../catalog/systemCatalog/serverSettings';
import type { SettingContext } from '../../catalog/systemCatalog/serverSettings';
import { defineRule } from '../defineRule';
import { SETS_SOMETHING, isServerWide, settingChanges } from '../support/settingChanges';
import type { SettingScope } from '../support/settingChanges';

export const cannotBeSetHere = defineRule({
  id: 'settings/cannot-be-set-here',
  since: '0.2.0',
  severity: 'error',
  nodes: ['VariableSetStmt', 'FuncCall'],
  mentions: SETS_SOMETHING,
  title: 'SET of a setting that is the server’s',
  docs: {
    problem: 'A session cannot change this setting: it is read when the server starts, or from its configuration.',
    why: 'PostgreSQL refuses the statement. `ALTER SYSTEM` writes the value into the configuration; then a restart or `pg_reload_conf()` makes it effective.',
    whenToIgnore: 'Never.',
  },
  messages: {
    postmaster: '{name} changes only when the server starts: ALTER SYSTEM SET it, then restart.',
    sighup: '{name} is read from the configuration: ALTER SYSTEM SET it, then SELECT pg_reload_conf().',
    connection:
      '{name} is fixed when a session begins: ALTER SYSTEM SET it, or give it among the options of the connection.',
    internal: '{name} cannot be changed: it was fixed when the server was built or its data folder was made.',
  },
  examples: [
    { title: 'needs a restart', bad: "SET shared_buffers = '2GB'", flags: 'shared_buffers' },
    { title: 'needs a reload', bad: "SET max_wal_size = '4GB'", flags: 'max_wal_size' },
    {
      title: 'for a database, neither',
      bad: "ALTER DATABASE shop SET max_connections = '200'",
      flags: 'max_connections',
    },
    { title: 'fixed at connection', bad: 'SET log_connections = on', flags: 'log_connections' },
    { title: 'fixed by initdb', bad: "ALTER SYSTEM SET wal_segment_size = '64MB'", flags: 'wal_segment_size' },
    { title: 'in the configuration', good: "ALTER SYSTEM SET shared_buffers = '2GB'" },
    { title: 'a session’s own', good: "SET work_mem = '64MB'" },
    { title: 'at connection', good: 'ALTER SYSTEM SET log_connections = on' },
    { title: 'taking it away', good: 'ALTER ROLE report SET max_connections TO DEFAULT' },
    { title: 'an extension’s', good: "SET pg_stat_statements.track = 'all'" },
    { title: 'asked, not set', good: 'SHOW shared_buffers' },
  ],
  check({ statement, serverVersion, find, report }) {
    for (const { name, scope, isRemoval, nameRange: at } of settingChanges(statement, find)) {
      const major = serverVersion === undefined ? undefined : Math.floor(serverVersion / 10_000);
      const setting = findSetting(name, major);
      if (!setting || isRemoval || (major === undefined && !isSameInAllVersions(name, 'context'))) continue;
      const message = refusal(setting.context, scope);
      if (message) report({ at, message, values: { name } });
    }
  },
});

function refusal(
  context: SettingContext,
  scope: SettingScope,
): 'postmaster' | 'sighup' | 'connection' | 'internal' | undefined {
  if (context === 'internal') return 'internal';
  if (isServerWide(scope)) return undefined;
  if (context === 'postmaster' || context === 'sighup') return context;
  return context === 'backend' || context === 'superuser-backend' ? 'connection' : undefined;
}

import { findFormerSetting, isUnlistedSetting } from '../../catalog/systemCatalog/formerSettings';
import { isAlive } from '../../catalog/systemCatalog/lifespan';
import { findSetting, settingNames } from '../../catalog/systemCatalog/serverSettings';
import { defineRule } from '../defineRule';
import { closestName } from '../support/closestName';
import { SETS_SOMETHING, settingChanges } from '../support/settingChanges';

export const unknownSetting = defineRule({
  id: 'settings/unknown-setting',
  since: '0.2.0',
  severity: 'error',
  nodes: ['VariableSetStmt', 'FuncCall'],
  mentions: SETS_SOMETHING,
  title: 'A setting PostgreSQL does not have',
  docs: {
    problem: 'The name is no setting of PostgreSQL, or not of this version: the statement fails.',
    why: 'Settings are renamed and removed between major versions, and names of other programs (PgBouncer, MySQL) look alike.',
    whenToIgnore: 'The server is a fork with settings of its own.',
  },
  messages: {
    unknown: 'PostgreSQL has no setting {name}.',
    near: 'PostgreSQL has no setting {name}; {near} is one.',
    gone: 'PostgreSQL has no setting {name} since version {version}.',
    replaced: 'PostgreSQL has no setting {name} since version {version}; instead: {instead}.',
    tooNew: 'PostgreSQL has the setting {name} since version {version} only; the server is version {server}.',
  },
  examples: [
    {
      title: 'a slip',
      bad: "ALTER SYSTEM SET effective_cache_sise = '6GB'",
      flags: 'effective_cache_sise',
      fixed: "ALTER SYSTEM SET effective_cache_size = '6GB'",
    },
    { title: 'removed long ago', bad: 'ALTER SYSTEM SET checkpoint_segments = 32', flags: 'checkpoint_segments' },
    { title: 'MySQL’s', bad: 'SET foreign_key_checks = 0', flags: 'foreign_key_checks' },
    {
      title: 'by function',
      bad: "SELECT set_config('statement_timeoutt', '5s', true)",
      flags: "'statement_timeoutt'",
    },
    { title: 'a setting', good: "SET statement_timeout = '5s'" },
    { title: 'an extension’s', good: "SET auto_explain.log_min_duration = '250ms'" },
    { title: 'one of the application', good: "SELECT set_config('app.tenant_id', $1, true)" },
    { title: 'in capitals', good: "SET TIME ZONE 'UTC'; SET DateStyle = ISO" },
    { title: 'names pg_settings does not show', good: 'SET ROLE reporting; SET SESSION AUTHORIZATION DEFAULT' },
    { title: 'transaction modes', good: 'SET TRANSACTION ISOLATION LEVEL SERIALIZABLE' },
    { title: 'a name filled in later', good: 'SELECT set_config($1, $2, false)' },
    { title: 'taking away what an old version set', good: 'ALTER DATABASE shop RESET old_snapshot_limit' },
    { title: 'an old name that is understood', good: "SET sort_mem = '16MB'" },
  ],
  check({ statement, serverVersion, find, report }) {
    const major = serverVersion === undefined ? undefined : Math.floor(serverVersion / 10_000);
    for (const { name, isRemoval, nameRange: at } of settingChanges(statement, find)) {
      if (isRemoval || name === '' || name.includes('.') || isUnlistedSetting(name)) continue;
      const known = findSetting(name);
      if (known && isAlive(known, major)) continue;
      const former = findFormerSetting(name);
      if (known?.since !== undefined && major !== undefined && major < known.since) {
        report({ at, message: 'tooNew', values: { name, version: known.since, server: major } });
      } else if (former?.instead !== undefined) {
        report({ at, message: 'replaced', values: { name, version: former.gone, instead: former.instead } });
      } else if (former) report({ at, message: 'gone', values: { name, version: former.gone } });
      else reportUnknown(name);

      function reportUnknown(unknown: string): void {
        const near = closestName(unknown, settingNames());
        if (near === undefined) report({ at, message: 'unknown', values: { name: unknown } });
        else {
          const written = statement.text.slice(at.start, at.end).toLowerCase() === unknown;
          const edits = [{ range: at, newText: near }];
          const fixes = written ? [{ title: `Change to ${near}`, safe: false, edits }] : [];
          report({ at, message: 'near', values: { name: unknown, near }, fixes });
        }
      }
    }
  },
});

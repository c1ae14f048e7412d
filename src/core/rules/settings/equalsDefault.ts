import { findSetting, isSameInAllVersions } from '../../catalog/systemCatalog/serverSettings';
import { isSameValue } from '../../catalog/systemCatalog/settingValue';
import { defineRule } from '../defineRule';
import { SETS_SOMETHING, isServerWide, settingChanges } from '../support/settingChanges';

/** Written into postgresql.conf by initdb, or found out at start: the built-in default is not what a server has. */
const NOT_AS_BUILT: ReadonlySet<string> = new Set([
  'shared_buffers',
  'max_stack_depth',
  'timezone',
  'log_timezone',
  'datestyle',
  'default_text_search_config',
  'dynamic_shared_memory_type',
  'lc_messages',
  'lc_monetary',
  'lc_numeric',
  'lc_time',
]);

export const equalsDefault = defineRule({
  id: 'settings/equals-default',
  since: '0.2.0',
  severity: 'hint',
  nodes: ['VariableSetStmt', 'FuncCall'],
  mentions: SETS_SOMETHING,
  title: 'A setting set to its default',
  docs: {
    problem: 'The value is the one PostgreSQL has anyway.',
    why: 'The line changes nothing, and keeps a later version’s better default away.',
    whenToIgnore: 'It overrides another value of postgresql.conf.',
  },
  messages: { same: '{value} is the default of {name}.' },
  examples: [
    { title: 'the default since 14', bad: 'ALTER SYSTEM SET checkpoint_completion_target = 0.9', flags: '0.9' },
    { title: 'in another unit', bad: "ALTER SYSTEM SET work_mem = '4096kB'", flags: "'4096kB'" },
    { title: 'a switch', bad: 'ALTER SYSTEM SET autovacuum = true', flags: 'true' },
    { title: 'another value', good: "ALTER SYSTEM SET work_mem = '16MB'" },
    { title: 'versions have different defaults', good: 'ALTER SYSTEM SET effective_io_concurrency = 16' },
    { title: 'initdb may have chosen another one', good: "ALTER SYSTEM SET shared_buffers = '128MB'" },
    { title: 'for one role it may undo another value', good: "ALTER ROLE app SET work_mem = '4MB'" },
    { title: 'without a value', good: 'ALTER SYSTEM RESET work_mem' },
  ],
  check({ statement, serverVersion, find, report }) {
    const major = serverVersion === undefined ? undefined : Math.floor(serverVersion / 10_000);
    for (const { name, scope, values, valueRange: at } of settingChanges(statement, find)) {
      const [value] = values;
      const setting = findSetting(name, major);
      if (
        !setting ||
        !isServerWide(scope) ||
        values.length !== 1 ||
        value === undefined ||
        !at ||
        NOT_AS_BUILT.has(name)
      )
        continue;
      if (major === undefined && !isSameInAllVersions(name, 'defaultValue')) continue;
      if (isSameValue(setting, value, setting.defaultValue)) {
        report({ at, message: 'same', values: { name, value } });
      }
    }
  },
});

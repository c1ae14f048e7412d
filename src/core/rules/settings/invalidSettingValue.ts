import { findSetting } from '../../catalog/systemCatalog/serverSettings';
import { objectionTo } from '../../catalog/systemCatalog/settingValue';
import { defineRule } from '../defineRule';
import { SETS_SOMETHING, settingChanges } from '../support/settingChanges';

export const invalidSettingValue = defineRule({
  id: 'settings/invalid-setting-value',
  since: '0.2.0',
  severity: 'error',
  nodes: ['VariableSetStmt', 'FuncCall'],
  mentions: SETS_SOMETHING,
  title: 'A value the setting does not take',
  docs: {
    problem:
      'The value has the wrong unit, is out of range, or is none of the words the setting knows: the statement fails.',
    why: 'Units are case-sensitive (`kB`, `MB`, `GB`, `ms`, `s`, `min`), and a number without a unit counts in the setting’s own, which for `shared_buffers` is 8 kB.',
    whenToIgnore: 'The server was built with other limits.',
  },
  messages: {
    boolean: '{name} is on or off; PostgreSQL refuses {value}.',
    number: '{name} is a number; PostgreSQL refuses {value}.',
    noUnit: '{name} is a number without a unit; PostgreSQL refuses {value}.',
    unit: '{value} has a unit PostgreSQL does not know for {name}: {allowed}, spelled like this.',
    range: '{value} is out of the range of {name}: {minimum} to {maximum}.',
    value: '{name} does not know {value}; it takes {allowed}.',
  },
  examples: [
    { title: 'units are case-sensitive', bad: "ALTER SYSTEM SET work_mem = '64mb'", flags: "'64mb'" },
    { title: 'out of range', bad: 'ALTER SYSTEM SET checkpoint_completion_target = 90', flags: '90' },
    { title: 'a unit of time for memory', bad: "SET maintenance_work_mem = '5min'", flags: "'5min'" },
    { title: 'a unit where there is none', bad: "SET random_page_cost = '2ms'", flags: "'2ms'" },
    { title: 'not one of its words', bad: "ALTER SYSTEM SET log_statement = 'writes'", flags: "'writes'" },
    { title: 'neither on nor off', bad: "ALTER ROLE report SET jit = 'sometimes'", flags: "'sometimes'" },
    { title: 'memory', good: "ALTER SYSTEM SET shared_buffers = '2GB'; SET work_mem = '65536'; SET work_mem = '0200'" },
    { title: 'fractions and blanks', good: "SET work_mem = '1.5 GB'; SET statement_timeout = '0.5 min'" },
    { title: 'minus one for automatic', good: 'ALTER SYSTEM SET wal_buffers = -1' },
    { title: 'a boolean’s many words', good: "SET jit = 1; SET jit = 'FALSE'; SET enable_seqscan TO no" },
    { title: 'an enum that also takes on', good: "SET synchronous_commit = true; SET wal_compression = 'lz4'" },
    { title: 'a value filled in later', good: 'SET LOCAL work_mem = :work_mem' },
    { title: 'back to the default', good: 'SET work_mem TO DEFAULT; RESET jit' },
  ],
  check({ statement, serverVersion, find, report }) {
    for (const { name, values, valueRange: at } of settingChanges(statement, find)) {
      const [value] = values;
      if (values.length !== 1 || value === undefined || at === undefined) continue;
      // The versions' limits and words differ in few settings: unless one is meant, the newest ones are the widest.
      const setting = findSetting(name, serverVersion === undefined ? 18 : Math.floor(serverVersion / 10_000));
      const objection = setting && objectionTo(setting, value);
      if (!objection) continue;
      const shown = { name, value };
      switch (objection.what) {
        case 'unit':
        case 'value':
          report({ at, message: objection.what, values: { ...shown, allowed: objection.allowed } });
          break;
        case 'range': {
          const { minimum, maximum } = objection;
          report({ at, message: 'range', values: { ...shown, minimum, maximum } });
          break;
        }
        default:
          report({ at, message: objection.what, values: shown });
      }
    }
  },
});

import { readBoolean } from '../../catalog/systemCatalog/settingValue';
import { defineRule } from '../defineRule';
import { SETS_SOMETHING, settingChanges } from '../support/settingChanges';

export const durabilityOff = defineRule({
  id: 'settings/durability-off',
  since: '0.2.0',
  severity: 'warning',
  nodes: ['VariableSetStmt', 'FuncCall'],
  mentions: SETS_SOMETHING,
  title: 'Crash safety switched off',
  docs: {
    problem:
      'Without `fsync` or `full_page_writes` a crash of the machine can leave data that cannot be read any more.',
    why: 'Both are what lets recovery rely on the WAL. For faster commits `synchronous_commit = off` loses at most the last moments and corrupts nothing.',
    whenToIgnore: 'The data can be made again, as in a test server.',
  },
  messages: {
    corrupts:
      'After a crash with {name} = {value} the data may be corrupt; synchronous_commit = off is the safe way to faster commits.',
    hides: '{name} = {value} makes PostgreSQL go on with damaged data instead of reporting it.',
  },
  examples: [
    { title: 'no fsync', bad: 'ALTER SYSTEM SET fsync = off', flags: 'off' },
    { title: 'no full pages', bad: "ALTER SYSTEM SET full_page_writes = 'false'", flags: "'false'" },
    { title: 'damage goes unseen', bad: 'SET zero_damaged_pages = on', flags: 'on' },
    { title: 'on', good: 'ALTER SYSTEM SET fsync = on' },
    { title: 'later commits, but no corruption', good: 'ALTER SYSTEM SET synchronous_commit = off' },
    { title: 'for one bulk load', good: 'SET LOCAL synchronous_commit = off' },
    { title: 'back to the default', good: 'ALTER SYSTEM RESET fsync' },
  ],
  check({ statement, find, report }) {
    for (const { name, values, valueRange: at } of settingChanges(statement, find)) {
      const [value = ''] = values;
      const risk = RISKS[name];
      if (!at || risk === undefined || readBoolean(value) !== risk.when) continue;
      report({ at, message: risk.message, values: { name, value } });
    }
  },
});

const RISKS: Readonly<Record<string, { readonly when: boolean; readonly message: 'corrupts' | 'hides' }>> = {
  fsync: { when: false, message: 'corrupts' },
  full_page_writes: { when: false, message: 'corrupts' },
  zero_damaged_pages: { when: true, message: 'hides' },
  ignore_checksum_failure: { when: true, message: 'hides' },
};

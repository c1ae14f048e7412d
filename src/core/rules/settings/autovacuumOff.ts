import { readBoolean } from '../../catalog/systemCatalog/settingValue';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { list, stringValue } from '../support/expressions';
import { settingChanges } from '../support/settingChanges';

export const autovacuumOff = defineRule({
  id: 'settings/autovacuum-off',
  since: '0.2.0',
  severity: 'warning',
  nodes: ['VariableSetStmt', 'FuncCall', 'DefElem'],
  title: 'Autovacuum switched off',
  guideline: { guide: '002', section: '3.2 Autovacuum Tuning' },
  docs: {
    problem: 'Dead rows stay, statistics grow old, and index-only scans turn into heap fetches.',
    why: 'When transaction ids run short PostgreSQL vacuums anyway, all at once and at the worst time. Where it works too much or too little, its scale factor, threshold and cost limit are what to change.',
    whenToIgnore: 'For a table during a bulk load that ends with VACUUM ANALYZE and switches it on again.',
  },
  messages: {
    server: 'Without {name} no table is vacuumed or analyzed; tune its scale factor and cost limit instead.',
    table: 'This table is not vacuumed or analyzed any more; tune autovacuum_vacuum_scale_factor for it instead.',
  },
  examples: [
    { title: 'everywhere', bad: 'ALTER SYSTEM SET autovacuum = off', flags: 'off' },
    { title: 'its source of information', bad: "ALTER SYSTEM SET track_counts = 'no'", flags: "'no'" },
    {
      title: 'for one table',
      bad: 'ALTER TABLE orders SET (autovacuum_enabled = false)',
      flags: 'autovacuum_enabled = false',
    },
    {
      title: 'from the beginning',
      bad: 'CREATE TABLE events (id bigint) WITH (autovacuum_enabled = off)',
      flags: 'autovacuum_enabled = off',
    },
    { title: 'tuned', good: 'ALTER SYSTEM SET autovacuum_vacuum_scale_factor = 0.05' },
    {
      title: 'tuned for one table',
      good: 'ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_enabled = true)',
    },
    { title: 'back to the default', good: 'ALTER TABLE orders RESET (autovacuum_enabled)' },
    { title: 'on', good: 'ALTER SYSTEM SET autovacuum = on' },
    { title: 'another option that is false', good: 'ALTER TABLE orders SET (user_catalog_table = false)' },
  ],
  check({ statement, find, rangeOf, report }) {
    for (const { name, values, valueRange: at } of settingChanges(statement, find)) {
      const [value = ''] = values;
      if (!at || !['autovacuum', 'track_counts'].includes(name) || readBoolean(value) !== false) continue;
      report({ at, message: 'server', values: { name } });
    }
    for (const option of find('DefElem')) {
      const owner = option.parent?.type === 'List' ? option.parent.parent : option.parent;
      const isSet = owner?.type === 'CreateStmt' || owner?.fields.subtype === 'AT_SetRelOptions';
      if (option.fields.defname !== 'autovacuum_enabled' || !isSet) continue;
      const given = unwrap(option.fields.arg);
      const names = list(given?.fields.names);
      // A bare word arrives as the name of a type.
      const value = given?.type === 'TypeName' ? stringValue(names.at(-1)) : stringValue(option.fields.arg);
      if (value === undefined || readBoolean(value) !== false) continue;
      const written = /\bautovacuum_enabled\s*=\s*[\w']+/i.exec(statement.text);
      const at = written ? { start: written.index, end: written.index + written[0].length } : rangeOf(option);
      report({ at, severity: 'info', message: 'table' });
    }
  },
});

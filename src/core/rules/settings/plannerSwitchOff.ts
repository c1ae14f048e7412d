import { findSetting } from '../../catalog/systemCatalog/serverSettings';
import { readBoolean } from '../../catalog/systemCatalog/settingValue';
import { defineRule } from '../defineRule';
import { SETS_SOMETHING, isServerWide, settingChanges } from '../support/settingChanges';

export const plannerSwitchOff = defineRule({
  id: 'settings/planner-switch-off',
  since: '0.2.0',
  severity: 'warning',
  nodes: ['VariableSetStmt', 'FuncCall'],
  mentions: SETS_SOMETHING,
  title: 'A kind of plan switched off for good',
  docs: {
    problem: 'The planner may no longer use this kind of scan or join, for any statement.',
    why: 'These switches are for trying out plans. One that helps a statement today slows others down; the reason is mostly an estimate that better statistics, an index or `random_page_cost` set right.',
    whenToIgnore: 'It is a measured exception, and written down.',
  },
  messages: {
    lasting:
      'With {name} = off every statement plans without it; better statistics, an index or cost settings help the one that needs it.',
  },
  examples: [
    { title: 'on the server', bad: 'ALTER SYSTEM SET enable_seqscan = off', flags: 'enable_seqscan' },
    { title: 'in a database', bad: "ALTER DATABASE shop SET enable_nestloop TO 'off'", flags: 'enable_nestloop' },
    { title: 'for a role', bad: 'ALTER ROLE report SET enable_hashjoin = false', flags: 'enable_hashjoin' },
    { title: 'for one transaction', good: 'SET LOCAL enable_nestloop = off' },
    { title: 'while looking at plans', good: 'SET enable_seqscan = off; EXPLAIN SELECT 1' },
    { title: 'for one function', good: 'ALTER FUNCTION monthly_totals() SET enable_nestloop = off' },
    { title: 'off by default, switched on', good: 'ALTER SYSTEM SET enable_partitionwise_join = on' },
    { title: 'its default', good: 'ALTER SYSTEM SET enable_partitionwise_aggregate = off' },
  ],
  check({ statement, find, report }) {
    for (const { name, scope, values, nameRange: at } of settingChanges(statement, find)) {
      if (!name.startsWith('enable_') || !(isServerWide(scope) || scope === 'database' || scope === 'role')) continue;
      if (readBoolean(values[0] ?? '') === false && findSetting(name)?.defaultValue === 'on')
        report({ at, message: 'lasting', values: { name } });
    }
  },
});

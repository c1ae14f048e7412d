import { defineRule } from '../defineRule';
import { asColumn, contains, enclosingQueries, fromTables, functionName, stringConstant } from '../support/expressions';
import { SYSTEM_NAMES } from '../support/systemColumns';

export const connectionCountScope = defineRule({
  id: 'monitoring/connection-count-scope',
  since: '0.2.0',
  severity: 'warning',
  nodes: ['RangeVar'],
  mentions: SYSTEM_NAMES,
  title: 'Connections counted wrongly against max_connections',
  docs: {
    problem: 'The rows counted in `pg_stat_activity` are not those that `max_connections` limits.',
    why: 'Besides client connections the view lists the checkpointer, autovacuum workers and other processes of the server, which take no connection; and a connection counts against the limit whether it is active or idle.',
    whenToIgnore: 'The number is only a rough figure for a chart.',
  },
  messages: {
    background:
      "The server's own processes are counted as well: WHERE backend_type = 'client backend' leaves the connections.",
    onlySome: 'Idle connections count against max_connections too: an alert on this number never sees the limit near.',
  },
  examples: [
    {
      title: 'all rows',
      bad: "SELECT count(*) * 100.0 / (SELECT setting::int FROM pg_settings WHERE name = 'max_connections') FROM pg_stat_activity",
      flags: 'count(*)',
    },
    {
      title: 'only active ones',
      bad: "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' HAVING count(*) > 0.8 * current_setting('max_connections')::int",
      flags: 'count(*)',
    },
    {
      title: 'only active ones, by FILTER',
      bad: "SELECT count(*) FILTER (WHERE state = 'active'), current_setting('max_connections')::int FROM pg_stat_activity",
      flags: "count(*) FILTER (WHERE state = 'active')",
    },
    {
      title: 'client connections',
      good: "SELECT count(*) > 0.8 * current_setting('max_connections')::int FROM pg_stat_activity WHERE backend_type = 'client backend'",
    },
    {
      title: 'connections of a database',
      good: "SELECT count(*), current_setting('max_connections') FROM pg_stat_activity WHERE datname IS NOT NULL",
    },
    { title: 'not compared with the limit', good: "SELECT count(*) FROM pg_stat_activity WHERE state = 'active'" },
    { title: 'by type', good: 'SELECT backend_type, count(*) FROM pg_stat_activity GROUP BY backend_type' },
    {
      title: 'with the total beside it',
      good: "SELECT count(*) FILTER (WHERE backend_type = 'client backend'), current_setting('max_connections') FROM pg_stat_activity",
    },
  ],
  check({ find, rangeOf, report }) {
    const limit = find('A_Const').some(node => stringConstant({ A_Const: node.fields }) === 'max_connections');
    if (!limit) return;
    const reported = new Set<unknown>();
    for (const call of find('FuncCall')) {
      if (functionName(call.fields) !== 'count') continue;
      const query = enclosingQueries(call)[0];
      if (!query || reported.has(query)) continue;
      const { tables, others } = fromTables(query);
      if (others > 0 || tables.length !== 1 || tables[0]?.name !== 'pg_stat_activity') continue;
      if (query.fields.groupClause !== undefined) continue;
      const columns = columnsIn([query.fields.whereClause, call.fields.agg_filter]);
      const message = columns.size === 0 ? 'background' : [...columns].every(isState) ? 'onlySome' : undefined;
      if (!message) continue;
      reported.add(query);
      report({ at: rangeOf(call), message });
    }
  },
});

const isState = (name: string): boolean => name === 'state';

function columnsIn(node: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  contains(node, (type, fields) => {
    const name = type === 'ColumnRef' ? asColumn({ ColumnRef: fields })?.name : undefined;
    if (name !== undefined) names.add(name);
    return false;
  });
  return names;
}

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { functionName } from '../support/expressions';
import type { NodeMatch } from '../nodeIndex';

const NOW = new Set(['now', 'transaction_timestamp', 'statement_timestamp', 'clock_timestamp']);

export const materializedViewTimeWindow = defineRule({
  id: 'schema/materialized-view-time-window',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreateTableAsStmt'],
  title: 'Moving time window in a materialized view',
  docs: {
    problem: 'The view keeps the rows of "the last hours" or days, as seen when it was refreshed.',
    why: 'The rows do not move on by themselves: between refreshes the window ends in the past, and each refresh computes all of it again. Keep rows by fixed hours or days, and choose the window in the query.',
    whenToIgnore: 'The view is refreshed far more often than its window is long, and nobody minds the lag.',
  },
  messages: {
    frozen:
      '{now} is the moment of the last REFRESH, so the window stands still until the next; store rows by hour or day and filter in the query.',
  },
  examples: [
    {
      title: 'the last day',
      bad: "CREATE MATERIALIZED VIEW recent_counts AS SELECT camera_id, sum(count) AS total FROM counting_results WHERE created_at >= NOW() - INTERVAL '24 hours' GROUP BY camera_id",
      flags: 'NOW()',
    },
    {
      title: 'today',
      bad: 'CREATE MATERIALIZED VIEW today AS SELECT farm_id, sum(liters) AS liters FROM farm.milk_production WHERE day = CURRENT_DATE GROUP BY farm_id',
      flags: 'CURRENT_DATE',
    },
    {
      title: 'by hour',
      good: "CREATE MATERIALIZED VIEW hourly AS SELECT camera_id, date_trunc('hour', created_at) AS hour, sum(count) AS total FROM counting_results GROUP BY 1, 2",
    },
    {
      title: 'when it was refreshed',
      good: 'CREATE MATERIALIZED VIEW totals AS SELECT now() AS refreshed_at, count(*) AS n FROM orders',
    },
    {
      title: 'an ordinary view',
      good: "CREATE VIEW recent AS SELECT id FROM orders WHERE created_at > now() - interval '1 day'",
    },
    {
      title: 'a table made once',
      good: "CREATE TABLE recent AS SELECT id FROM orders WHERE created_at > now() - interval '1 day'",
    },
    {
      title: 'since a fixed day',
      good: "CREATE MATERIALIZED VIEW since AS SELECT id FROM orders WHERE created_at >= '2024-01-01'",
    },
  ],
  check({ statement, find, rangeOf, report }) {
    if (unwrap(statement.tree)?.fields.objtype !== 'OBJECT_MATVIEW') return;
    const calls = find('FuncCall').filter(({ fields }) => NOW.has(functionName(fields) ?? ''));
    const values = find('SQLValueFunction').filter(({ fields }) =>
      /^SVFOP_(?:CURRENT_DATE|CURRENT_TIMESTAMP|LOCALTIMESTAMP)/.test(String(fields.op)),
    );
    const first = [...calls, ...values]
      .filter(isInCondition)
      .map(rangeOf)
      .sort((a, b) => a.start - b.start)[0];
    if (!first) return;
    report({ at: first, message: 'frozen', values: { now: statement.text.slice(first.start, first.end) } });
  },
});

/** In WHERE, HAVING, ON or a FILTER, which choose rows; the select list only shows the time. */
function isInCondition(node: NodeMatch): boolean {
  for (let at: NodeMatch | undefined = node; at; at = at.parent) {
    if (at.key === 'whereClause' || at.key === 'havingClause' || at.key === 'quals' || at.key === 'agg_filter')
      return true;
    if (at.key === 'targetList') return false;
  }
  return false;
}

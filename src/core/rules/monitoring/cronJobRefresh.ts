import { identifierOf } from '../../sql/identifiers';
import { splitStatements } from '../../sql/splitter';
import { defineRule } from '../defineRule';
import { cronCall } from '../support/cronCalls';
import type { TableName } from '../support/expressions';
import { knownTable } from '../support/knownTable';

export const cronJobRefresh = defineRule({
  id: 'monitoring/cron-job-refresh',
  since: '0.2.0',
  severity: 'error',
  nodes: ['FuncCall'],
  needs: ['file'],
  title: 'A job that refreshes a materialized view and cannot',
  docs: {
    problem:
      'The job refreshes CONCURRENTLY a materialized view that has no unique index on plain columns of all its rows.',
    why: 'PostgreSQL refuses that, each time the job runs; the view grows old, and only `cron.job_run_details` says so.',
    whenToIgnore: 'The index is made elsewhere.',
  },
  messages: {
    fails: '{view} has no unique index that REFRESH CONCURRENTLY can use: the job fails each time, unseen.',
  },
  examples: [
    {
      title: 'no unique index',
      bad: "CREATE MATERIALIZED VIEW daily_counts AS SELECT camera_id, count(*) FROM counting_results GROUP BY 1; SELECT cron.schedule('daily', '0 2 * * *', 'REFRESH MATERIALIZED VIEW CONCURRENTLY daily_counts;');",
      flags: "'REFRESH MATERIALIZED VIEW CONCURRENTLY daily_counts;'",
    },
    {
      title: 'one with an expression',
      schema:
        'CREATE MATERIALIZED VIEW app.daily_counts AS SELECT 1 AS camera_id; CREATE UNIQUE INDEX ON app.daily_counts (coalesce(camera_id, 0));',
      bad: "SELECT cron.schedule('0 2 * * *', 'REFRESH MATERIALIZED VIEW CONCURRENTLY app.daily_counts')",
      flags: "'REFRESH MATERIALIZED VIEW CONCURRENTLY app.daily_counts'",
    },
    {
      title: 'a unique index',
      good: "CREATE MATERIALIZED VIEW daily_counts AS SELECT camera_id, count(*) FROM counting_results GROUP BY 1; CREATE UNIQUE INDEX ON daily_counts (camera_id); SELECT cron.schedule('daily', '0 2 * * *', 'REFRESH MATERIALIZED VIEW CONCURRENTLY daily_counts');",
    },
    {
      title: 'a unique index after it',
      good: "CREATE MATERIALIZED VIEW daily_counts AS SELECT 1 AS camera_id; SELECT cron.schedule('0 2 * * *', 'REFRESH MATERIALIZED VIEW CONCURRENTLY daily_counts'); CREATE UNIQUE INDEX ON daily_counts (camera_id);",
    },
    {
      title: 'not concurrently',
      good: "CREATE MATERIALIZED VIEW daily_counts AS SELECT 1 AS a; SELECT cron.schedule('0 2 * * *', 'REFRESH MATERIALIZED VIEW daily_counts');",
    },
    {
      title: 'a view nobody knows',
      good: "SELECT cron.schedule('0 2 * * *', 'REFRESH MATERIALIZED VIEW CONCURRENTLY daily_counts')",
    },
  ],
  check({ statement, catalog, file, find, report }) {
    for (const node of find('FuncCall')) {
      const command = cronCall(statement, node.fields)?.command;
      if (!command) continue;
      for (const { start, end } of splitStatements(command.text)) {
        const name = refreshed(command.text.slice(start, end));
        const view = name && knownTable(name, { file, catalog }, { later: true });
        if (!name || !view?.isMaterializedView) continue;
        const isUsable = view.keys.some(
          ({ unique, columns, predicate }) => unique && predicate === undefined && !columns.includes(undefined),
        );
        if (!isUsable) report({ at: command.range, message: 'fails', values: { view: name.name } });
      }
    }
  },
});

const NAME = '("(?:[^"]|"")+"|[a-z_][\\w$]*)';
const REFRESH = new RegExp(
  `^refresh\\s+materialized\\s+view\\s+concurrently\\s+(?:${NAME}\\s*\\.\\s*)?${NAME}(?:\\s+with\\s+data)?$`,
  'i',
);

function refreshed(command: string): TableName | undefined {
  const [, schema, name] = REFRESH.exec(command) ?? [];
  if (name === undefined) return undefined;
  return { name: identifierOf(name), ...(schema !== undefined && { schema: identifierOf(schema) }) };
}

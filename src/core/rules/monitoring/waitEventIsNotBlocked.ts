import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, contains, enclosingQueries, stringConstant } from '../support/expressions';
import { systemColumnUses } from '../support/systemColumns';

export const waitEventIsNotBlocked = defineRule({
  id: 'monitoring/wait-event-is-not-blocked',
  since: '0.2.0',
  severity: 'info',
  nodes: ['NullTest'],
  title: 'Any wait event taken for being blocked',
  docs: {
    problem: '`wait_event IS NOT NULL` holds for nearly every session: an idle one waits for its client.',
    why: "Sessions that wait for a lock have `wait_event_type = 'Lock'`; `pg_blocking_pids(pid)` says for whom.",
    whenToIgnore: 'Every kind of waiting is to be counted.',
  },
  messages: {
    any: "An idle session waits for its client and is counted as well; wait_event_type = 'Lock' leaves those waiting for a lock.",
  },
  examples: [
    {
      title: 'waiting sessions',
      bad: 'SELECT count(*) FILTER (WHERE wait_event IS NOT NULL) AS waiting FROM pg_stat_activity',
      flags: 'wait_event IS NOT NULL',
    },
    {
      title: 'in WHERE',
      bad: 'SELECT a.pid FROM pg_stat_activity a WHERE a.wait_event IS NOT NULL',
      flags: 'a.wait_event IS NOT NULL',
    },
    {
      title: 'locks',
      good: "SELECT count(*) FILTER (WHERE wait_event_type = 'Lock') FROM pg_stat_activity",
    },
    {
      title: 'active ones',
      good: "SELECT pid, wait_event FROM pg_stat_activity WHERE state = 'active' AND wait_event IS NOT NULL",
    },
    {
      title: 'by type',
      good: 'SELECT wait_event_type, count(*) FROM pg_stat_activity WHERE wait_event IS NOT NULL GROUP BY 1',
    },
    { title: 'not waiting', good: 'SELECT pid FROM pg_stat_activity WHERE wait_event IS NULL' },
    { title: 'a column of one’s own', good: 'SELECT id FROM tasks WHERE wait_event IS NOT NULL' },
  ],
  check({ body, find, rangeOf, report }) {
    const tests = find('NullTest').filter(
      ({ fields }) => fields.nulltesttype === 'IS_NOT_NULL' && asColumn(fields.arg)?.name === 'wait_event',
    );
    if (tests.length === 0) return;
    if (find('ColumnRef').some(node => asColumn({ ColumnRef: node.fields })?.name === 'wait_event_type')) return;
    const uses = systemColumnUses(find, body?.variables).filter(
      ({ relations, lifespan }) => lifespan !== undefined && relations[0]?.name === 'pg_stat_activity',
    );
    for (const test of tests) {
      if (!uses.some(({ node }) => node.fields === unwrap(test.fields.arg)?.fields)) continue;
      const where = enclosingQueries(test)[0]?.fields.whereClause;
      const isActive = contains(
        where,
        (type, fields) => type === 'A_Const' && stringConstant({ A_Const: fields }) === 'active',
      );
      if (!isActive) report({ at: rangeOf(test), message: 'any' });
    }
  },
});

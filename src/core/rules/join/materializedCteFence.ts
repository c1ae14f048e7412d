import { defineRule } from '../defineRule';
import { cteFence } from '../support/cteFences';

export const materializedCteFence = defineRule({
  id: 'join/materialized-cte-fence',
  since: '0.2.0',
  severity: 'hint',
  title: 'WITH query computed whole and filtered afterwards',
  nodes: ['CommonTableExpr'],
  docs: {
    problem: 'The WITH query is stored as a whole before the filter outside is applied.',
    why: 'PostgreSQL moves an outer filter into a WITH query only if it is read once and not marked MATERIALIZED. Otherwise an index on the filtered column cannot be used.',
    whenToIgnore: 'The WITH query is small, or expensive enough that computing it once matters more.',
  },
  messages: {
    materialized: 'MATERIALIZED keeps this filter out of {name}: all of it is computed first.',
    twice:
      '{name} is read {times} times, so it is computed whole before this filter; NOT MATERIALIZED lets the filter in.',
  },
  examples: [
    {
      title: 'MATERIALIZED and a filter outside',
      bad: 'WITH r AS MATERIALIZED (SELECT camera_id, total FROM counting_results) SELECT total FROM r WHERE r.camera_id = 5',
      flags: 'r.camera_id = 5',
    },
    {
      title: 'read twice, filtered both times',
      bad: 'WITH r AS (SELECT camera_id, total FROM counting_results) SELECT a.total - b.total FROM r a JOIN r b ON true WHERE a.camera_id = 5 AND b.camera_id = 6',
      flags: ['a.camera_id = 5'],
    },
    {
      title: 'read once',
      good: 'WITH r AS (SELECT camera_id, total FROM counting_results) SELECT total FROM r WHERE r.camera_id = 5',
    },
    {
      title: 'an aggregate computed once',
      good: 'WITH r AS MATERIALIZED (SELECT camera_id, sum(total) AS total FROM counting_results GROUP BY camera_id) SELECT total FROM r WHERE r.camera_id = 5',
    },
    {
      title: 'filtered inside',
      good: 'WITH r AS MATERIALIZED (SELECT total FROM counting_results WHERE camera_id = 5) SELECT total FROM r',
    },
    {
      title: 'rows to lock, once',
      good: 'WITH next AS MATERIALIZED (SELECT id, kind FROM jobs LIMIT 5 FOR UPDATE SKIP LOCKED) SELECT id FROM next WHERE next.kind = 1',
    },
  ],
  check(context) {
    const { find, rangeOf, report } = context;
    for (const cte of find('CommonTableExpr')) {
      const fence = cteFence(context, cte);
      const first = fence?.filters[0];
      if (!fence || !first) continue;
      const { name, isMarked, readers } = fence;
      if (isMarked) report({ at: rangeOf(first), message: 'materialized', values: { name } });
      else report({ at: rangeOf(first), message: 'twice', values: { name, times: readers.length } });
    }
  },
});

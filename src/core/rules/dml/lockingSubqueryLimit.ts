import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, filteredQuery, list } from '../support/expressions';

export const lockingSubqueryLimit = defineRule({
  id: 'dml/locking-subquery-limit',
  since: '0.2.0',
  severity: 'info',
  title: 'IN over a subquery with LIMIT and FOR UPDATE',
  nodes: ['SubLink'],
  docs: {
    problem: 'The rows to change are picked by `IN (SELECT ... LIMIT n FOR UPDATE)`.',
    why: 'IN is a join, and in a nested loop the subquery may run more than once: each run locks and returns other rows, so more than n are changed. `= ANY (ARRAY(SELECT ...))` or a MATERIALIZED WITH query runs it once.',
    whenToIgnore: 'The plan is known to run the subquery once and the table is small.',
  },
  messages: {
    again:
      'A join may run this subquery more than once and change more rows than its LIMIT; = ANY (ARRAY(...)) runs it once.',
  },
  examples: [
    {
      title: 'jobs for a worker',
      bad: "UPDATE jobs SET status = 'running' WHERE id IN (SELECT id FROM jobs WHERE status = 'new' ORDER BY id LIMIT 5 FOR UPDATE SKIP LOCKED)",
      flags: "id IN (SELECT id FROM jobs WHERE status = 'new' ORDER BY id LIMIT 5 FOR UPDATE SKIP LOCKED)",
      fixed:
        "UPDATE jobs SET status = 'running' WHERE id = ANY (ARRAY(SELECT id FROM jobs WHERE status = 'new' ORDER BY id LIMIT 5 FOR UPDATE SKIP LOCKED))",
    },
    {
      title: 'one row: = runs it once',
      good: "UPDATE jobs SET status = 'running' WHERE id = (SELECT id FROM jobs WHERE status = 'new' LIMIT 1 FOR UPDATE SKIP LOCKED)",
    },
    {
      title: 'an array',
      good: "UPDATE jobs SET status = 'running' WHERE id = ANY (ARRAY(SELECT id FROM jobs WHERE status = 'new' LIMIT 5 FOR UPDATE SKIP LOCKED))",
    },
    {
      title: 'a WITH query',
      good: "WITH next AS MATERIALIZED (SELECT id FROM jobs WHERE status = 'new' LIMIT 5 FOR UPDATE SKIP LOCKED) UPDATE jobs SET status = 'running' FROM next WHERE jobs.id = next.id",
    },
    { title: 'no lock', good: 'DELETE FROM logs WHERE id IN (SELECT id FROM logs ORDER BY id LIMIT 1000)' },
    { title: 'a read', good: 'SELECT * FROM jobs WHERE id IN (SELECT id FROM jobs LIMIT 5)' },
  ],
  check({ statement, find, rangeOf, report }) {
    for (const link of find('SubLink')) {
      const query = unwrap(link.fields.subselect)?.fields;
      if (link.fields.subLinkType !== 'ANY_SUBLINK' || link.fields.operName || !query?.limitCount) continue;
      const outer = filteredQuery(link);
      if (list(query.lockingClause).length === 0 || !outer || outer.type === 'SelectStmt') continue;
      const at = rangeOf(link);
      const tested = unwrap(link.fields.testexpr);
      const column = tested && asColumn(link.fields.testexpr) && statement.rangeOf(tested.type, tested.fields);
      const opening = column && /^\s+in\s*\(/i.exec(statement.text.slice(column.end, at.end));
      const edits = column &&
        opening && [
          { range: { start: column.end, end: column.end + opening[0].length }, newText: ' = ANY (ARRAY(' },
          { range: { start: at.end, end: at.end }, newText: ')' },
        ];
      report({ at, message: 'again', fixes: edits ? [{ title: 'Run the subquery once', safe: false, edits }] : [] });
    }
  },
});

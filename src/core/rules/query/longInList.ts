import { defineRule } from '../defineRule';
import { list } from '../support/expressions';
import { rangeOfTree } from '../support/trees';
import { unwrap } from '../../sql/walk';

export const longInList = defineRule({
  id: 'query/long-in-list',
  since: '0.2.0',
  severity: 'hint',
  title: 'Long list of values in IN',
  nodes: ['AEXPR_IN'],
  docs: {
    problem: 'The statement carries a long list of values in its text.',
    why: 'Every list length is another statement to parse, to plan and to keep apart in caches of prepared statements (and in pg_stat_statements before PostgreSQL 18). One array parameter, `= ANY ($1)`, has one text for all lengths; a join to `unnest($1)` or VALUES lets the planner choose the kind of join.',
    whenToIgnore: 'The statement is run once.',
  },
  messages: {
    list: 'A list of {count} values is parsed and planned each time; one array parameter, = ANY ($1), is not.',
  },
  examples: [
    {
      title: 'identifiers pasted into the statement',
      bad: `SELECT id FROM orders WHERE customer_id IN (${Array.from({ length: 120 }, (_, i) => i + 1).join(', ')})`,
      flags: 'customer_id IN (',
    },
    {
      title: 'as many placeholders',
      bad: `SELECT id FROM orders WHERE customer_id NOT IN (${Array.from({ length: 101 }, (_, i) => `$${i + 1}`).join(',')})`,
      flags: 'customer_id NOT IN (',
    },
    { title: 'a short list', good: 'SELECT id FROM orders WHERE customer_id IN (1, 2, 3)' },
    { title: 'an array', good: 'SELECT id FROM orders WHERE customer_id = ANY ($1)' },
    { title: 'a subquery', good: 'SELECT id FROM orders WHERE customer_id IN (SELECT id FROM vip)' },
    {
      title: 'many rows to insert',
      good: `INSERT INTO sizes (n) VALUES ${Array.from({ length: 120 }, (_, i) => `(${i})`).join(', ')}`,
    },
    {
      title: 'the values of a constraint',
      good: `ALTER TABLE sizes ADD CHECK (n IN (${Array.from({ length: 120 }, (_, i) => i).join(', ')}))`,
    },
  ],
  check({ statement, thresholds, find, rangeOf, report }) {
    if (!QUERIES.has(statement.kind ?? '')) return;
    for (const test of find('A_Expr')) {
      if (test.fields.kind !== 'AEXPR_IN') continue;
      const items = list(test.fields.rexpr);
      if (items.length <= thresholds.inListItems) continue;
      if (!items.every(item => ['A_Const', 'ParamRef', 'TypeCast'].includes(unwrap(item)?.type ?? ''))) continue;
      const first = rangeOfTree(statement, items[0]);
      const { start, end } = rangeOf(test);
      const at = { start, end: first ? first.start : end };
      const text = statement.text.slice(at.start, at.end).trimEnd();
      report({ at: { start, end: start + text.length }, message: 'list', values: { count: items.length } });
    }
  },
});

const QUERIES = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

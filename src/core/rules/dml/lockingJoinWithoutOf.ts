import { defineRule } from '../defineRule';
import { list } from '../support/expressions';
import { fromItems } from '../support/fromItems';
import { findWords } from '../support/words';

export const lockingJoinWithoutOf = defineRule({
  id: 'dml/locking-join-without-of',
  since: '0.2.0',
  severity: 'info',
  title: 'FOR UPDATE over a join locks all its tables',
  nodes: ['LockingClause'],
  docs: {
    problem: 'FOR UPDATE without OF locks the rows of every table of the join.',
    why: 'Rows that are only looked up are locked too: writers of those tables wait, and two transactions that lock in a different order can deadlock.',
    whenToIgnore: 'All of these rows are changed, or must stay as they are.',
  },
  messages: { all: 'This locks rows of {tables}; name the tables that are meant: FOR UPDATE OF {first}.' },
  examples: [
    {
      title: 'an order with its customer',
      bad: 'SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = $1 FOR UPDATE',
      flags: 'FOR UPDATE',
    },
    {
      title: 'OF',
      good: 'SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id = $1 FOR UPDATE OF o',
    },
    { title: 'one table', good: 'SELECT id FROM orders WHERE id = $1 FOR UPDATE' },
    {
      title: 'a function beside the table',
      good: 'SELECT o.id FROM orders o, unnest($1::int[]) wanted WHERE o.id = wanted FOR UPDATE',
    },
    {
      title: 'a shared lock',
      good: 'SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id FOR KEY SHARE',
    },
    {
      title: 'rows named by a WITH query',
      good: 'WITH wanted AS (SELECT 1 AS id) SELECT o.id FROM orders o JOIN wanted USING (id) FOR UPDATE',
    },
  ],
  check({ statement, catalog, find, rangeOf, report }) {
    for (const clause of find('LockingClause')) {
      const query = clause.parent;
      const { strength, lockedRels } = clause.fields;
      if (query?.type !== 'SelectStmt' || strength !== 'LCS_FORUPDATE' || list(lockedRels).length > 0) continue;
      const items = fromItems(query, catalog);
      const tables = items.filter(item => item.table !== undefined);
      // Outer joins are refused; that is another rule's matter.
      if (tables.length < 2 || items.some(item => ['left', 'right', 'full'].includes(item.combination))) continue;
      const at = findWords(statement.text, rangeOf(query), 'for', 'update');
      const names = tables.map(item => item.name ?? '');
      if (at) report({ at, message: 'all', values: { tables: names.join(', '), first: names[0] ?? '' } });
    }
  },
});

import { isAggregateCall } from '../../sql/aggregates';
import { defineRule } from '../defineRule';
import type { NodeFields, NodeMatch } from '../nodeIndex';
import { asTable, contains, list } from '../support/expressions';
import { containsOutsideSubqueries, fromItems } from '../support/fromItems';
import type { FromItem } from '../support/fromItems';
import { leavesOf, mentionsIn } from '../support/mentions';
import { unwrap } from '../../sql/walk';
import { findWords } from '../support/words';

export const lockingNotAllowed = defineRule({
  id: 'dml/locking-not-allowed',
  since: '0.2.0',
  severity: 'error',
  title: 'FOR UPDATE where no row can be locked',
  nodes: ['LockingClause'],
  docs: {
    problem: 'A locking clause stands on a query whose rows are not rows of a table.',
    why: 'PostgreSQL refuses it (0A000) with GROUP BY, DISTINCT, aggregates, window functions and set operations, and on the optional side of an outer join.',
    whenToIgnore: 'Never: lock in a subquery, or name the table with OF.',
  },
  messages: {
    clause: '{lock} is not allowed with {what}; the statement fails.',
    nullable: '{lock} cannot lock {table}, the optional side of an outer join; name the other table with OF.',
  },
  examples: [
    { title: 'an aggregate', bad: 'SELECT count(*) FROM accounts WHERE owner = $1 FOR UPDATE', flags: 'FOR UPDATE' },
    { title: 'DISTINCT', bad: 'SELECT DISTINCT owner FROM accounts FOR SHARE', flags: 'FOR SHARE' },
    {
      title: 'an outer join',
      bad: 'SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id FOR UPDATE',
      flags: 'FOR UPDATE',
    },
    {
      title: 'OF the kept side',
      good: 'SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id FOR UPDATE OF o',
    },
    { title: 'an inner join', good: 'SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id FOR UPDATE' },
    {
      title: 'a filter makes the join inner',
      good: 'SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.country = $1 FOR UPDATE',
    },
    {
      title: 'locked in a subquery',
      good: 'SELECT count(*) FROM (SELECT 1 FROM accounts WHERE owner = $1 FOR UPDATE) locked',
    },
    {
      title: 'an aggregate in a subquery',
      good: 'SELECT id, (SELECT count(*) FROM items i WHERE i.order_id = o.id) FROM orders o WHERE id = $1 FOR UPDATE',
    },
  ],
  check({ statement, catalog, find, rangeOf, report }) {
    for (const clause of find('LockingClause')) {
      const query = clause.parent;
      const words = LOCKS[String(clause.fields.strength)];
      if (query?.type !== 'SelectStmt' || !words) continue;
      const at = findWords(statement.text, rangeOf(query), ...words);
      if (!at) continue;
      const lock = words.join(' ').toUpperCase();
      const what = forbidden(query.fields);
      if (what !== undefined) {
        report({ at, message: 'clause', values: { lock, what } });
        continue;
      }
      const table = nullableLocked(query, clause.fields, fromItems(query, catalog));
      if (table !== undefined) report({ at, message: 'nullable', values: { lock, table } });
    }
  },
});

const LOCKS: Readonly<Record<string, readonly string[] | undefined>> = {
  LCS_FORUPDATE: ['for', 'update'],
  LCS_FORNOKEYUPDATE: ['for', 'no', 'key', 'update'],
  LCS_FORSHARE: ['for', 'share'],
  LCS_FORKEYSHARE: ['for', 'key', 'share'],
};

function forbidden(query: NodeFields): string | undefined {
  if (query.larg !== undefined) return 'UNION, INTERSECT and EXCEPT';
  if (query.distinctClause !== undefined) return 'DISTINCT';
  if (query.groupClause !== undefined) return 'GROUP BY';
  if (query.havingClause !== undefined) return 'HAVING';
  if (containsOutsideSubqueries(query.targetList, isAggregateCall)) return 'aggregate functions';
  const hasWindow = containsOutsideSubqueries(
    query.targetList,
    (type, fields) => type === 'FuncCall' && fields.over !== undefined,
  );
  return hasWindow ? 'window functions' : undefined;
}

/** Name of a table the clause would lock on the optional side. A condition in WHERE may make the join an inner one. */
function nullableLocked(query: NodeMatch, clause: NodeFields, items: readonly FromItem[]): string | undefined {
  const named = list(clause.lockedRels).map(relation => asTable(unwrap(relation)?.fields ?? {}).name);
  const nullable = new Set<FromItem>();
  for (const { join } of items) {
    if (join?.jointype === 'JOIN_LEFT' || join?.jointype === 'JOIN_FULL')
      for (const item of leavesOf(join.rarg, items)) nullable.add(item);
    if (join?.jointype === 'JOIN_RIGHT' || join?.jointype === 'JOIN_FULL')
      for (const item of leavesOf(join.larg, items)) nullable.add(item);
  }
  const filtered = mentionsIn(query.fields.whereClause, items);
  // A later inner join by a column of it makes it inner too.
  const later = items.filter(item => item.combination === 'inner').map(item => item.join?.quals);
  if (filtered.hasUnknown || contains(later, type => type === 'ColumnRef')) return undefined;
  return items.find(
    item =>
      nullable.has(item) &&
      item.table !== undefined &&
      !filtered.items.has(item) &&
      (named.length === 0 || named.includes(item.name ?? '')),
  )?.name;
}

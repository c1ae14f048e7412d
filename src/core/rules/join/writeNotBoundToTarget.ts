import { defineRule } from '../defineRule';
import { allConditions, fromItems, readsOneItem } from '../support/fromItems';
import type { FromItem } from '../support/fromItems';
import { isEqualToValue, isLookupQuery } from '../support/lookups';
import { connectedGroups, mentionsIn } from '../support/mentions';

export const writeNotBoundToTarget = defineRule({
  id: 'join/write-not-bound-to-target',
  since: '0.2.0',
  severity: 'warning',
  title: 'UPDATE ... FROM or DELETE ... USING not tied to its target',
  nodes: ['UpdateStmt', 'DeleteStmt'],
  docs: {
    problem: 'No condition relates the other tables to the table that is changed.',
    why: 'The condition then only decides whether anything happens: if any row of the other tables passes it, all rows of the target are changed. A target that is named again in FROM is a second, unrelated copy of the table.',
    whenToIgnore: 'The other table is known to have one row.',
  },
  messages: {
    unbound: 'No condition relates {table} to the other tables: all its rows that pass the rest are changed.',
    again:
      '{table} in FROM is not the table being changed but a second copy of it: relate them, or every row is changed.',
  },
  examples: [
    {
      title: 'the target named again in FROM',
      bad: 'UPDATE orders SET discount = c.discount FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.level > 3',
      flags: 'orders o',
    },
    {
      title: 'a forgotten condition',
      bad: 'UPDATE orders o SET region = c.region FROM customers c WHERE o.region IS NULL AND c.active',
      flags: 'orders o',
    },
    {
      title: 'DELETE ... USING',
      bad: 'DELETE FROM frames f USING cameras c WHERE c.retired',
      flags: 'frames f',
    },
    {
      title: 'tied by key',
      good: 'UPDATE orders o SET region = c.region FROM customers c WHERE c.id = o.customer_id',
    },
    {
      title: 'tied by an unqualified column',
      good: 'UPDATE orders SET region = c.region FROM customers c WHERE customer_id = c.id',
    },
    {
      title: 'a second copy that is tied',
      good: 'UPDATE orders SET n = d.n FROM orders d WHERE d.parent_id = orders.id',
    },
    {
      title: 'one row of totals',
      good: 'UPDATE stats SET total = x.total FROM (SELECT sum(total) AS total FROM orders) x WHERE stats.day = current_date',
    },
    {
      title: 'one row by its key',
      good: 'UPDATE invoices SET rate = t.rate FROM tariffs t WHERE t.id = $1 AND invoices.rate IS NULL',
    },
    {
      title: 'one row by a value of the trigger',
      good: 'UPDATE communities c SET local_members = local_members + p.is_local::int FROM people p WHERE c.id = NEW.community_id AND p.id = NEW.person_id',
    },
    {
      title: 'rows of VALUES',
      good: 'UPDATE orders o SET rank = v.rank FROM (VALUES (1, 10), (2, 20)) v(id, rank) WHERE v.id = o.id',
    },
    {
      title: 'DELETE of duplicates',
      good: 'DELETE FROM readings a USING readings b WHERE a.id < b.id AND a.code = b.code',
    },
  ],
  check({ statement, catalog, find, report }) {
    for (const write of [...find('UpdateStmt'), ...find('DeleteStmt')]) {
      if (readsOneItem(write)) continue;
      const items = fromItems(write, catalog);
      const target = items[0];
      if (!target || items.length < 2) continue;
      const conditions = allConditions(write);
      const groups = connectedGroups(write, items);
      if (!groups || groups.find(group => group.includes(target))!.length > 1) continue;
      const again = items.find(item => item !== target && isSameTable(item, target));
      const others = items.filter(item => item !== target);
      if (
        !again &&
        (others.every(item => item.isFew) ||
          conditions.some(each => isLookup(each, items, others)) ||
          others.some(isLookupQuery))
      )
        continue;
      const item = again ?? target;
      const at = statement.rangeOf('RangeVar', item.fields);
      const table = target.table?.name ?? 'the target';
      if (at) report({ at, message: again ? 'again' : 'unbound', values: { table } });
    }
  },
});

function isSameTable(a: FromItem, b: FromItem): boolean {
  return a.table !== undefined && a.table.name === b.table?.name && a.table.schema === b.table.schema;
}

/** A condition on one of the other tables that may well leave one row. */
function isLookup(condition: unknown, items: readonly FromItem[], others: readonly FromItem[]): boolean {
  if (!isEqualToValue(condition, items)) return false;
  const { items: named, hasUnknown } = mentionsIn(condition, others);
  return named.size > 0 || hasUnknown;
}

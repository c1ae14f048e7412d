import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { fromItems } from '../support/fromItems';
import { conjuncts } from '../support/trees';
import { isEqualToValue } from '../support/lookups';
import { connectedGroups, leavesOf, mentionsIn } from '../support/mentions';

export const conditionNotBinding = defineRule({
  id: 'join/condition-not-binding',
  since: '0.2.0',
  severity: 'warning',
  title: 'Join condition that does not bind the joined table',
  nodes: ['JoinExpr'],
  docs: {
    problem: 'The ON clause compares columns of one side only, so it does not say which rows belong together.',
    why: 'Each row that satisfies it is paired with every row of the other side; a wrong alias is the usual cause.',
    whenToIgnore: 'All those pairs are wanted.',
  },
  messages: {
    unbound: 'This condition does not relate {table} to the other side: every row is paired with every row.',
  },
  examples: [
    {
      title: 'both sides of the comparison are the same table',
      bad: 'SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = c.customer_id',
      flags: 'c.id = c.customer_id',
    },
    {
      title: 'the joined table is not mentioned',
      bad: 'SELECT o.id FROM orders o LEFT JOIN customers c ON o.id = o.customer_id AND o.total > 0',
      flags: 'o.id = o.customer_id AND o.total > 0',
    },
    {
      title: 'an alias of another join',
      bad: 'SELECT 1 FROM orders o JOIN customers c ON c.id = o.customer_id JOIN items i ON o.id = c.order_id',
      flags: 'o.id = c.order_id',
    },
    { title: 'an ordinary condition', good: 'SELECT 1 FROM orders o JOIN customers c ON c.id = o.customer_id' },
    { title: 'unqualified columns', good: 'SELECT 1 FROM orders o JOIN customers c ON customer_id = c.id' },
    {
      title: 'one row looked up by its key',
      good: "SELECT o.id, s.value FROM orders o LEFT JOIN settings s ON s.key = 'currency'",
    },
    {
      title: 'one row looked up by an argument of the function or a column of the query around',
      good: 'SELECT o.id, q.priority FROM orders o LEFT JOIN queues q ON q.name = enqueue.queue_name WHERE o.id = NEW.order_id',
    },
    { title: 'USING', good: 'SELECT 1 FROM orders o JOIN customers c USING (customer_id)' },
    {
      title: 'a range on both sides',
      good: 'SELECT 1 FROM readings r JOIN tariffs t ON r.taken_at BETWEEN t.valid_from AND t.valid_to',
    },
    {
      title: 'LATERAL ... ON true',
      good: 'SELECT 1 FROM orders o LEFT JOIN LATERAL (SELECT * FROM items i WHERE i.order_id = o.id) i ON true',
    },
    {
      title: 'related in WHERE',
      good: 'SELECT 1 FROM orders o JOIN customers c ON c.active AND o.id > 5 WHERE c.id = o.customer_id',
    },
  ],
  check({ statement, catalog, find, report }) {
    for (const query of find('SelectStmt')) {
      const items = fromItems(query, catalog);
      const joined = items.filter(item => item.join?.quals !== undefined && !item.isLateral);
      if (joined.length === 0) continue;
      const groups = connectedGroups(query, items);
      if (!groups) continue;
      for (const item of joined) {
        const { larg, rarg, quals } = item.join!;
        const left = leavesOf(larg, items);
        const right = leavesOf(rarg, items);
        const { items: named, columns } = mentionsIn(quals, items);
        if (columns === 0 || right.some(each => each.isLateral || each.isFew) || left.every(each => each.isFew))
          continue;
        const namesLeft = left.some(each => named.has(each));
        const namesRight = right.some(each => named.has(each));
        if (namesLeft && namesRight) continue;
        if (groups.some(group => left.some(each => group.includes(each)) && right.some(each => group.includes(each))))
          continue;
        // A row of settings looked up by its key.
        if (namesRight && conjuncts(quals).some(condition => isEqualToValue(condition, items))) continue;
        const node = unwrap(quals);
        const at = node && statement.rangeOf(node.type, node.fields);
        if (at) report({ at, message: 'unbound', values: { table: right[0]?.name ?? 'the joined table' } });
      }
    }
  },
});

import { isAggregateCall } from '../../sql/aggregates';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import {
  contains,
  fromTables,
  integerConstant,
  isConstantExpression,
  isNullConstant,
  isSystemTable,
  list,
} from '../support/expressions';

export const limitWithoutOrderBy = defineRule({
  id: 'query/limit-without-order-by',
  since: '0.1.0',
  severity: 'hint',
  kinds: ['SelectStmt'],
  nodes: ['limitCount'],
  title: 'LIMIT without ORDER BY',
  docs: {
    problem: 'Which rows come back is left to chance.',
    why: 'Without ORDER BY the rows come in the order the plan happens to find them. It changes with updates, with parallel workers, with synchronised scans and with another plan; pages may overlap or miss rows.',
    whenToIgnore: 'Any rows will do: a look at a table, a batch to process.',
  },
  messages: { chance: 'Without ORDER BY it is left to chance which {rows} rows come back.' },
  examples: [
    { title: 'a page', bad: 'SELECT id, name FROM products WHERE price < 10 LIMIT 20', flags: '20' },
    { title: 'an order', good: 'SELECT id, name FROM products ORDER BY id LIMIT 20' },
    { title: 'whether there is one', good: 'SELECT 1 FROM products WHERE price < 10 LIMIT 1' },
    { title: 'one row by its key', good: 'SELECT id, name FROM users WHERE email = $1 LIMIT 1' },
    { title: 'a batch of work', good: 'SELECT id FROM jobs WHERE done = false LIMIT 10 FOR UPDATE SKIP LOCKED' },
    { title: 'a batch to delete', good: 'DELETE FROM logs WHERE id IN (SELECT id FROM logs WHERE day < 5 LIMIT 1000)' },
    { title: 'one row anyway', good: 'SELECT count(*) FROM products LIMIT 1' },
    { title: 'the order is inside', good: 'SELECT id FROM (SELECT id FROM products ORDER BY id) AS p LIMIT 20' },
    { title: 'no rows wanted', good: 'SELECT id FROM products LIMIT 0' },
  ],
  check({ statement, find, report }) {
    const query = find('SelectStmt')[0];
    const limit = query?.fields.limitCount;
    if (!query || query.parent || limit === undefined || query.fields.sortClause || query.fields.lockingClause) return;
    if (isNullConstant(limit) || query.fields.larg) return;
    const { tables } = fromTables(query);
    if (tables.length === 0 || tables.every(isSystemTable)) return;
    const rows = integerConstant(limit);
    if (rows === 0 || (rows === 1 && query.fields.whereClause)) return;
    const targets = list(query.fields.targetList).map(target => unwrap(target)?.fields.val);
    if (targets.every(isConstantExpression) || (!query.fields.groupClause && contains(targets, isAggregateCall)))
      return;
    const node = unwrap(limit)!;
    const at = statement.rangeOf(node.type, node.fields);
    if (at) report({ at, message: 'chance', values: { rows: rows ?? statement.text.slice(at.start, at.end) } });
  },
});

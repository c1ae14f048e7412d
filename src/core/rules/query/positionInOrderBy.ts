import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { integerConstant, list } from '../support/expressions';
import { rangeOfTree } from '../support/trees';

export const positionInOrderBy = defineRule({
  id: 'query/position-in-order-by',
  since: '0.2.0',
  severity: 'hint',
  optional: true,
  title: 'ORDER BY or GROUP BY a position',
  nodes: ['sortClause', 'groupClause'],
  docs: {
    problem: 'A number stands for a column of the select list.',
    why: 'Whoever adds or moves a column changes the order or the groups without seeing it.',
    whenToIgnore: 'The query is short, or your team likes positions for long expressions.',
  },
  messages: { position: 'Position {position} changes its meaning when the select list changes; a name does not.' },
  examples: [
    { title: 'an order', bad: 'SELECT id, total FROM orders ORDER BY 2 DESC', flags: '2' },
    {
      title: 'groups',
      bad: "SELECT date_trunc('day', at), count(*) FROM readings GROUP BY 1 ORDER BY 1",
      flags: ['1', '1'],
    },
    { title: 'names', good: 'SELECT id, total FROM orders ORDER BY total DESC' },
    { title: 'a limit', good: 'SELECT id FROM orders ORDER BY id LIMIT 1' },
    { title: 'a calculation', good: 'SELECT id FROM orders ORDER BY total + 1' },
    { title: 'an order inside an aggregate', good: 'SELECT array_agg(id ORDER BY total) FROM orders' },
  ],
  check({ statement, find, report }) {
    for (const query of find('SelectStmt')) {
      const sorts = list(query.fields.sortClause).map(item => unwrap(item)?.fields.node);
      for (const item of [...list(query.fields.groupClause), ...sorts]) {
        if (unwrap(item)?.type !== 'A_Const') continue;
        const position = integerConstant(item);
        const at = rangeOfTree(statement, item);
        if (position !== undefined && at) report({ at, message: 'position', values: { position } });
      }
    }
  },
});

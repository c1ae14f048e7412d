import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { contains, list } from '../support/expressions';

export const setOperationColumns = defineRule({
  id: 'query/set-operation-columns',
  since: '0.2.0',
  severity: 'error',
  title: 'Branches with different numbers of columns',
  docs: {
    problem: 'The queries that UNION, INTERSECT or EXCEPT combines select different numbers of columns.',
    why: 'PostgreSQL refuses the statement.',
    whenToIgnore: 'Never.',
  },
  messages: { differ: '{operation} needs the same number of columns on both sides: {left} and {right}.' },
  examples: [
    {
      title: 'a column forgotten in the second branch',
      bad: "SELECT id, total, 'order' AS kind FROM orders UNION ALL SELECT id, 'refund' FROM refunds",
      flags: "SELECT id, 'refund' FROM refunds",
    },
    {
      title: 'VALUES as a branch',
      bad: 'SELECT id, name FROM cameras UNION VALUES (0)',
      flags: 'VALUES (0)',
    },
    { title: 'the same number', good: 'SELECT id, total FROM orders UNION ALL SELECT id, 0 FROM refunds' },
    { title: 'a star hides the number', good: 'SELECT * FROM orders_2023 UNION ALL SELECT id, total FROM orders_2024' },
    { title: 'three branches', good: 'SELECT id FROM a UNION SELECT id FROM b EXCEPT SELECT id FROM c' },
    { title: 'a subquery has its own list', good: 'SELECT id FROM a UNION SELECT (SELECT max(id) FROM b)' },
    { title: 'a composite value may be opened', good: 'SELECT (pair).* FROM a UNION SELECT 1, 2' },
  ],
  check({ statement, find, report }) {
    for (const query of find('SelectStmt')) {
      const { op, larg, rarg } = query.fields;
      if (op === undefined || op === 'SETOP_NONE' || !larg || !rarg) continue;
      const left = columnsOf(larg as NodeFields);
      const right = columnsOf(rarg as NodeFields);
      const at = statement.rangeOf('SelectStmt', rarg);
      if (left === undefined || right === undefined || left === right || !at) continue;
      const operation = String(op).replace('SETOP_', '');
      report({ at, message: 'differ', values: { operation, left, right } });
    }
  },
});

/** The number of columns a query returns; undefined if a star hides it. */
function columnsOf(query: NodeFields): number | undefined {
  if (query.larg) return columnsOf(query.larg as NodeFields);
  const [row] = list(query.valuesLists);
  if (row !== undefined) return list(row).length;
  const targets = list(query.targetList);
  const hasStar = targets.some(target => {
    const value = unwrap(unwrap(target)?.fields.val);
    return (
      (value?.type === 'ColumnRef' || value?.type === 'A_Indirection') &&
      contains(value.fields, type => type === 'A_Star')
    );
  });
  return hasStar ? undefined : targets.length;
}

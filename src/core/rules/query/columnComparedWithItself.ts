import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, filteredQuery, operatorOf } from '../support/expressions';
import { isSameTree, textOfTree } from '../support/trees';

export const columnComparedWithItself = defineRule({
  id: 'query/column-compared-with-itself',
  since: '0.2.0',
  severity: 'warning',
  title: 'Column compared with itself',
  nodes: ['A_Expr'],
  docs: {
    problem: 'Both sides of the comparison are the same column.',
    why: '`a.id = a.id` is true for every row whose column is not NULL. In a join a condition that binds nothing makes a product of the tables; usually one qualifier is mistyped. In a function, a parameter of the same name was meant.',
    whenToIgnore: 'You mean IS NOT NULL; then write it.',
  },
  messages: {
    always:
      '{column} is compared with itself: this is true whenever it is not NULL. Another column was probably meant.',
    never: '{column} is compared with itself: this is never true. Another column was probably meant.',
  },
  examples: [
    {
      title: 'a mistyped qualifier',
      bad: 'SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id AND c.region = c.region',
      flags: 'c.region = c.region',
    },
    { title: 'never true', bad: 'SELECT id FROM orders WHERE total <> total', flags: 'total <> total' },
    { title: 'two tables', good: 'SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id' },
    { title: 'a table joined with itself', good: 'SELECT a.id FROM parts a JOIN parts b ON a.id = b.parent_id' },
    { title: 'an assignment', good: 'UPDATE orders SET total = total WHERE id = 7' },
    { title: 'in the select list', good: 'SELECT total = total FROM orders' },
    {
      title: 'the same name in the query around it',
      good: 'SELECT id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.id = a.id)',
    },
    {
      title: 'a part of the same column',
      good: "SELECT id FROM events WHERE payload -> 'a' = payload -> 'b'",
    },
  ],
  check({ statement, body, find, rangeOf, report }) {
    for (const comparison of find('A_Expr')) {
      const { kind, lexpr, rexpr } = comparison.fields;
      const operator = operatorOf(comparison.fields) ?? '';
      if (kind !== 'AEXPR_OP' || !/^(?:[<>]=?|=|<>)$/.test(operator)) continue;
      if (
        unwrap(rexpr)?.type !== 'ColumnRef' ||
        !asColumn(lexpr) ||
        !isSameTree(lexpr, rexpr) ||
        !filteredQuery(comparison)
      )
        continue;
      // As the whole of ON it binds nothing, which a rule about joins reports.
      if (comparison.key === 'quals') continue;
      const { name, qualifier } = asColumn(lexpr)!;
      // A variable of that name makes it ambiguous, which is worse and reported as that.
      if (body?.language === 'plpgsql' && qualifier === undefined && body.variables.has(name)) continue;
      const values = { column: textOfTree(statement, lexpr) ?? '' };
      const message = /=$/.test(operator) ? 'always' : 'never';
      report({ at: rangeOf(comparison), message, values });
    }
  },
});

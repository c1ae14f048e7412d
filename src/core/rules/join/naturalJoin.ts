import { quoteIdentifier } from '../../sql/identifiers';
import { defineRule } from '../defineRule';
import type { Fix } from '../finding';
import { fromItems } from '../support/fromItems';
import { leavesOf } from '../support/mentions';
import { wordsBefore } from '../support/words';

export const naturalJoin = defineRule({
  id: 'join/natural-join',
  since: '0.2.0',
  severity: 'info',
  title: 'NATURAL JOIN',
  nodes: ['JoinExpr'],
  docs: {
    problem: 'NATURAL JOIN compares all columns that happen to have the same name in both tables.',
    why: 'A column such as `created_at` or `status` added to both tables later changes the result without a change of the query; without a common name it is a cross join.',
    whenToIgnore: 'The columns of both sides are fixed in the query itself.',
  },
  messages: {
    natural: 'NATURAL JOIN compares every column name both sides share, now and later; name them with USING.',
  },
  examples: [
    { title: 'a natural join', bad: 'SELECT * FROM orders NATURAL JOIN customers', flags: 'NATURAL JOIN' },
    {
      title: 'with the columns known',
      bad: 'SELECT o.id FROM orders o NATURAL LEFT JOIN customers c',
      schema: 'CREATE TABLE orders (id int, customer_id int); CREATE TABLE customers (customer_id int, name text);',
      flags: 'NATURAL LEFT JOIN',
      fixed: 'SELECT o.id FROM orders o LEFT JOIN customers c USING (customer_id)',
    },
    { title: 'USING', good: 'SELECT * FROM orders JOIN customers USING (customer_id)' },
    { title: 'ON', good: 'SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id' },
    { title: 'a column of that name', good: 'SELECT "natural" FROM products' },
    { title: 'a cross join', good: 'SELECT * FROM sizes CROSS JOIN colours' },
  ],
  check({ statement, catalog, find, report }) {
    for (const query of find('SelectStmt')) {
      const items = fromItems(query, catalog);
      for (const item of items) {
        if (item.join?.isNatural !== true) continue;
        const range = statement.rangeOf(item.type, item.fields);
        const at =
          range &&
          wordsBefore(statement.text, range.start, /natural(?:\s+(?:inner|(?:left|right|full)(?:\s+outer)?))?\s+join/i);
        if (!at) continue;
        const left = leavesOf(item.join.larg, items);
        const right = leavesOf(item.join.rarg, items);
        const fixes: Fix[] = [];
        const other = left[0]?.relation;
        if (left.length === 1 && right.length === 1 && other && item.relation && range) {
          const own = item.relation.columns;
          const shared = other.columns.filter(({ name }) => own.some(column => column.name === name));
          const using = shared.map(({ name }) => quoteIdentifier(name)).join(', ');
          const natural = /^natural\s+/i.exec(statement.text.slice(at.start))![0].length;
          if (using !== '')
            fixes.push({
              title: 'Name the columns with USING',
              safe: true,
              edits: [
                { range: { start: at.start, end: at.start + natural }, newText: '' },
                { range: { start: range.end, end: range.end }, newText: ` USING (${using})` },
              ],
            });
        }
        report({ at, message: 'natural', fixes });
      }
    }
  },
});

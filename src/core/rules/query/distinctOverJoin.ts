import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, contains, fromTables, list } from '../support/expressions';
import { rangeOfTree, selectedValues } from '../support/trees';

export const distinctOverJoin = defineRule({
  id: 'query/distinct-over-join',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['SelectStmt', 'InsertStmt', 'CreateTableAsStmt', 'ViewStmt'],
  nodes: ['distinctClause'],
  title: 'DISTINCT over a join that only tests for existence',
  docs: {
    problem: 'A table is joined of which nothing is selected, and DISTINCT removes the rows it multiplied.',
    why: 'All pairs are built, and then sorted or hashed to drop the duplicates. With EXISTS each row is kept once, at its first match (a semi join), and nothing is multiplied.',
    whenToIgnore: 'Each row has at most one match, and DISTINCT is there for other duplicates.',
  },
  messages: {
    exists: 'Nothing of {table} is selected: WHERE EXISTS (...) keeps each row once, without DISTINCT over the join.',
  },
  examples: [
    {
      title: 'customers with orders',
      bad: 'SELECT DISTINCT c.id, c.name FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.total > 100',
      flags: 'DISTINCT',
    },
    {
      title: 'comma join',
      bad: 'SELECT DISTINCT c.id, c.name FROM cameras c, frames f WHERE f.camera_id = c.id',
      flags: 'DISTINCT',
    },
    {
      title: 'as a semi join',
      good: 'SELECT c.id, c.name FROM customers c WHERE EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id)',
    },
    {
      title: 'columns of both tables',
      good: 'SELECT DISTINCT c.name, o.status FROM customers c JOIN orders o ON o.customer_id = c.id',
    },
    { title: 'the values of one table', good: 'SELECT DISTINCT c.country FROM customers c' },
    {
      title: 'columns whose table the text does not name',
      good: 'SELECT DISTINCT name FROM customers c JOIN orders o ON o.customer_id = c.id',
    },
    {
      title: 'a table in between',
      good: 'SELECT DISTINCT c.name, p.name FROM customers c JOIN orders o ON o.customer_id = c.id JOIN products p ON p.id = o.product_id',
    },
    {
      title: 'first row of each group',
      good: 'SELECT DISTINCT ON (c.id) c.id, c.name FROM customers c JOIN orders o ON o.customer_id = c.id ORDER BY c.id, o.total DESC',
    },
  ],
  check({ statement, find, report }) {
    for (const query of find('SelectStmt')) {
      const distinct = list(query.fields.distinctClause);
      // Plain DISTINCT is a list with one empty item.
      if (distinct.length === 0 || distinct.some(item => unwrap(item) !== undefined)) continue;
      if (query.fields.groupClause || contains(query.fields.fromClause, isOuterJoin)) continue;
      const { tables, others } = fromTables(query);
      if (tables.length !== 2 || others > 0) continue;
      const qualifiers = new Set(selectedValues(query.fields).map(value => asColumn(value)?.qualifier));
      const [qualifier] = qualifiers;
      if (qualifiers.size !== 1 || qualifier === undefined) continue;
      const unused = tables.filter(table => (table.alias ?? table.name) !== qualifier);
      const [table] = unused;
      if (unused.length !== 1 || !table) continue;
      const target = rangeOfTree(statement, list(query.fields.targetList)[0]);
      const word = target && /\bdistinct\s+$/i.exec(statement.text.slice(0, target.start));
      if (!word) continue;
      const at = { start: word.index, end: word.index + 'distinct'.length };
      report({ at, message: 'exists', values: { table: table.alias ?? table.name } });
    }
  },
});

function isOuterJoin(type: string, fields: Readonly<Record<string, unknown>>): boolean {
  return type === 'JoinExpr' && fields.jointype !== 'JOIN_INNER';
}

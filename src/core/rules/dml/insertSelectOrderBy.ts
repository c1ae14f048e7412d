import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { list } from '../support/expressions';
import { findWords } from '../support/words';

export const insertSelectOrderBy = defineRule({
  id: 'dml/insert-select-order-by',
  since: '0.2.0',
  severity: 'hint',
  title: 'ORDER BY in INSERT ... SELECT',
  nodes: ['InsertStmt'],
  docs: {
    problem: 'Rows are sorted before they are inserted.',
    why: 'A table has no order: what reads it must sort anyway. The sort only decides which numbers a sequence gives and where rows lie on disk.',
    whenToIgnore: 'Rows are to be numbered, or laid down in the order of a BRIN index.',
  },
  messages: {
    sorted:
      'A table keeps no order; this sort is only worth its time if rows are numbered by it or clustered for BRIN.',
  },
  examples: [
    {
      title: 'sorted into a table',
      bad: 'INSERT INTO ranking (id, total) SELECT id, total FROM orders ORDER BY total',
      flags: 'ORDER BY total',
    },
    { title: 'the first ten', good: 'INSERT INTO ranking (id) SELECT id FROM orders ORDER BY total DESC LIMIT 10' },
    {
      title: 'the newest of each',
      good: 'INSERT INTO last (id, at) SELECT DISTINCT ON (id) id, at FROM readings ORDER BY id, at DESC',
    },
    { title: 'no sort', good: 'INSERT INTO ranking (id) SELECT id FROM orders' },
    {
      title: 'a sort inside an aggregate',
      good: 'INSERT INTO lists (ids) SELECT array_agg(id ORDER BY id) FROM orders',
    },
  ],
  check({ statement, find, report }) {
    for (const insert of find('InsertStmt')) {
      const query = unwrap(insert.fields.selectStmt);
      if (!query || query.type !== 'SelectStmt') continue;
      const { sortClause, limitCount, distinctClause, limitOffset } = query.fields;
      if (!sortClause || limitCount || limitOffset || distinctClause || insert.fields.returningClause) continue;
      const keys = list(sortClause).flatMap(key => {
        const node = unwrap(unwrap(key)?.fields.node);
        return (node && statement.rangeOf(node.type, node.fields)) ?? [];
      });
      const first = keys[0];
      const last = keys.at(-1);
      const words = first && findWords(statement.text, { start: 0, end: first.start }, 'order', 'by');
      if (words && last) report({ at: { start: words.start, end: last.end }, message: 'sorted' });
    }
  },
});

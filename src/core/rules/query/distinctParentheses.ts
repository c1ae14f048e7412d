import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { Fix } from '../finding';
import { list } from '../support/expressions';
import { rangeOfTree } from '../support/trees';

export const distinctParentheses = defineRule({
  id: 'query/distinct-parentheses',
  since: '0.2.0',
  severity: 'info',
  title: 'DISTINCT written like a function',
  nodes: ['distinctClause'],
  docs: {
    problem: '`DISTINCT (a), b` looks as if only `a` were made distinct; DISTINCT is always about the whole row.',
    why: 'One row for each `a` is `DISTINCT ON (a)` with an ORDER BY. `DISTINCT (a, b)` returns one column of a record type, not two columns.',
    whenToIgnore: 'Never; without the parentheses the statement says what it does.',
  },
  messages: {
    whole: 'DISTINCT is about all selected columns, not only the one in parentheses; DISTINCT ON (...) is about one.',
    record: 'DISTINCT (...) over several columns returns one column of a record type; leave the parentheses out.',
  },
  examples: [
    {
      title: 'only the first column seems meant',
      bad: 'SELECT DISTINCT (customer_id), status FROM orders',
      flags: '(customer_id)',
      fixed: 'SELECT DISTINCT customer_id, status FROM orders',
    },
    {
      title: 'a record',
      bad: 'SELECT DISTINCT (customer_id, status) FROM orders',
      flags: '(customer_id, status)',
    },
    { title: 'without parentheses', good: 'SELECT DISTINCT customer_id, status FROM orders' },
    {
      title: 'DISTINCT ON',
      good: 'SELECT DISTINCT ON (customer_id) customer_id, status FROM orders ORDER BY customer_id, id',
    },
    { title: 'an expression that begins with a parenthesis', good: 'SELECT DISTINCT (a + b) * 2, c FROM orders' },
    { title: 'a cast', good: "SELECT DISTINCT (payload ->> 'day')::date, camera_id FROM events" },
    { title: 'one column', good: 'SELECT DISTINCT (customer_id) FROM orders' },
  ],
  check({ statement, find, report }) {
    for (const query of find('SelectStmt')) {
      const distinct = list(query.fields.distinctClause);
      if (distinct.length === 0 || distinct.some(item => unwrap(item) !== undefined)) continue;
      const targets = list(query.fields.targetList);
      const value = unwrap(unwrap(targets[0])?.fields.val);
      const range = value && statement.rangeOf(value.type, value.fields);
      if (!range) continue;
      const { text } = statement;
      if (value.type === 'RowExpr' && value.fields.row_format === 'COERCE_IMPLICIT_CAST' && targets.length === 1) {
        report({ at: range, message: 'record' });
        continue;
      }
      const open = /\bdistinct\s*(\()\s*$/i.exec(text.slice(0, range.start));
      const close = /^\s*\)(?=\s*,)/.exec(text.slice(range.end));
      if (value.type !== 'ColumnRef' || targets.length < 2 || !open || !close || !rangeOfTree(statement, targets[1]))
        continue;
      const start = text.lastIndexOf('(', range.start);
      const at = { start, end: range.end + close[0].length };
      const inner = text.slice(range.start, range.end);
      const newText = /\s/.test(text[start - 1] ?? '') ? inner : ` ${inner}`;
      const fixes: Fix[] = [{ title: 'Remove the parentheses', safe: true, edits: [{ range: at, newText }] }];
      report({ at, message: 'whole', fixes });
    }
  },
});

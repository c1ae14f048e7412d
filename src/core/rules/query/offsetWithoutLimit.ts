import { defineRule } from '../defineRule';
import { integerConstant, isNullConstant } from '../support/expressions';
import { rangeOfTree } from '../support/trees';

export const offsetWithoutLimit = defineRule({
  id: 'query/offset-without-limit',
  since: '0.2.0',
  severity: 'hint',
  title: 'OFFSET without LIMIT',
  nodes: ['limitOffset'],
  docs: {
    problem: 'Some rows are skipped, and all others are returned, however many there are.',
    why: 'The skipped rows are computed all the same. A page needs LIMIT; all rows after a position are better asked for with a condition on the sort key.',
    whenToIgnore: 'The table is small, or all but the first rows are really wanted.',
  },
  messages: { rest: 'Without LIMIT all rows after the first {rows} are returned; say how many are wanted.' },
  examples: [
    { title: 'the rest of a table', bad: 'SELECT id FROM orders ORDER BY id OFFSET 100', flags: '100' },
    { title: 'a parameter', bad: 'SELECT id FROM orders ORDER BY id OFFSET $1 ROWS', flags: '$1' },
    { title: 'a page', good: 'SELECT id FROM orders ORDER BY id LIMIT 20 OFFSET 100' },
    {
      title: 'FETCH in place of LIMIT',
      good: 'SELECT id FROM orders ORDER BY id OFFSET 100 ROWS FETCH NEXT 20 ROWS ONLY',
    },
    {
      title: 'OFFSET 0 keeps a subquery apart',
      good: 'SELECT id FROM (SELECT id FROM orders OFFSET 0) AS o WHERE slow(id)',
    },
    { title: 'elements of a function', good: 'SELECT w FROM unnest($1::text[]) AS w OFFSET 1' },
    { title: 'no skipping', good: 'SELECT id FROM orders ORDER BY id' },
  ],
  check({ statement, thresholds, find, report }) {
    for (const query of find('SelectStmt')) {
      const { limitOffset, limitCount, fromClause } = query.fields;
      if (limitOffset === undefined || (limitCount !== undefined && !isNullConstant(limitCount))) continue;
      const rows = integerConstant(limitOffset);
      const at = rangeOfTree(statement, limitOffset);
      const reads = query.fields.larg !== undefined || JSON.stringify(fromClause ?? '').includes('"RangeVar"');
      // A deep offset has a rule of its own.
      if (rows !== undefined && rows >= thresholds.deepOffsetRows) continue;
      if (rows === 0 || isNullConstant(limitOffset) || !at || !reads) continue;
      report({ at, message: 'rest', values: { rows: rows ?? statement.text.slice(at.start, at.end) } });
    }
  },
});

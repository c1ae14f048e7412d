import { defineRule } from '../defineRule';
import { contains, integerConstant } from '../support/expressions';

export const deepOffset = defineRule({
  id: 'query/deep-offset',
  since: '0.1.0',
  severity: 'info',
  title: 'Paging with OFFSET',
  guideline: { guide: '004', section: 'Query Optimization Patterns' },
  nodes: ['limitOffset'],
  docs: {
    problem: '`OFFSET n` produces n rows and throws them away: page 1,000 costs a thousand times page 1.',
    why: 'PostgreSQL cannot jump to the n-th row of a result, not even with an index. Remember the last row shown instead and ask for what follows it: `WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT 20`. With an index on those columns each page costs the same.',
    whenToIgnore: 'The list is short, or people never leave the first pages.',
  },
  messages: {
    constant: 'OFFSET {rows} reads and discards {rows} rows; continuing after the last row shown (keyset) does not.',
    parameter:
      'Each further page reads and discards all rows before it; continuing after the last row shown (keyset) does not.',
  },
  examples: [
    {
      title: 'far into a list',
      bad: 'SELECT id FROM orders ORDER BY created_at DESC LIMIT 20 OFFSET 20000',
      flags: '20000',
    },
    {
      title: 'the page is a parameter',
      bad: 'SELECT id FROM orders ORDER BY created_at DESC LIMIT $1 OFFSET $2',
      flags: '$2',
    },
    { title: 'the first pages', good: 'SELECT id FROM orders ORDER BY created_at DESC LIMIT 20 OFFSET 40' },
    { title: 'the beginning', good: 'SELECT id FROM orders ORDER BY created_at DESC LIMIT 20 OFFSET 0' },
    {
      title: 'after the last row shown',
      good: 'SELECT id FROM orders WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT 20',
    },
    { title: 'the second highest', good: 'SELECT DISTINCT salary FROM staff ORDER BY salary DESC LIMIT 1 OFFSET 1' },
  ],
  check({ find, statement, thresholds, report }) {
    for (const query of find('SelectStmt')) {
      const offset = query.fields.limitOffset;
      if (offset === undefined) continue;
      const rows = integerConstant(offset);
      const [type, fields] = Object.entries(offset as Record<string, object>)[0]!;
      const at = statement.rangeOf(type, fields);
      if (!at) continue;
      if (rows !== undefined && rows >= thresholds.deepOffsetRows)
        report({ at, message: 'constant', values: { rows } });
      else if (
        rows === undefined &&
        query.fields.limitCount !== undefined &&
        contains(offset, node => node === 'ParamRef' || node === 'ColumnRef')
      ) {
        report({ at, message: 'parameter', severity: 'hint' });
      }
    }
  },
});

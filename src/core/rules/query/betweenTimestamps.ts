import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn, filteredQuery, list, resolveColumn, stringConstant } from '../support/expressions';

export const betweenTimestamps = defineRule({
  id: 'query/between-timestamps',
  since: '0.1.0',
  severity: 'hint',
  title: 'BETWEEN days on a timestamp',
  nodes: ['AEXPR_BETWEEN'],
  docs: {
    problem:
      "`BETWEEN '2024-01-01' AND '2024-01-31'` on a timestamp ends at midnight, when the 31st begins: the last day is missing.",
    why: 'BETWEEN includes both ends, and a day without a time is its first moment. `23:59:59` leaves out the last second. A half-open range (`>= first AND < day after the last`) has neither gap nor overlap and uses the same index.',
    whenToIgnore: 'The column is a date, or the last day is meant to be left out.',
  },
  messages: {
    lastDay:
      'On a timestamp this ends when {last} begins: that day is left out. A half-open range (>= and <) includes it.',
    lastSecond: 'Moments after {last} are left out; a half-open range (>= and <) leaves no gap.',
  },
  examples: [
    {
      title: 'a month',
      bad: "SELECT id FROM orders WHERE created_at BETWEEN '2024-01-01' AND '2024-01-31'",
      flags: "created_at BETWEEN '2024-01-01' AND '2024-01-31'",
      fixed: "SELECT id FROM orders WHERE created_at >= '2024-01-01' AND created_at < date '2024-01-31' + 1",
    },
    {
      title: 'the last second of a day',
      bad: "SELECT id FROM orders WHERE created_at BETWEEN '2024-01-01' AND '2024-01-31 23:59:59'",
      flags: "created_at BETWEEN '2024-01-01' AND '2024-01-31 23:59:59'",
    },
    {
      title: 'a half-open range',
      good: "SELECT id FROM orders WHERE created_at >= '2024-01-01' AND created_at < '2024-02-01'",
    },
    { title: 'a column of days', good: "SELECT id FROM orders WHERE order_date BETWEEN '2024-01-01' AND '2024-01-31'" },
    {
      title: 'a column of days with another name',
      schema: 'CREATE TABLE orders (id bigint, created_at date);',
      good: "SELECT id FROM orders WHERE created_at BETWEEN '2024-01-01' AND '2024-01-31'",
    },
    { title: 'numbers', good: 'SELECT id FROM orders WHERE total BETWEEN 10 AND 20' },
    { title: 'moments', good: "SELECT id FROM orders WHERE created_at BETWEEN now() - interval '1 hour' AND now()" },
  ],
  check({ statement, catalog, find, rangeOf, report }) {
    for (const between of find('A_Expr')) {
      if (between.fields.kind !== 'AEXPR_BETWEEN') continue;
      const column = asColumn(between.fields.lexpr);
      const query = filteredQuery(between);
      const [low, high] = list(between.fields.rexpr);
      const last = stringConstant(high);
      if (!column || !query || last === undefined || stringConstant(low) === undefined) continue;
      const type = resolveColumn(query, column, catalog)?.column.type;
      if (type === undefined ? !TIMESTAMP_NAME.test(column.name) : !type.startsWith('timestamp')) continue;
      const at = rangeOf(between);
      const ranges = [between.fields.lexpr, low, high].map(part => {
        const node = unwrap(part);
        return node && statement.rangeOf(node.type, node.fields);
      });
      const [columnText, lowText, highText] = ranges.map(
        range => range && statement.text.slice(range.start, range.end),
      );
      if (/^\d{4}-\d\d-\d\d$/.test(last)) {
        const day = unwrap(high)?.type === 'A_Const' ? `date ${highText}` : `(${highText})::date`;
        report({
          at,
          message: 'lastDay',
          values: { last },
          fixes:
            columnText && lowText && highText
              ? [
                  {
                    title: 'Include the last day with a half-open range',
                    safe: false,
                    edits: [{ range: at, newText: `${columnText} >= ${lowText} AND ${columnText} < ${day} + 1` }],
                  },
                ]
              : [],
        });
      } else if (/[ T]23:59(?::59(?:\.9+)?)?$/.test(last)) report({ at, message: 'lastSecond', values: { last } });
    }
  },
});

/** Names that by custom hold a moment, for when no schema is known. */
const TIMESTAMP_NAME = /(?:_at|_ts|_timestamp|_time)$|^(?:ts|timestamp|created|updated)$/i;

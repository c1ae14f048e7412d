import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { typeFamily, valueFamily } from '../support/columnTypes';
import { asColumn, filteredQuery, operatorOf, stringConstant } from '../support/expressions';
import { matchBelow, textOfTree } from '../support/trees';

export const timestampEqualsDay = defineRule({
  id: 'query/timestamp-equals-day',
  since: '0.2.0',
  severity: 'info',
  needs: ['catalog'],
  title: 'Timestamp compared with a day by =',
  nodes: ['A_Expr'],
  docs: {
    problem: 'A day compared with a timestamp is its first moment: only rows of exactly midnight are equal.',
    why: 'PostgreSQL turns the day into a timestamp at 00:00. A half-open range (`>= day AND < day + 1`) finds the whole day, and uses the same index.',
    whenToIgnore: 'The column holds whole days only; then its type should be date.',
  },
  messages: { midnight: 'Only rows of exactly midnight are equal to a day; a half-open range finds the whole day.' },
  examples: [
    {
      title: 'the rows of a day',
      schema: 'CREATE TABLE orders (id bigint, created_at timestamptz);',
      bad: "SELECT id FROM orders WHERE created_at = '2024-05-01'",
      flags: "created_at = '2024-05-01'",
      fixed: "SELECT id FROM orders WHERE (created_at >= date '2024-05-01' AND created_at < date '2024-05-01' + 1)",
    },
    {
      title: 'today',
      schema: 'CREATE TABLE orders (id bigint, created_at timestamp);',
      bad: 'SELECT id FROM orders WHERE created_at = CURRENT_DATE AND id > 5',
      flags: 'created_at = CURRENT_DATE',
      fixed: 'SELECT id FROM orders WHERE (created_at >= CURRENT_DATE AND created_at < CURRENT_DATE + 1) AND id > 5',
    },
    {
      title: 'a column of days',
      schema: 'CREATE TABLE orders (id bigint, order_date date);',
      good: "SELECT id FROM orders WHERE order_date = '2024-05-01'",
    },
    {
      title: 'a moment',
      schema: 'CREATE TABLE orders (id bigint, created_at timestamptz);',
      good: "SELECT id FROM orders WHERE created_at = '2024-05-01 12:30'",
    },
    {
      title: 'a range',
      schema: 'CREATE TABLE orders (id bigint, created_at timestamptz);',
      good: "SELECT id FROM orders WHERE created_at >= '2024-05-01' AND created_at < '2024-05-02'",
    },
    { title: 'a table nobody knows', good: "SELECT id FROM orders WHERE created_at = '2024-05-01'" },
    {
      title: 'the beginning of a bucket',
      schema: 'CREATE TABLE stats (id bigint, bucket_start timestamptz);',
      good: "SELECT id FROM stats WHERE bucket_start = '2024-05-01'",
    },
  ],
  check({ statement, find, rangeOf, resolve, report }) {
    for (const comparison of find('A_Expr')) {
      const { kind, lexpr, rexpr } = comparison.fields;
      if (kind !== 'AEXPR_OP' || operatorOf(comparison.fields) !== '=' || !filteredQuery(comparison)) continue;
      const column = asColumn(lexpr);
      const match = matchBelow(comparison, 'lexpr', lexpr);
      if (!column || !match || !isDay(rexpr) || ROUNDED.test(column.name)) continue;
      const type = typeFamily(resolve(match)?.column.type);
      if (type !== 'timestamp' && type !== 'timestamptz') continue;
      const written = textOfTree(statement, rexpr);
      const text = textOfTree(statement, lexpr);
      const day = unwrap(rexpr)?.type === 'A_Const' ? `date ${written}` : written;
      const at = rangeOf(comparison);
      const newText = `(${text} >= ${day} AND ${text} < ${day} + 1)`;
      const fixes =
        text && written ? [{ title: 'Compare with the whole day', safe: false, edits: [{ range: at, newText }] }] : [];
      report({ at, message: 'midnight', fixes });
    }
  },
});

/** Names of columns that hold the beginning of a period. */
const ROUNDED = /bucket|period|day|date|week|month|quarter|year|slot|midnight|_start$|^start/i;

function isDay(value: unknown): boolean {
  const node = unwrap(value);
  if (node?.type === 'SQLValueFunction') return node.fields.op === 'SVFOP_CURRENT_DATE';
  if (node?.type === 'TypeCast') return valueFamily(value) === 'date';
  return node?.type === 'A_Const' && /^\d{4}-\d\d-\d\d$/.test(stringConstant(value) ?? '');
}

import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { Fix } from '../finding';
import { typeFamily, valueFamily } from '../support/columnTypes';
import type { TypeFamily } from '../support/columnTypes';
import { asColumn, filteredQuery, list, operatorOf } from '../support/expressions';
import { mirrored, ORDER_OPERATORS } from '../support/rangeRewrite';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { matchBelow, rangeOfTree, textOfTree } from '../support/trees';

export const implicitCastOnColumn = defineRule({
  id: 'query/implicit-cast-on-column',
  since: '0.2.0',
  severity: 'info',
  needs: ['catalog'],
  title: 'A value whose type does not fit the column',
  nodes: ['A_Expr'],
  docs: {
    problem: 'The column and the value have different types. PostgreSQL converts the column, row by row, or refuses.',
    why: 'An integer column compared with a `numeric` or `double precision` value is itself converted, so its index is of no use. A text column cannot be compared with a number at all: `operator does not exist`.',
    whenToIgnore: 'The table is small.',
  },
  messages: {
    converts:
      'The {type} column {column} is converted to {other} in each row; no index on it is used. Give the value the type of the column.',
    refused:
      'There is no operator {operator} for the {type} column {column} and a value of type {other}: the statement fails.',
    json: 'The type json has no equality operator: the statement fails. Compare as jsonb, or take a text out with ->>.',
    pattern: 'LIKE works on text: there is no such operator for the {type} column {column}.',
  },
  examples: [
    {
      title: 'an integer column and a decimal fraction',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);',
      bad: 'SELECT id FROM orders WHERE customer_id = 42.0',
      flags: 'customer_id = 42.0',
      fixed: 'SELECT id FROM orders WHERE customer_id = 42',
    },
    {
      title: 'a parameter cast to a wider type',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);',
      bad: 'SELECT id FROM orders WHERE id = $1::numeric AND total > $2::float8',
      flags: ['id = $1::numeric', 'total > $2::float8'],
    },
    {
      title: 'a number stored as text',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, external_no varchar(20));',
      bad: 'SELECT id FROM orders WHERE external_no = 4711',
      flags: 'external_no = 4711',
      fixed: "SELECT id FROM orders WHERE external_no = '4711'",
    },
    {
      title: 'a pattern for numbers',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY);',
      bad: "SELECT id FROM orders WHERE id LIKE '47%'",
      flags: "id LIKE '47%'",
    },
    {
      title: 'a padded column and a text',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, code char(8));',
      bad: 'SELECT id FROM orders WHERE code = $1::text',
      flags: 'code = $1::text',
    },
    {
      title: 'documents of type json',
      schema: 'CREATE TABLE events (id bigint, payload json);',
      bad: "SELECT id FROM events WHERE payload = '{}'",
      flags: "payload = '{}'",
    },
    {
      title: 'a string takes on the type of the column',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY);',
      good: "SELECT id FROM orders WHERE id = '42'",
    },
    {
      title: 'integers of different width share an index',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, n smallint);',
      good: 'SELECT id FROM orders WHERE id = 42 AND n = $1::bigint',
    },
    {
      title: 'an integer for a numeric column',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(10, 2));',
      good: 'SELECT id FROM orders WHERE total > 100 AND total < 10.5',
    },
    {
      title: 'days and moments have common operators',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamptz);',
      good: "SELECT id FROM orders WHERE created_at >= date '2024-01-01'",
    },
    { title: 'a table nobody knows', good: 'SELECT id FROM orders WHERE customer_id = 42.0' },
    {
      title: 'in the select list',
      schema: 'CREATE TABLE orders (id bigint PRIMARY KEY);',
      good: 'SELECT id > 4.5 FROM orders',
    },
  ],
  check({ statement, thresholds, find, rangeOf, resolve, report }) {
    for (const comparison of find('A_Expr')) {
      const { kind, lexpr, rexpr } = comparison.fields;
      const columnOnLeft = asColumn(lexpr) !== undefined;
      const columnTree = columnOnLeft ? lexpr : rexpr;
      const column = asColumn(columnTree);
      const match = matchBelow(comparison, columnOnLeft ? 'lexpr' : 'rexpr', columnTree);
      if (!column || !match) continue;
      const known = resolve(match);
      const family = typeFamily(known?.column.type);
      if (!known || family === undefined) continue;
      const at = rangeOf(comparison);
      const type = known.column.type;
      if ((kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE') && columnOnLeft && UNLIKE_TEXT.has(family)) {
        report({ at, message: 'pattern', severity: 'error', values: { type, column: column.name } });
        continue;
      }
      const written = operatorOf(comparison.fields) ?? '';
      const operator = columnOnLeft ? written : mirrored(written);
      if (!(kind === 'AEXPR_OP' && (ORDER_OPERATORS.has(operator) || operator === '<>')) && kind !== 'AEXPR_IN')
        continue;
      if (family === 'json') {
        report({ at, message: 'json', severity: 'error' });
        continue;
      }
      const value = kind === 'AEXPR_IN' ? list(rexpr) : [columnOnLeft ? rexpr : lexpr];
      const other = value.map(valueFamily).find(one => one !== undefined && one !== family);
      if (other === undefined) continue;
      const values = { type, column: column.name, other: NAMES[other] ?? other };
      if (isRefused(family, other)) {
        const fixes = value.length === 1 ? quoted(statement, family, value[0]) : [];
        report({ at, message: 'refused', severity: 'error', values: { ...values, operator: written || '=' }, fixes });
      } else if (isConverted(family, other) && operator !== '<>' && filteredQuery(comparison)) {
        if (isSmallTable(known.relation, thresholds)) continue;
        const fixes = value.length === 1 ? withoutZeros(statement, value[0]) : [];
        report({ at, message: 'converts', values, fixes, ...warningIfBig(known.relation, thresholds) });
      }
    }
  },
});

const NAMES: Partial<Record<TypeFamily, string>> = { float: 'double precision' };
const NUMBERS: ReadonlySet<TypeFamily> = new Set(['integer', 'numeric', 'float']);
const UNLIKE_TEXT: ReadonlySet<TypeFamily> = new Set([
  'integer',
  'numeric',
  'float',
  'boolean',
  'date',
  'timestamp',
  'timestamptz',
  'uuid',
  'jsonb',
  'json',
]);

/** Pairs without a common comparison operator. */
function isRefused(column: TypeFamily, value: TypeFamily): boolean {
  const texts = ['text', 'char'];
  if (texts.includes(column)) return NUMBERS.has(value) || value === 'boolean';
  if (texts.includes(value)) return NUMBERS.has(column) || column === 'uuid';
  return column === 'boolean' && NUMBERS.has(value);
}

/** Pairs whose common operator is that of the value's type. */
function isConverted(column: TypeFamily, value: TypeFamily): boolean {
  return (
    (column === 'integer' && (value === 'numeric' || value === 'float')) ||
    (column === 'numeric' && value === 'float') ||
    (column === 'char' && value === 'text')
  );
}

type Statement = Parameters<typeof textOfTree>[0];

/** `42.0` as `42`. */
function withoutZeros(statement: Statement, value: unknown): Fix[] {
  const range = rangeOfTree(statement, value);
  const text = textOfTree(statement, value);
  if (!range || text === undefined || !/^-?\d+\.0*$/.test(text)) return [];
  return [{ title: 'Write it as an integer', safe: true, edits: [{ range, newText: text.replace(/\..*/, '') }] }];
}

/** `4711` as `'4711'` for a text column. */
function quoted(statement: Statement, column: TypeFamily, value: unknown): Fix[] {
  const range = rangeOfTree(statement, value);
  const text = textOfTree(statement, value);
  if (column !== 'text' || !range || unwrap(value)?.type !== 'A_Const' || !/^\d+$/.test(text ?? '')) return [];
  return [{ title: 'Write it as text', safe: false, edits: [{ range, newText: `'${text}'` }] }];
}

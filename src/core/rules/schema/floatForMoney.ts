import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';

/** Words of names that mean an amount of money. */
const MONEY =
  /(?:^|_)(?:price|amount|balance|salary|wage|fee|fees|revenue|subtotal|invoice_total|payment|refund|discount_amount|tax_amount|vat)(?:$|_)/i;
/** An amount or price of these is a measure or a rate, and may be inexact. */
const MEASURE =
  /(?:ratio|factor|percent|pct|rate|score|predicted|predict|estimate|milk|rain|water|weight|avg|mean|stddev)/i;

/** May be a dose or a charge as well. */
const AMBIGUOUS = /^(?:\w+_)?(?:amount|balance)$/i;

export const floatForMoney = defineRule({
  id: 'schema/float-for-money',
  since: '0.2.0',
  severity: 'warning',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  title: 'Money as floating point number',
  docs: {
    problem: 'A column named like an amount of money is real or double precision.',
    why: '0.1 has no exact binary form: sums drift by fractions of a cent, and equality fails. numeric is exact.',
    whenToIgnore: 'The column is a statistic or an estimate, not an amount someone is charged.',
  },
  messages: { inexact: '{column} is inexact as {type}: 0.1 + 0.2 is not 0.3. numeric counts exactly.' },
  examples: [
    {
      title: 'a price',
      bad: 'CREATE TABLE products (id bigint PRIMARY KEY, name text, unit_price double precision NOT NULL)',
      flags: 'double precision',
      fixed: 'CREATE TABLE products (id bigint PRIMARY KEY, name text, unit_price numeric NOT NULL)',
    },
    { title: 'a balance', bad: 'ALTER TABLE accounts ADD COLUMN balance real DEFAULT 0', flags: 'real' },
    { title: 'numeric', good: 'CREATE TABLE products (id bigint PRIMARY KEY, price numeric(12,2))' },
    { title: 'cents', good: 'CREATE TABLE products (id bigint PRIMARY KEY, price_cents bigint)' },
    {
      title: 'a measurement',
      good: 'CREATE TABLE readings (id bigint PRIMARY KEY, temperature double precision, milk_amount real)',
    },
    {
      title: 'a rate',
      good: 'CREATE TABLE forecasts (id bigint PRIMARY KEY, price_ratio real, predicted_price double precision)',
    },
    {
      title: 'a name that only contains the word',
      good: 'CREATE TABLE devices (id bigint PRIMARY KEY, feedback real, coffee real)',
    },
  ],
  check({ statement, find, report }) {
    for (const { name, type, typeRange } of columnDefinitions({ statement, find })) {
      if ((type !== 'float4' && type !== 'float8') || !MONEY.test(name) || MEASURE.test(name)) continue;
      report({
        at: typeRange,
        message: 'inexact',
        values: { column: name, type: type === 'float4' ? 'real' : 'double precision' },
        ...(AMBIGUOUS.test(name) && { severity: 'info' as const }),
        fixes: [{ title: 'Make it numeric', safe: false, edits: [{ range: typeRange, newText: 'numeric' }] }],
      });
    }
  },
});

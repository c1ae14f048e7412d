import { columnDefinitions } from '../support/columnDefinitions';
import { defineRule } from '../defineRule';

export const moneyType = defineRule({
  id: 'schema/money-type',
  since: '0.2.0',
  severity: 'info',
  kinds: ['CreateStmt', 'AlterTableStmt'],
  title: 'The type money',
  docs: {
    problem: 'The column has the type money.',
    why: 'It has no currency of its own: the setting lc_monetary says how many decimals are kept and which sign is printed, so another server may read the same dump as other amounts. It cannot hold fractions of a cent.',
    whenToIgnore: 'Never for new columns.',
  },
  messages: { money: 'What {column} holds depends on lc_monetary; numeric with a currency column does not.' },
  examples: [
    {
      title: 'a price',
      bad: 'CREATE TABLE products (id bigint PRIMARY KEY, price money)',
      flags: 'money',
      fixed: 'CREATE TABLE products (id bigint PRIMARY KEY, price numeric)',
    },
    { title: 'numeric', good: 'CREATE TABLE products (id bigint PRIMARY KEY, price numeric(12,2), currency char(3))' },
    { title: 'a column of that name', good: 'CREATE TABLE accounts (id bigint PRIMARY KEY, money numeric)' },
    { title: 'a cast', good: 'SELECT total::money FROM invoices' },
    { title: 'another schema', good: 'CREATE TABLE accounts (id bigint PRIMARY KEY, total bigint)' },
  ],
  check({ statement, find, report }) {
    for (const { name, type, typeRange } of columnDefinitions({ statement, find })) {
      if (type !== 'money') continue;
      report({
        at: typeRange,
        message: 'money',
        values: { column: name },
        fixes: [{ title: 'Make it numeric', safe: false, edits: [{ range: typeRange, newText: 'numeric' }] }],
      });
    }
  },
});

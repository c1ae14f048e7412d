import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { asColumn } from '../support/expressions';
import { createdIndex } from '../support/indexElements';
import { knownTable } from '../support/knownTable';

export const uselessPredicate = defineRule({
  id: 'index/useless-predicate',
  since: '0.2.0',
  severity: 'info',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'Partial index that leaves out no row',
  docs: {
    problem: 'The predicate is IS NOT NULL on a column that is NOT NULL.',
    why: 'Every row is in the index, yet a query must still imply the predicate for the index to be used, so it serves fewer queries than the plain one.',
    whenToIgnore: 'Never.',
  },
  messages: { all: '{column} is NOT NULL, so the predicate leaves out no row.' },
  examples: [
    {
      title: 'a column that cannot be NULL',
      bad: 'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL); CREATE INDEX ON orders (customer_id) WHERE customer_id IS NOT NULL;',
      flags: 'WHERE customer_id IS NOT NULL',
      fixed:
        'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL); CREATE INDEX ON orders (customer_id);',
    },
    {
      title: 'the primary key',
      schema: 'CREATE TABLE cameras (id bigint PRIMARY KEY, site_id bigint);',
      bad: 'CREATE INDEX ON cameras (site_id) WHERE (id IS NOT NULL)',
      flags: 'WHERE (id IS NOT NULL)',
      fixed: 'CREATE INDEX ON cameras (site_id)',
    },
    {
      title: 'a column that may be NULL',
      good: 'CREATE TABLE orders (id bigint PRIMARY KEY, coupon_id bigint); CREATE INDEX ON orders (coupon_id) WHERE coupon_id IS NOT NULL;',
    },
    {
      title: 'NOT NULL was dropped',
      good: 'CREATE TABLE orders (id bigint, customer_id bigint NOT NULL); ALTER TABLE orders ALTER customer_id DROP NOT NULL; CREATE INDEX ON orders (customer_id) WHERE customer_id IS NOT NULL;',
    },
    { title: 'an unknown table', good: 'CREATE INDEX ON orders (customer_id) WHERE customer_id IS NOT NULL' },
    {
      title: 'another condition',
      good: "CREATE TABLE orders (id bigint, status text NOT NULL); CREATE INDEX ON orders (id) WHERE status = 'open';",
    },
  ],
  check({ statement, catalog, file, report }) {
    const created = createdIndex(statement);
    const predicate = unwrap(created?.predicate);
    if (!created || predicate?.type !== 'NullTest' || predicate.fields.nulltesttype !== 'IS_NOT_NULL') return;
    const column = asColumn(predicate.fields.arg);
    if (!column || knownTable(created.table, { file, catalog })?.columns.get(column.name)?.notNull !== true) return;
    const range = statement.rangeOf(predicate.type, predicate.fields);
    const where = range && /\s*\bwhere\b[\s(]*$/i.exec(statement.text.slice(0, range.start));
    if (!range || !where) return;
    const start = where.index + where[0].length - where[0].trimStart().length;
    const closing = /^[\s)]*/.exec(statement.text.slice(range.end))![0].trimEnd().length;
    const end = range.end + closing;
    report({
      at: { start, end },
      message: 'all',
      values: { column: column.name },
      fixes: [
        { title: 'Remove the predicate', safe: true, edits: [{ range: { start: where.index, end }, newText: '' }] },
      ],
    });
  },
});

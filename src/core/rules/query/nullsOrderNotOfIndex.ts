import { defineRule } from '../defineRule';
import type { Fix } from '../finding';
import { indexOrder } from '../support/indexOrder';
import { sortedPages } from '../support/sortedPage';
import { isSmallTable, warningIfBig } from '../support/tableSize';
import { rangeOfTree } from '../support/trees';

export const nullsOrderNotOfIndex = defineRule({
  id: 'query/nulls-order-not-of-index',
  since: '0.2.0',
  severity: 'info',
  needs: ['catalog'],
  title: 'NULLS FIRST or LAST that no index has',
  nodes: ['SortBy'],
  docs: {
    problem:
      'The index is in the order asked for but for the place of NULLs, so the whole table is sorted for the first rows.',
    why: 'An index keeps NULLs after all values; read backwards, before them. `DESC NULLS LAST` is neither, and through PostgreSQL 18 this holds even for a column that is NOT NULL. An index declared `(column DESC NULLS LAST)` serves it.',
    whenToIgnore: 'The table is small, or another condition leaves few rows.',
  },
  messages: {
    nullable:
      'Index {index} has NULLs of {column} at the other end, so all rows are sorted; an index with {order} would serve this.',
    notNull: '{column} is NOT NULL, but {order} keeps index {index} from giving the order: all rows are sorted.',
  },
  examples: [
    {
      title: 'the newest orders',
      schema:
        'CREATE TABLE orders (id bigint, created_at timestamptz NOT NULL); CREATE INDEX orders_created ON orders (created_at);',
      bad: 'SELECT id FROM orders ORDER BY created_at DESC NULLS LAST LIMIT 20',
      flags: 'NULLS LAST',
      fixed: 'SELECT id FROM orders ORDER BY created_at DESC LIMIT 20',
    },
    {
      title: 'a column that may be NULL',
      schema:
        'CREATE TABLE orders (id bigint, customer_id int, total numeric); CREATE INDEX orders_total ON orders (customer_id, total);',
      bad: 'SELECT id FROM orders WHERE customer_id = $1 ORDER BY total DESC NULLS LAST LIMIT 5',
      flags: 'NULLS LAST',
    },
    {
      title: 'the index has that order',
      schema: 'CREATE TABLE orders (id bigint, total numeric); CREATE INDEX ON orders (total DESC NULLS LAST);',
      good: 'SELECT id FROM orders ORDER BY total DESC NULLS LAST LIMIT 5',
    },
    {
      title: 'the order an index has anyway',
      schema: 'CREATE TABLE orders (id bigint, total numeric); CREATE INDEX ON orders (total);',
      good: 'SELECT id FROM orders ORDER BY total ASC NULLS LAST LIMIT 5',
    },
    {
      title: 'the whole result is wanted',
      schema: 'CREATE TABLE orders (id bigint, total numeric); CREATE INDEX ON orders (total);',
      good: 'SELECT id FROM orders ORDER BY total DESC NULLS LAST',
    },
    {
      title: 'no index to be used',
      schema: 'CREATE TABLE orders (id bigint, total numeric);',
      good: 'SELECT id FROM orders ORDER BY total DESC NULLS LAST LIMIT 5',
    },
    { title: 'a table nobody knows', good: 'SELECT id FROM orders ORDER BY total DESC NULLS LAST LIMIT 5' },
  ],
  check({ statement, thresholds, find, resolve, report }) {
    for (const { relation, column, notNull, sort, fixed } of sortedPages({ find, resolve })) {
      const { sortby_dir: direction, sortby_nulls: nulls, node } = sort.fields;
      if (nulls !== 'SORTBY_NULLS_FIRST' && nulls !== 'SORTBY_NULLS_LAST') continue;
      if (isSmallTable(relation, thresholds)) continue;
      const descending = direction === 'SORTBY_DESC';
      const nullsFirst = nulls === 'SORTBY_NULLS_FIRST';
      const leading = relation.indexes.flatMap(index => {
        const order = index.valid && index.predicate === undefined ? indexOrder(index) : undefined;
        const at = order?.findIndex(key => !fixed.has(key.key)) ?? -1;
        const key = order?.[at];
        return key?.key === column.name ? [{ index, key }] : [];
      });
      const serves = leading.some(({ key }) => (key.descending === descending) === (key.nullsFirst === nullsFirst));
      const [first] = leading;
      const range = rangeOfTree(statement, node);
      if (!first || serves || !range) continue;
      const words = /^(\s+(?:asc|desc))?(\s+)(nulls\s+(?:first|last))/i.exec(statement.text.slice(range.end));
      if (!words) continue;
      const start = range.end + (words[1]?.length ?? 0);
      const end = range.end + words[0].length;
      const at = { start: end - words[3]!.length, end };
      const fixes: Fix[] = notNull
        ? [
            {
              title: `Leave out ${words[3]}`,
              safe: true,
              edits: [{ range: { start, end }, newText: '' }],
              facts: [`${relation.name}.${column.name} is NOT NULL`],
            },
          ]
        : [];
      const order = `${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
      const values = { index: first.index.name || `on ${column.name}`, column: column.name, order };
      report({ at, message: notNull ? 'notNull' : 'nullable', values, fixes, ...warningIfBig(relation, thresholds) });
    }
  },
});

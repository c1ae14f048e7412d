import { defineRule } from '../defineRule';
import { indexOrder } from '../support/indexOrder';
import { sortedPages } from '../support/sortedPage';
import { isBigTable, sizeEvidence } from '../support/tableSize';
import { rangeOfTree } from '../support/trees';

export const orderWithoutIndex = defineRule({
  id: 'query/order-without-index',
  since: '0.2.0',
  severity: 'warning',
  needs: ['catalog'],
  title: 'First rows of a big table in an order no index has',
  guideline: { guide: '000', section: 'Query Optimization Guidelines' },
  nodes: ['SortBy'],
  docs: {
    problem: 'ORDER BY with LIMIT asks for a few rows, but no index has this order.',
    why: 'All rows are read and compared to find the first ones. With an index that begins with the sort key (after the columns compared by `=`) only those few rows are read.',
    whenToIgnore: 'The query runs rarely, or its other conditions leave few rows.',
  },
  messages: {
    all: 'No index of {table} has this order: all its rows are read to find the first ones. An index on ({keys}) gives them directly.',
  },
  examples: [
    {
      title: 'the newest rows',
      schema: 'CREATE TABLE frames (id bigint PRIMARY KEY, taken_at timestamptz); -- frames: 5000000 rows',
      bad: 'SELECT id FROM frames ORDER BY taken_at DESC LIMIT 20',
      flags: 'taken_at',
    },
    {
      title: 'an index on the sort key',
      schema:
        'CREATE TABLE frames (id bigint, taken_at timestamptz); CREATE INDEX ON frames (taken_at); -- frames: 5000000 rows',
      good: 'SELECT id FROM frames ORDER BY taken_at DESC LIMIT 20',
    },
    {
      title: 'after a column that is fixed',
      schema:
        'CREATE TABLE frames (id bigint, camera_id int, taken_at timestamptz); CREATE INDEX ON frames (camera_id, taken_at); -- frames: 5000000 rows',
      good: 'SELECT id FROM frames WHERE camera_id = 7 ORDER BY taken_at DESC LIMIT 20',
    },
    {
      title: 'a condition that may leave few rows',
      schema:
        'CREATE TABLE frames (id bigint, camera_id int, taken_at timestamptz); CREATE INDEX ON frames (camera_id); -- frames: 5000000 rows',
      good: 'SELECT id FROM frames WHERE camera_id = 7 ORDER BY taken_at DESC LIMIT 20',
    },
    {
      title: 'a table of unknown size',
      schema: 'CREATE TABLE frames (id bigint, taken_at timestamptz);',
      good: 'SELECT id FROM frames ORDER BY taken_at DESC LIMIT 20',
    },
    {
      title: 'without LIMIT all rows are wanted',
      schema: 'CREATE TABLE frames (id bigint, taken_at timestamptz); -- frames: 5000000 rows',
      good: 'SELECT id FROM frames ORDER BY taken_at',
    },
    {
      title: 'an order of groups',
      schema: 'CREATE TABLE frames (id bigint, camera_id int); -- frames: 5000000 rows',
      good: 'SELECT camera_id FROM frames GROUP BY camera_id ORDER BY camera_id LIMIT 3',
    },
  ],
  check({ statement, thresholds, find, resolve, report }) {
    for (const { relation, column, sort, conditions } of sortedPages({ find, resolve })) {
      if (conditions > 0 || !isBigTable(relation, thresholds) || relation.kind === 'view') continue;
      // TimescaleDB and others have further access methods; any index on the column may be one of them.
      if (relation.indexes.some(index => (indexOrder(index)?.[0]?.key ?? index.keys[0]) === column.name)) continue;
      const at = rangeOfTree(statement, sort.fields.node);
      const values = { table: relation.name, keys: column.name };
      if (at) report({ at, message: 'all', values, evidence: sizeEvidence(relation) });
    }
  },
});

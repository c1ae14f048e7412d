import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { fromTables, functionName, list } from '../support/expressions';
import { isSmallTable } from '../support/tableSize';
import { findRelation } from '../../catalog/catalog';

export const orderByRandom = defineRule({
  id: 'query/order-by-random',
  since: '0.1.0',
  severity: 'info',
  title: 'ORDER BY random() to pick a few rows',
  nodes: ['FuncCall'],
  docs: {
    problem: 'Every row gets a random number and all are sorted to keep a few.',
    why: 'No index has that order, so the cost is that of the whole table. `TABLESAMPLE` reads some pages only; on a key without large gaps, rows at random key values can be looked up.',
    whenToIgnore: 'Few rows are left to choose from.',
  },
  messages: { random: 'All rows are read and ranked to keep a few; TABLESAMPLE reads some pages only.' },
  examples: [
    { title: 'a few rows at random', bad: 'SELECT id FROM products ORDER BY random() LIMIT 3', flags: 'random()' },
    { title: 'a sample', good: 'SELECT id FROM products TABLESAMPLE system (1) ORDER BY random() LIMIT 3' },
    { title: 'shuffling everything', good: 'SELECT id FROM playlist ORDER BY random()' },
    { title: 'not a table', good: 'SELECT n FROM generate_series(1, 9) AS n ORDER BY random() LIMIT 3' },
    {
      title: 'random among few',
      good: 'SELECT id FROM (SELECT id FROM ads WHERE slot = 3) AS few ORDER BY random() LIMIT 1',
    },
  ],
  check({ catalog, thresholds, find, rangeOf, report }) {
    for (const call of find('FuncCall')) {
      const sort = call.parent;
      const query = sort?.parent;
      if (sort?.type !== 'SortBy' || query?.type !== 'SelectStmt' || sort.key !== 'sortClause') continue;
      if (functionName(call.fields) !== 'random' || list(call.fields.args).length > 0) continue;
      if (query.fields.limitCount === undefined) continue;
      const from = list(query.fields.fromClause).map(unwrap);
      const { tables } = fromTables(query);
      if (tables.length === 0 || from.some(item => item?.type === 'RangeTableSample')) continue;
      if (catalog && tables.every(table => isSmallTable(findRelation(catalog, table.name, table.schema), thresholds)))
        continue;
      report({ at: rangeOf(call), message: 'random' });
    }
  },
});

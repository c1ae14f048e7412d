import { findRelation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { fromTables, functionName, list } from '../support/expressions';
import { isBigTable, sizeEvidence } from '../support/tableSize';

export const countOfWholeTable = defineRule({
  id: 'query/count-of-whole-table',
  since: '0.2.0',
  severity: 'info',
  needs: ['catalog'],
  title: 'count(*) of a big table',
  nodes: ['FuncCall'],
  docs: {
    problem: 'All rows of a big table are counted.',
    why: 'PostgreSQL keeps no exact number of rows: rows are visible to some transactions and not to others, so counting visits all of them, or a whole index. The estimate of the last ANALYZE is at hand: `SELECT reltuples::bigint FROM pg_class WHERE oid = ...::regclass`.',
    whenToIgnore: 'The exact number is needed.',
  },
  messages: { all: 'Counting {table} reads all of it; pg_class.reltuples has the estimate of the last ANALYZE.' },
  examples: [
    {
      title: 'how many rows there are',
      schema: 'CREATE TABLE frames (id bigint, camera_id int); -- frames: 5000000 rows',
      bad: 'SELECT count(*) FROM frames',
      flags: 'count(*)',
    },
    {
      title: 'with a condition',
      schema: 'CREATE TABLE frames (id bigint, camera_id int); -- frames: 5000000 rows',
      good: 'SELECT count(*) FROM frames WHERE camera_id = 7',
    },
    {
      title: 'per group',
      schema: 'CREATE TABLE frames (id bigint, camera_id int); -- frames: 5000000 rows',
      good: 'SELECT camera_id, count(*) FROM frames GROUP BY camera_id',
    },
    {
      title: 'a table that is not big',
      schema: 'CREATE TABLE cameras (id bigint); -- cameras: 300 rows',
      good: 'SELECT count(*) FROM cameras',
    },
    {
      title: 'a table of unknown size',
      schema: 'CREATE TABLE frames (id bigint);',
      good: 'SELECT count(*) FROM frames',
    },
    {
      title: 'among other figures of the same pass',
      schema: 'CREATE TABLE frames (id bigint, camera_id int); -- frames: 5000000 rows',
      good: 'SELECT count(*), avg(camera_id) FROM frames',
    },
  ],
  check({ catalog, thresholds, find, rangeOf, report }) {
    for (const call of find('FuncCall')) {
      const query = call.parent?.type === 'ResTarget' ? call.parent.parent : undefined;
      if (query?.type !== 'SelectStmt' || functionName(call.fields) !== 'count') continue;
      if (call.fields.agg_star !== true && unwrap(list(call.fields.args)[0])?.type !== 'A_Const') continue;
      const { whereClause, groupClause, targetList, havingClause } = query.fields;
      if (whereClause || groupClause || havingClause || call.fields.over || call.fields.agg_filter) continue;
      const { tables, others } = fromTables(query);
      const [table] = tables;
      if (!table || tables.length > 1 || others > 0 || list(targetList).length > 1) continue;
      const relation = findRelation(catalog, table.name, table.schema);
      if (!isBigTable(relation, thresholds)) continue;
      report({ at: rangeOf(call), message: 'all', values: { table: table.name }, evidence: sizeEvidence(relation) });
    }
  },
});

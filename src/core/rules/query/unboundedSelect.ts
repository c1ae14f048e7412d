import { isAggregateCall } from '../../sql/aggregates';
import { findRelation } from '../../catalog/catalog';
import { defineRule } from '../defineRule';
import { contains, fromTables } from '../support/expressions';
import { isBigTable, sizeEvidence } from '../support/tableSize';

export const unboundedSelect = defineRule({
  id: 'query/unbounded-select',
  since: '0.2.0',
  severity: 'info',
  kinds: ['SelectStmt'],
  needs: ['catalog'],
  title: 'All rows of a big table',
  guideline: { guide: '000', section: 'Query Optimization Guidelines' },
  docs: {
    problem: 'The query returns every row of a big table: it has no WHERE and no LIMIT.',
    why: 'The whole table is read and sent, and most drivers collect all rows in memory before the first is seen.',
    whenToIgnore: 'The rows are read through a cursor, or exported on purpose (COPY is faster).',
  },
  messages: {
    all: 'This returns all rows of {table}, which is big; add WHERE or LIMIT, or read it through a cursor or COPY.',
  },
  examples: [
    {
      title: 'a whole table',
      schema: 'CREATE TABLE frames (id bigint, camera_id int); -- frames: 5000000 rows',
      bad: 'SELECT id, camera_id FROM frames ORDER BY id',
      flags: 'frames',
    },
    {
      title: 'a page',
      schema: 'CREATE TABLE frames (id bigint, camera_id int); -- frames: 5000000 rows',
      good: 'SELECT id, camera_id FROM frames ORDER BY id LIMIT 100',
    },
    {
      title: 'a condition',
      schema: 'CREATE TABLE frames (id bigint, camera_id int); -- frames: 5000000 rows',
      good: 'SELECT id FROM frames WHERE camera_id = 7',
    },
    {
      title: 'an aggregate',
      schema: 'CREATE TABLE frames (id bigint, camera_id int); -- frames: 5000000 rows',
      good: 'SELECT camera_id, max(id) FROM frames GROUP BY camera_id',
    },
    {
      title: 'a table of unknown size',
      schema: 'CREATE TABLE frames (id bigint, camera_id int);',
      good: 'SELECT id FROM frames',
    },
    {
      title: 'a copy inside the database',
      schema: 'CREATE TABLE frames (id bigint, camera_id int); -- frames: 5000000 rows',
      good: 'CREATE TABLE frames_copy AS SELECT id, camera_id FROM frames',
    },
    {
      title: 'a join that narrows',
      schema: 'CREATE TABLE frames (id bigint, camera_id int); -- frames: 5000000 rows',
      good: 'SELECT f.id FROM frames f JOIN chosen c ON c.frame_id = f.id',
    },
  ],
  check({ statement, catalog, thresholds, body, find, report }) {
    const query = find('SelectStmt')[0];
    if (!query || query.parent || body?.use === 'expression') return;
    const { whereClause, limitCount, groupClause, distinctClause, larg, intoClause, targetList } = query.fields;
    if (whereClause || limitCount || groupClause || distinctClause || larg || intoClause) return;
    const { tables, others } = fromTables(query);
    const [table] = tables;
    if (
      !table ||
      tables.length > 1 ||
      others > 0 ||
      contains(query.fields.fromClause, type => type === 'RangeTableSample')
    )
      return;
    // A function the text does not explain may be an aggregate of the user's.
    if (
      contains(
        targetList,
        (type, fields) => isAggregateCall(type, fields) || (type === 'FuncCall' && fields.over === undefined),
      )
    )
      return;
    const relation = findRelation(catalog, table.name, table.schema);
    if (!isBigTable(relation, thresholds)) return;
    const named = statement.tables.find(reference => reference.use === 'read' && reference.name === table.name);
    if (named)
      report({ at: named.range, message: 'all', values: { table: table.name }, evidence: sizeEvidence(relation) });
  },
});

import { findRelation } from '../../catalog/catalog';
import { defineRule } from '../defineRule';
import { createdIndex, indexNameRange } from '../support/indexElements';

export const smallTable = defineRule({
  id: 'index/small-table',
  since: '0.2.0',
  severity: 'hint',
  kinds: ['IndexStmt'],
  needs: ['catalog', 'file'],
  title: 'Index on a small table',
  docs: {
    problem: 'The table has fewer rows than the threshold `smallTableRows`.',
    why: 'A few pages are read as fast as an index is descended, so the planner will not use it.',
    whenToIgnore: 'The table will grow, or the index is unique or supports a foreign key that is checked often.',
  },
  messages: { small: '{table} has about {rows} rows: reading them all is as fast as using an index.' },
  examples: [
    {
      title: 'a table of settings',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (id int PRIMARY KEY, name text);',
      bad: 'CREATE INDEX idx_zones_name ON zones (name)',
      flags: 'idx_zones_name',
    },
    {
      title: 'a large table',
      schema: '-- zones: 40000 rows\nCREATE TABLE zones (id int PRIMARY KEY, name text);',
      good: 'CREATE INDEX idx_zones_name ON zones (name)',
    },
    {
      title: 'an unknown size',
      schema: 'CREATE TABLE zones (id int, name text);',
      good: 'CREATE INDEX ON zones (name)',
    },
    {
      title: 'uniqueness',
      schema: '-- zones: 40 rows\nCREATE TABLE zones (id int PRIMARY KEY, name text);',
      good: 'CREATE UNIQUE INDEX ON zones (name)',
    },
    {
      title: 'a table without rows, which is new',
      schema: '-- zones: 0 rows\nCREATE TABLE zones (id int, name text);',
      good: 'CREATE INDEX ON zones (name)',
    },
    {
      title: 'a foreign key',
      schema:
        '-- zones: 40 rows\nCREATE TABLE cameras (id int PRIMARY KEY); CREATE TABLE zones (id int, camera_id int REFERENCES cameras);',
      good: 'CREATE INDEX ON zones (camera_id)',
    },
  ],
  check({ statement, catalog, file, thresholds, report }) {
    const created = createdIndex(statement);
    if (!created || created.unique || file.isCreatedBefore(created.table.name, created.table.schema)) return;
    const relation = findRelation(catalog, created.table.name, created.table.schema);
    const rows = relation?.rowEstimate;
    if (!relation || rows === undefined || rows <= 0 || rows >= thresholds.smallTableRows) return;
    const first = created.keys[0]?.column;
    if (relation.constraints.some(({ kind, columns }) => kind === 'foreign key' && columns[0] === first)) return;
    report({ at: indexNameRange(statement, created), message: 'small', values: { table: relation.name, rows } });
  },
});

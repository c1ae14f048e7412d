import { findRelation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { asColumn, asTable, list } from '../support/expressions';

export const updateOfPrimaryKey = defineRule({
  id: 'dml/update-of-primary-key',
  since: '0.2.0',
  severity: 'info',
  needs: ['catalog'],
  title: 'UPDATE of a primary key',
  nodes: ['UpdateStmt'],
  docs: {
    problem: 'The UPDATE changes the value rows are identified by.',
    why: 'Every foreign key to the table is checked or followed for each row, the row is locked against new references, and whatever outside remembers the old value loses it.',
    whenToIgnore: 'Keys are renumbered on purpose.',
  },
  messages: {
    key: '{column} is part of the primary key of {table}: each change is checked against all tables that refer to it.',
  },
  examples: [
    {
      title: 'a new number for a camera',
      bad: 'UPDATE cameras SET id = 70, name = $1 WHERE id = 7',
      schema:
        'CREATE TABLE cameras (id int PRIMARY KEY, name text); CREATE TABLE zones (camera_id int REFERENCES cameras (id));',
      flags: 'id',
    },
    {
      title: 'another column',
      good: 'UPDATE cameras SET name = $1 WHERE id = 7',
      schema:
        'CREATE TABLE cameras (id int PRIMARY KEY, name text); CREATE TABLE zones (camera_id int REFERENCES cameras (id));',
    },
    {
      title: 'nothing refers to it',
      good: 'UPDATE playlist_items SET position = position + 1 WHERE playlist_id = $1',
      schema: 'CREATE TABLE playlist_items (playlist_id int, position int, PRIMARY KEY (playlist_id, position));',
    },
    {
      title: 'the same value again',
      good: 'UPDATE cameras SET id = id, name = $1 WHERE id = 7',
      schema:
        'CREATE TABLE cameras (id int PRIMARY KEY, name text); CREATE TABLE zones (camera_id int REFERENCES cameras (id));',
    },
    {
      title: 'a table that is not known',
      good: 'UPDATE sites SET id = 70 WHERE id = 7',
      schema: 'CREATE TABLE cameras (id int PRIMARY KEY);',
    },
  ],
  check({ statement, catalog, find, report }) {
    for (const write of find('UpdateStmt')) {
      const table = asTable(write.fields.relation as NodeFields);
      const relation = findRelation(catalog, table.name, table.schema);
      const key = relation?.constraints.find(constraint => constraint.kind === 'primary key')?.columns ?? [];
      if (!relation || key.length === 0) continue;
      const isReferenced = catalog.relations.some(other =>
        other.constraints.some(
          ({ references }) => references?.schema === relation.schema && references.relation === relation.name,
        ),
      );
      if (!isReferenced) continue;
      for (const target of list(write.fields.targetList)) {
        const fields = unwrap(target)?.fields;
        const name = fields?.name;
        if (typeof name !== 'string' || !key.includes(name) || asColumn(fields?.val)?.name === name) continue;
        const range = statement.rangeOf('ResTarget', fields!);
        if (!range) continue;
        const at = { start: range.start, end: range.start + name.length };
        report({ at, message: 'key', values: { column: name, table: table.name } });
      }
    }
  },
});

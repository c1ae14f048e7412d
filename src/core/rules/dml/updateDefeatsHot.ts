import { findRelation } from '../../catalog/catalog';
import type { Relation } from '../../catalog/catalog';
import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import type { NodeFields } from '../nodeIndex';
import { asColumn, asTable, list } from '../support/expressions';
import { unquoted } from '../support/uniqueness';

export const updateDefeatsHot = defineRule({
  id: 'dml/update-defeats-hot',
  since: '0.2.0',
  severity: 'hint',
  needs: ['catalog'],
  title: 'UPDATE of an indexed column of a big table',
  nodes: ['UpdateStmt'],
  docs: {
    problem: 'The UPDATE assigns a column that an index contains.',
    why: 'An update that leaves all indexed columns alone can stay on its page (HOT) and touches no index. This one adds an entry to every index of the table.',
    whenToIgnore: 'The index is needed, and the column seldom changes.',
  },
  messages: {
    indexed:
      '{column} is in index {index}, so each changed row gets a new entry in all {count} indexes of {table} (no HOT update).',
  },
  examples: [
    {
      title: 'the state of a queue',
      bad: "UPDATE frame_queue SET status = 'done', worker = NULL WHERE id = $1",
      schema:
        'CREATE TABLE frame_queue (id bigint PRIMARY KEY, status text, worker text); CREATE INDEX frame_queue_status ON frame_queue (status); -- frame_queue: 30000000 rows',
      flags: 'status',
    },
    {
      title: 'a column without index',
      good: "UPDATE frame_queue SET worker = 'w1' WHERE id = $1",
      schema:
        'CREATE TABLE frame_queue (id bigint PRIMARY KEY, status text, worker text); CREATE INDEX frame_queue_status ON frame_queue (status); -- frame_queue: 30000000 rows',
    },
    {
      title: 'a table that is not big',
      good: "UPDATE frame_queue SET status = 'done' WHERE id = $1",
      schema:
        'CREATE TABLE frame_queue (id bigint PRIMARY KEY, status text); CREATE INDEX frame_queue_status ON frame_queue (status); -- frame_queue: 300 rows',
    },
    {
      title: 'size unknown',
      good: "UPDATE frame_queue SET status = 'done' WHERE id = $1",
      schema:
        'CREATE TABLE frame_queue (id bigint PRIMARY KEY, status text); CREATE INDEX frame_queue_status ON frame_queue (status);',
    },
    {
      title: 'a BRIN index (HOT since PostgreSQL 16)',
      good: 'UPDATE readings SET taken_at = now() WHERE id = $1',
      schema:
        'CREATE TABLE readings (id bigint PRIMARY KEY, taken_at timestamptz); CREATE INDEX readings_taken ON readings USING brin (taken_at); -- readings: 30000000 rows',
    },
  ],
  check({ statement, catalog, thresholds, find, report }) {
    for (const write of find('UpdateStmt')) {
      const table = asTable(write.fields.relation as NodeFields);
      const relation = findRelation(catalog, table.name, table.schema);
      if (!relation || (relation.rowEstimate ?? 0) < thresholds.bigTableRows || isMostlyHot(relation)) continue;
      const hindering = relation.indexes.filter(index => index.method !== 'brin');
      for (const target of list(write.fields.targetList)) {
        const fields = unwrap(target)?.fields;
        const name = fields?.name;
        if (typeof name !== 'string' || asColumn(fields?.val)?.name === name) continue;
        const index = hindering.find(
          each =>
            [...each.keys, ...each.include].some(key => unquoted(key) === name) ||
            new RegExp(`\\b${name.replace(/\W/g, '\\$&')}\\b`).test(each.predicate ?? ''),
        );
        const range = index && statement.rangeOf('ResTarget', fields!);
        if (!index || !range) continue;
        const values = { column: name, index: index.name, count: relation.indexes.length, table: table.name };
        report({ at: { start: range.start, end: range.start + name.length }, message: 'indexed', values });
        break;
      }
    }
  },
});

/** True if the server has seen most updates of the table stay HOT. */
function isMostlyHot({ activity }: Relation): boolean {
  return activity !== undefined && activity.updates > 0 && activity.hotUpdates / activity.updates > 0.5;
}

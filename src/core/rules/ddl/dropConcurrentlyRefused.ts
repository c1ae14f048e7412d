import { unwrap } from '../../sql/walk';
import { defineRule } from '../defineRule';
import { list, stringValue } from '../support/expressions';
import { leadingWords } from '../support/existingTable';

export const dropConcurrentlyRefused = defineRule({
  id: 'ddl/drop-concurrently-refused',
  since: '0.2.0',
  severity: 'error',
  kinds: ['DropStmt'],
  title: 'DROP INDEX CONCURRENTLY of more than one plain index',
  docs: {
    problem:
      'PostgreSQL refuses CONCURRENTLY for several indexes at once, with CASCADE, and for an index of a partitioned table.',
    why: 'Each concurrent drop is a small series of transactions for one index. Drop them one by one; an index that belongs to a constraint goes with `ALTER TABLE ... DROP CONSTRAINT`.',
    whenToIgnore: 'Never: the statement fails.',
  },
  messages: {
    several: 'DROP INDEX CONCURRENTLY takes one index; drop each in a statement of its own.',
    cascade: 'DROP INDEX CONCURRENTLY does not take CASCADE.',
    partitioned: '{index} is an index of the partitioned table {table}, which cannot be dropped CONCURRENTLY.',
  },
  examples: [
    {
      title: 'two indexes',
      bad: 'DROP INDEX CONCURRENTLY IF EXISTS orders_region_idx, orders_state_idx',
      flags: 'CONCURRENTLY',
    },
    { title: 'CASCADE', bad: 'DROP INDEX CONCURRENTLY orders_region_idx CASCADE', flags: 'CONCURRENTLY' },
    {
      title: 'an index of a partitioned table',
      schema: 'CREATE TABLE events (at date) PARTITION BY RANGE (at); CREATE INDEX events_at ON events (at);',
      bad: 'DROP INDEX CONCURRENTLY events_at',
      flags: 'CONCURRENTLY',
    },
    { title: 'one index', good: 'DROP INDEX CONCURRENTLY IF EXISTS orders_region_idx' },
    { title: 'RESTRICT, which is the default', good: 'DROP INDEX CONCURRENTLY orders_region_idx RESTRICT' },
    { title: 'several, not concurrently', good: 'DROP INDEX orders_region_idx, orders_state_idx' },
    {
      title: 'an index of an ordinary table',
      schema: 'CREATE TABLE orders (id int); CREATE INDEX orders_id ON orders (id);',
      good: 'DROP INDEX CONCURRENTLY orders_id',
    },
  ],
  check({ statement, catalog, report }) {
    const drop = unwrap(statement.tree)?.fields;
    if (drop?.removeType !== 'OBJECT_INDEX' || drop.concurrent !== true) return;
    const { end } = leadingWords(statement.text, /^drop\s+index\s+concurrently\b/i);
    const at = { start: end - 'concurrently'.length, end };
    const objects = list(drop.objects);
    const parts = list(objects[0]).map(stringValue);
    const [index = '', schema] = [parts.at(-1), parts.at(-2)];
    const table = catalog?.relations.find(
      relation =>
        (schema === undefined || relation.schema === schema) && relation.indexes.some(({ name }) => name === index),
    );
    if (objects.length > 1) report({ at, message: 'several' });
    else if (drop.behavior === 'DROP_CASCADE') report({ at, message: 'cascade' });
    else if (table?.kind === 'partitioned table') {
      report({ at, message: 'partitioned', values: { index, table: table.name } });
    }
  },
});

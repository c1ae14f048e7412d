import { defineRule } from '../defineRule';
import { createdIndex } from '../support/indexElements';
import { knownTable } from '../support/knownTable';

/** Below this many different values an index on the column alone finds a tenth of the table or more. */
const FEW_VALUES = 10;

export const lowCardinality = defineRule({
  id: 'index/low-cardinality',
  since: '0.2.0',
  severity: 'info',
  kinds: ['IndexStmt'],
  needs: ['file'],
  title: 'Index on a column with few values',
  guideline: { guide: '003', section: '2. Index Management' },
  docs: {
    problem: 'The index has one column, and that column has two or only a few different values.',
    why: 'A value that many rows share is found faster by reading the table, so the index serves at most the rare values. A partial index `WHERE` the rare value holds, on a column you sort or search by, is smaller and serves those.',
    whenToIgnore: 'The values are very unevenly spread, and only the rare ones are asked for.',
  },
  messages: {
    boolean:
      'An index on the boolean {column} alone finds about half the table; index another column WHERE {column} has the rare value.',
    few: '{column} has {count} different values, so this index alone finds much of the table; index the rare values with WHERE.',
  },
  examples: [
    {
      title: 'a boolean',
      bad: 'CREATE TABLE cameras (id bigint PRIMARY KEY, is_active boolean NOT NULL); CREATE INDEX idx_cameras_active ON cameras (is_active);',
      flags: 'is_active',
    },
    {
      title: 'known from the connected database',
      schema: 'CREATE TABLE agent_tasks (id bigint, done boolean);',
      bad: 'CREATE INDEX CONCURRENTLY ON agent_tasks USING hash (done)',
      flags: 'done',
    },
    {
      title: 'the rare value only',
      good: 'CREATE TABLE cameras (id bigint PRIMARY KEY, is_active boolean); CREATE INDEX ON cameras (id) WHERE NOT is_active; CREATE INDEX ON cameras (is_active) WHERE is_active;',
    },
    {
      title: 'with a second column',
      good: 'CREATE TABLE cameras (id bigint, site_id bigint, is_active boolean); CREATE INDEX ON cameras (is_active, site_id);',
    },
    {
      title: 'a unique index allows one row of a kind',
      good: 'CREATE TABLE settings (current boolean); CREATE UNIQUE INDEX ON settings (current);',
    },
    { title: 'nothing is known of the column', good: 'CREATE INDEX ON cameras (is_active)' },
    {
      title: 'a key',
      good: 'CREATE TABLE orders (id bigint, customer_id bigint); CREATE INDEX ON orders (customer_id);',
    },
  ],
  check({ statement, catalog, file, thresholds, report }) {
    const created = createdIndex(statement);
    const key = created?.keys[0];
    if (!created || !key || created.keys.length > 1 || created.unique || created.predicate !== undefined) return;
    const { column } = key;
    if (column === undefined || (created.method !== 'btree' && created.method !== 'hash')) return;
    const table = knownTable(created.table, { file, catalog });
    if (table?.columns.get(column)?.type === 'bool') {
      report({ at: key.range, message: 'boolean', values: { column } });
      return;
    }
    const rows = table?.relation?.rowEstimate;
    const distinct = table?.relation?.columns.find(({ name }) => name === column)?.statistics?.distinct;
    if (rows === undefined || distinct === undefined || rows < 10 * thresholds.smallTableRows) return;
    if (distinct <= 0 || distinct >= FEW_VALUES) return;
    const evidence = `${created.table.name}: about ${rows} rows, ${distinct} different values of ${column}`;
    report({ at: key.range, message: 'few', values: { column, count: distinct }, evidence });
  },
});
